import { z } from 'zod';
import type { Permission } from './permission.js';
import { Reason } from './plan.js';
import { Id, InstantText } from './scalars.js';

export const READINESS_CHECKS = [
  'quota',
  'addresses',
  'balance',
  'image',
  'configuration',
  'reach',
  'stock',
  'reservation',
  'price',
  'entrance',
  'certificate',
  'link',
  'api-rate',
  'permissions',
  'credential',
  'node-images',
] as const;

/** `unknown` is what was not measured: it is never counted as green. */
export const READINESS_VERDICTS = ['green', 'amber', 'red', 'unknown'] as const;

export const READINESS_OWNERS = ['infrastructure', 'operations', 'finance', 'security'] as const;

/** What each owner may change, they may vouch for where it cannot be measured. */
export const VOUCHES_WITH = {
  infrastructure: 'account:write',
  security: 'account:write',
  operations: 'run:operate',
  finance: 'cost:write',
} as const satisfies Readonly<Record<(typeof READINESS_OWNERS)[number], Permission>>;

/** Somebody with the right to approve answers for what a check found, by name and with a reason. */
export const ReadinessOverride = z.object({
  reason: z.string(),
  by: z.string(),
  at: InstantText,
});

/** One thing that was checked: what was found, by what, who sees to it, by when, and how. */
export const ReadinessLine = z
  .object({
    /** Stable over repeated checks of one plan. */
    key: z.string(),
    check: z.enum(READINESS_CHECKS),
    /** What it is about, in the names of people: account, region, pool, service. */
    subject: z.string(),
    verdict: z.enum(READINESS_VERDICTS),
    /** A red line that is blocking stands in the way of the approval, until it is overridden. */
    blocking: z.boolean(),
    owner: z.enum(READINESS_OWNERS),
    dueAt: InstantText,
    finding: Reason,
    action: Reason.nullable(),
    /** The call or row that said it, and when; null when nothing was measured. */
    evidence: z.object({ by: z.string(), measuredAt: InstantText.nullable() }),
    override: ReadinessOverride.nullable(),
  })
  .meta({ id: 'ReadinessLine' });
export type ReadinessLine = z.infer<typeof ReadinessLine>;

export const ReadinessSummary = z
  .object({
    id: Id,
    planId: Id,
    checkedAt: InstantText,
    /** `person` or the schedule. */
    checkedBy: z.string(),
    verdict: z.enum(READINESS_VERDICTS),
    green: z.number().int(),
    amber: z.number().int(),
    red: z.number().int(),
    unknown: z.number().int(),
    /** Red, blocking and not overridden. */
    blocking: z.number().int(),
    /** SHA-256 of what was found; an approval keeps it. */
    hash: z.string(),
  })
  .meta({ id: 'ReadinessSummary' });
export type ReadinessSummary = z.infer<typeof ReadinessSummary>;

export const ReadinessBody = ReadinessSummary.extend({
  planHash: z.string(),
  lines: z.array(ReadinessLine),
  /** Checks that this plan does not need, with the reason. */
  notNeeded: z.array(z.object({ check: z.enum(READINESS_CHECKS), reason: Reason })),
  /** Until when an approval may rest on it. */
  freshUntil: InstantText,
}).meta({ id: 'Readiness' });
export type ReadinessBody = z.infer<typeof ReadinessBody>;

export const CampaignReadiness = z
  .object({
    campaignId: Id,
    /** `required`: approving needs a fresh check without blocking reds. `advisory`: it is shown and kept as evidence. */
    gate: z.enum(['required', 'advisory']),
    /** The last check of the campaign's current plan. */
    latest: ReadinessBody.nullable(),
    /** Newest first, of all plans of the campaign. */
    history: z.array(ReadinessSummary),
  })
  .meta({ id: 'CampaignReadiness' });
export type CampaignReadiness = z.infer<typeof CampaignReadiness>;
