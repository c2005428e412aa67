import { z } from 'zod';
import { AuditEntry, AuditVerification } from '../audit.js';
import { RunBody, RunCommand, TimelineEntry } from '../run.js';
import { Id, PageQuery, pageOf } from '../scalars.js';
import { defineRoute } from './route.js';

const params = z.object({ id: Id });

export const runRoutes = {
  runArm: defineRoute({
    id: 'runs.arm',
    method: 'POST',
    path: '/api/v1/campaigns/{id}/runs',
    summary: 'Arm the approved plan: the run waits for its first phase and then buys machines',
    permission: 'run:operate',
    params,
    response: RunBody,
    status: 202,
    idempotent: 'replay',
  }),
  runGet: defineRoute({
    id: 'runs.get',
    method: 'GET',
    path: '/api/v1/runs/{id}',
    summary: 'What the run does now: machines, capacity, traffic, spend',
    permission: 'run:read',
    params,
    response: RunBody,
    status: 200,
    etag: 'send',
  }),
  runTimeline: defineRoute({
    id: 'runs.timeline',
    method: 'GET',
    path: '/api/v1/runs/{id}/timeline',
    summary: 'The run’s story in order; ask again with the last id as `after`',
    permission: 'run:read',
    params,
    query: z.object({
      after: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(500).default(200),
    }),
    response: z.object({ items: z.array(TimelineEntry) }),
    status: 200,
  }),
  runEvents: defineRoute({
    id: 'runs.events',
    method: 'GET',
    path: '/api/v1/runs/{id}/events',
    summary:
      'Server-sent events: `timeline` (TimelineEntry, with its id) and `run` (Run, when it changed); Last-Event-ID resumes',
    permission: 'run:read',
    params,
    textResponse: ['text/event-stream'],
    status: 200,
  }),
  runCommand: defineRoute({
    // Aborting asks no more than this; the other commands ask for run:operate as well.
    id: 'runs.command',
    method: 'POST',
    path: '/api/v1/runs/{id}/commands',
    summary:
      'Pause, resume, extend, grow, shrink, change a target, raise the budget or limits, hold the way back, go on, skip a wait, abort',
    permission: 'run:stop',
    params,
    body: RunCommand,
    response: RunBody,
    status: 202,
    idempotent: 'replay',
    etag: 'accept',
  }),
  stopSwitch: defineRoute({
    id: 'stop-switch.set',
    method: 'POST',
    path: '/api/v1/stop-switch',
    summary: 'Engaged: nothing new is bought from this instant, and all runs of the tenant scale back',
    permission: 'run:stop',
    body: z.object({
      scope: z.literal('tenant').default('tenant'),
      engaged: z.boolean(),
      reason: z.string().max(500).default(''),
    }),
    response: z.object({ engaged: z.boolean(), runs: z.number().int() }),
    status: 200,
    idempotent: 'replay',
    atomic: true,
  }),
  auditList: defineRoute({
    id: 'audit.list',
    method: 'GET',
    path: '/api/v1/audit',
    summary: 'Who did what when, newest first',
    permission: 'audit:read',
    query: PageQuery.extend({ action: z.string().optional(), targetId: z.string().optional() }),
    response: pageOf(AuditEntry),
    status: 200,
  }),
  auditVerify: defineRoute({
    id: 'audit.verify',
    method: 'GET',
    path: '/api/v1/audit/verification',
    summary: 'Recompute the hash chain of the tenant’s audit log',
    permission: 'audit:read',
    response: AuditVerification,
    status: 200,
  }),
  auditExport: defineRoute({
    id: 'audit.export',
    method: 'GET',
    path: '/api/v1/audit/export',
    summary: 'The whole log as JSON lines, with which an outsider can verify the chain',
    permission: 'audit:read',
    textResponse: ['application/x-ndjson'],
    status: 200,
  }),
} as const;
