import { z } from 'zod';
import { CampaignBody } from '../campaign.js';
import { RehearsalBody, RehearsalRequest, ShareRehearsalRequest } from '../rehearsal.js';
import { Id } from '../scalars.js';
import { defineRoute } from './route.js';

const params = z.object({ id: Id });

export const rehearsalRoutes = {
  rehearsalRequest: defineRoute({
    id: 'rehearsals.request',
    method: 'POST',
    path: '/api/v1/plans/{id}/rehearsals',
    summary:
      'Live through a plan on simulated clouds in compressed time, with a storm or without; nothing is bought',
    permission: 'campaign:write',
    params,
    body: RehearsalRequest,
    response: RehearsalBody,
    status: 202,
    idempotent: 'replay',
    atomic: true,
  }),
  shareRehearsalRequest: defineRoute({
    id: 'rehearsals.request-share',
    method: 'POST',
    path: '/api/v1/plans/{id}/share-rehearsals',
    summary:
      'Make a campaign of a share of a plan, to be approved and run on the real clouds; asking for it buys nothing',
    permission: 'campaign:write',
    params,
    body: ShareRehearsalRequest,
    response: CampaignBody,
    status: 201,
    idempotent: 'replay',
    etag: 'send',
  }),
  rehearsalList: defineRoute({
    id: 'rehearsals.list',
    method: 'GET',
    path: '/api/v1/plans/{id}/rehearsals',
    summary: 'Rehearsals of a plan, newest first',
    permission: 'campaign:read',
    params,
    response: z.object({ items: z.array(RehearsalBody) }),
    status: 200,
  }),
  rehearsalGet: defineRoute({
    id: 'rehearsals.get',
    method: 'GET',
    path: '/api/v1/rehearsals/{id}',
    summary: 'One rehearsal, and what came of it',
    permission: 'campaign:read',
    params,
    response: RehearsalBody,
    status: 200,
  }),
} as const;
