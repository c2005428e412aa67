import { z } from 'zod';
import { ProbeReport, ReadinessProbe } from '../probe.js';
import { Id } from '../scalars.js';
import { defineRoute } from './route.js';

const params = z.object({ id: Id });
const response = z.object({ items: z.array(ReadinessProbe) });

export const probeRoutes = {
  probeList: defineRoute({
    id: 'probe.list',
    method: 'GET',
    path: '/api/v1/campaigns/{id}/probes',
    summary:
      'Machines that were bought to open connections from where the plan’s machines will run, newest first',
    permission: 'campaign:read',
    params,
    response,
    status: 200,
  }),
  probeStart: defineRoute({
    id: 'probe.start',
    method: 'POST',
    path: '/api/v1/campaigns/{id}/probes',
    summary:
      'Buy one machine for some minutes in each network of the current plan, and have it try what the services call; a network that is being probed is not probed twice',
    permission: 'run:operate',
    params,
    response,
    status: 202,
    idempotent: 'replay',
  }),
  probeReport: defineRoute({
    id: 'probe.report',
    method: 'POST',
    path: '/api/v1/probes/{tenantId}/{id}/report',
    summary: 'What a probe’s machine found; taken once, in time, and with the token that it was given',
    // Its machine has no login: the token in the body opens this one probe, once.
    permission: 'public',
    params: z.object({ tenantId: Id, id: Id }),
    body: ProbeReport,
    bodyLimitBytes: 16_384,
    status: 204,
  }),
} as const;
