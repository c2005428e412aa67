import { z } from 'zod';
import { CampaignReadiness } from '../readiness.js';
import { Id, InstantText } from '../scalars.js';
import { defineRoute } from './route.js';

const params = z.object({ id: Id });

export const readinessRoutes = {
  readinessGet: defineRoute({
    id: 'readiness.get',
    method: 'GET',
    path: '/api/v1/campaigns/{id}/readiness',
    summary: 'The last readiness check of the campaign’s current plan, and the checks before it',
    permission: 'campaign:read',
    params,
    response: CampaignReadiness,
    status: 200,
  }),
  readinessCheck: defineRoute({
    id: 'readiness.check',
    method: 'POST',
    path: '/api/v1/campaigns/{id}/readiness',
    summary:
      'Measure now whether clouds and entrances are ready for the current plan; reads only, nothing is bought',
    permission: 'campaign:read',
    params,
    response: CampaignReadiness,
    status: 200,
    idempotent: 'replay',
  }),
  readinessOverride: defineRoute({
    id: 'readiness.override',
    method: 'POST',
    path: '/api/v1/campaigns/{id}/readiness/overrides',
    summary: 'Answer by name for one finding, so that it no longer stands in the way; never by the author',
    permission: 'campaign:approve',
    params,
    body: z.object({ key: z.string().min(1).max(300), reason: z.string().trim().min(3).max(1000) }),
    response: CampaignReadiness,
    status: 200,
    idempotent: 'replay',
  }),
  readinessAttest: defineRoute({
    id: 'readiness.attest',
    method: 'POST',
    path: '/api/v1/campaigns/{id}/readiness/attestations',
    summary:
      'Vouch by name for what could not be measured, until an instant: it turns amber, never green; needs the right of its owner',
    permission: 'campaign:read',
    params,
    body: z.object({
      key: z.string().min(1).max(300),
      /** What was looked up, and where. */
      statement: z.string().trim().min(3).max(1000),
      /** Not before the campaign is over, and at most 92 days ahead. */
      until: InstantText,
    }),
    response: CampaignReadiness,
    status: 200,
    idempotent: 'replay',
  }),
} as const;
