import { z } from 'zod';
import { LateStart, PHASE_NAMES } from './campaign.js';
import { Id, InstantText, MoneyBody } from './scalars.js';

/** An offering as the plan sees it. The id is stable within the plan. */
export const PlanPool = z
  .object({
    id: z.string(),
    accountId: Id,
    accountName: z.string(),
    provider: z.string(),
    region: z.string(),
    zone: z.string(),
    machineType: z.string(),
    purchaseOption: z.enum(['private', 'reserved', 'on-demand', 'spot']),
    pricePerHour: MoneyBody,
    /** Machines that could be had at most, as the market snapshot says. */
    cap: z.number().int(),
  })
  .meta({ id: 'PlanPool' });
export type PlanPool = z.infer<typeof PlanPool>;

/** Machines that run for a service on a pool during a phase (not machines added). */
export const Allocation = z
  .object({
    service: z.string(),
    poolId: z.string(),
    phase: z.enum(PHASE_NAMES),
    machines: z.number().int().min(0),
  })
  .meta({ id: 'Allocation' });
export type Allocation = z.infer<typeof Allocation>;

/** One reason, as data; the console translates `code` with `params`, `text` is the English sentence. */
export const Reason = z
  .object({
    code: z.string(),
    params: z.record(z.string(), z.union([z.string(), z.number()])),
    text: z.string(),
  })
  .meta({ id: 'Reason' });
export type Reason = z.infer<typeof Reason>;

export const PlanBody = z
  .object({
    id: Id,
    campaignId: Id,
    revision: z.number().int().min(1),
    /** SHA-256 of the plan's content; an approval is bound to it. */
    hash: z.string(),
    status: z.enum(['solving', 'ready', 'infeasible', 'failed']),
    createdAt: InstantText,
    marketSnapshotId: Id.nullable(),
    pools: z.array(PlanPool),
    allocations: z.array(Allocation),
    /** Capacity that stands already, per service, in requests per second: demand beyond it is what the plan covers. */
    standing: z.array(
      z.object({ service: z.string(), machines: z.number().int(), requestsPerSecond: z.number() }),
    ),
    capacity: z.array(
      z.object({
        service: z.string(),
        phase: z.enum(PHASE_NAMES),
        demand: z.number(),
        planned: z.number(),
        short: z.number(),
      }),
    ),
    cost: MoneyBody,
    /** No plan can cost less than this under the same rules; null where not all demand is carried, or none is known. */
    lowerBound: MoneyBody.nullable(),
    /** (cost − bound) / bound; where not all demand is carried, what is missing is weighed in both. */
    gap: z.number().nullable(),
    solver: z.string(),
    quality: z.string(),
    reasons: z.array(Reason),
    failure: z.string().nullable(),
  })
  .meta({ id: 'Plan' });
export type PlanBody = z.infer<typeof PlanBody>;

/** What an approval allows. Residual plans inside it need no new approval; anything outside does. */
export const Envelope = z
  .object({
    planId: Id,
    planHash: z.string(),
    poolIds: z.array(z.string()),
    maxMachines: z.number().int(),
    budget: MoneyBody,
    maxPerHour: MoneyBody,
    latestStart: InstantText,
    /** What becomes of phases whose start came too late; left out where the campaign does not say. */
    lateStart: LateStart.optional(),
    /** What the plan's machine-hours cost at the prices that were approved; null: at the plan's own. */
    priceBasis: MoneyBody.nullable().default(null),
    /** Share by which that may have risen when the run starts, 0.1 for ten percent; beyond it approval is asked again. */
    priceDriftLimit: z.number().min(0).max(10).default(0.1),
  })
  .meta({ id: 'Envelope' });
export type Envelope = z.infer<typeof Envelope>;

/** Which readiness check an approval rests on. The hash covers everything that was found. */
export const ReadinessEvidence = z.object({
  checkId: Id,
  hash: z.string(),
  checkedAt: InstantText,
  verdict: z.enum(['green', 'amber', 'red', 'unknown']),
  /** Lines that were red and for which somebody answered by name. */
  overridden: z.number().int(),
});
export type ReadinessEvidence = z.infer<typeof ReadinessEvidence>;

/** Which rehearsal of exactly this plan an approval rests on. The hash covers what was asked and what came of it. */
export const RehearsalEvidence = z.object({
  rehearsalId: Id,
  hash: z.string(),
  finishedAt: InstantText,
  storm: z.string(),
  seed: z.number().int(),
  /** Name of the recorded series that was replayed; null: the planned demand. */
  replayed: z.string().nullable(),
  passed: z.boolean(),
  /** Of all recent rehearsals of this plan: so many held, so many did not. */
  held: z.number().int(),
  notHeld: z.number().int(),
});
export type RehearsalEvidence = z.infer<typeof RehearsalEvidence>;

/** A share of exactly this plan that was bought on the real clouds, served, and was given back. */
export const ShareEvidence = z.object({
  campaignId: Id,
  runId: Id,
  /** Of the scaled plan that ran. */
  planHash: z.string(),
  share: z.number(),
  closedAt: InstantText,
  /** Stopped by a person before its phases were over. */
  aborted: z.boolean(),
});
export type ShareEvidence = z.infer<typeof ShareEvidence>;

export const ApprovalBody = z
  .object({
    id: Id,
    campaignId: Id,
    planId: Id,
    status: z.enum(['requested', 'approved', 'rejected', 'expired', 'superseded']),
    envelope: Envelope,
    requestedBy: z.string(),
    decidedBy: z.string().nullable(),
    decidedAt: InstantText.nullable(),
    expiresAt: InstantText,
    comment: z.string().nullable(),
    /** The readiness check that the decision rests on; null when there was none. */
    readiness: ReadinessEvidence.nullable().default(null),
    /** The rehearsal that the decision rests on; null when there was none. */
    rehearsal: RehearsalEvidence.nullable().default(null),
    /** Recent rehearsals of a share of it on the real clouds, newest first. */
    shares: z.array(ShareEvidence).default([]),
  })
  .meta({ id: 'Approval' });
export type ApprovalBody = z.infer<typeof ApprovalBody>;
