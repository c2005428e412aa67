import { z } from 'zod';
import { PageQuery, pageOf } from '../scalars.js';
import { StuckBody, StuckDecision, StuckOutcome } from '../stuck.js';
import { defineRoute } from './route.js';

export const stuckRoutes = {
  stuckList: defineRoute({
    id: 'stuck.list',
    method: 'GET',
    path: '/api/v1/stuck',
    summary: 'Machines and calls that came no further for too long, oldest first, with what may be chosen',
    permission: 'effect:read',
    query: PageQuery.extend({ runId: z.uuid().optional() }),
    response: pageOf(StuckBody),
    status: 200,
  }),
  stuckResolve: defineRoute({
    id: 'stuck.resolve',
    method: 'POST',
    path: '/api/v1/stuck/{id}/resolution',
    summary: 'Try again now, adopt a machine of unknown origin, or give up and take on its cost',
    permission: 'effect:write',
    params: z.object({ id: z.string().max(100) }),
    body: StuckDecision,
    response: StuckOutcome,
    status: 200,
    idempotent: 'replay',
  }),
} as const;
