import { z } from 'zod';
import { DemandReference } from './demand-reference.js';
import { Id, InstantText, MoneyBody, TimeZoneText } from './scalars.js';

export const PHASE_NAMES = ['prewarm', 'ramp', 'peak', 'plateau', 'decay'] as const;

/** One part of the time line. Phases follow each other without gaps. */
export const Phase = z
  .object({ name: z.enum(PHASE_NAMES), startsAt: InstantText, endsAt: InstantText })
  .meta({ id: 'Phase' });
export type Phase = z.infer<typeof Phase>;

/** Requests per second that a service must be able to serve throughout a phase. */
export const Demand = z
  .object({
    service: z.string().min(1).max(60),
    phase: z.enum(PHASE_NAMES),
    requestsPerSecond: z.number().min(0).max(100_000_000),
  })
  .meta({ id: 'Demand' });
export type Demand = z.infer<typeof Demand>;

export const CAMPAIGN_STATUSES = [
  'draft',
  'planned',
  'approved',
  'armed',
  'running',
  'scaling-back',
  'closed',
  'cancelled',
  'stuck',
] as const;

/** Which plan a campaign rehearses, and how much of it. */
export const SharedPlan = z
  .object({
    planId: Id,
    /** Of the plan as it was when the rehearsal was asked for. */
    planHash: z.string().max(100),
    /** 0.05 for five percent of its machines; of every pool at least one. */
    share: z.number().min(0.01).max(0.5),
  })
  .meta({ id: 'SharedPlan' });
export type SharedPlan = z.infer<typeof SharedPlan>;

/**
 * What becomes of a phase that nobody could begin in time, as when the workers or the engine were away: `start` begins it all
 * the same and tells, `skip` buys nothing for it any more and tells.
 */
export const LateStart = z
  .object({
    policy: z.enum(['start', 'skip']),
    /** Minutes after its start from which it counts as too late. */
    afterMinutes: z.number().int().min(1).max(10_080),
  })
  .meta({ id: 'LateStart' });
export type LateStart = z.infer<typeof LateStart>;

export const CampaignInput = z
  .object({
    name: z.string().trim().min(1).max(120),
    templateId: Id,
    /** In which its people read the time line. */
    timeZone: TimeZoneText.default('UTC'),
    phases: z.array(Phase).min(1).max(8),
    demand: z.array(Demand).max(500).default([]),
    /** Demand taken from history when the campaign is saved, for each phase of which `demand` says nothing. */
    demandFrom: z.array(DemandReference).max(50).optional(),
    budget: MoneyBody,
    /** Cloud accounts that the plan may use; at least one. */
    accountIds: z.array(Id).min(1).max(50),
    /** Named durations and limits: `standard` for real clouds, `demo` compresses waits. */
    policy: z.enum(['standard', 'demo']).default('standard'),
    /**
     * Whether approving needs a fresh readiness check without blocking reds. Left out: `required` with the standard policy,
     * `advisory` with the demo's.
     */
    readiness: z.enum(['required', 'advisory']).optional(),
    /** Whether approving needs a recent rehearsal of exactly this plan that held. Left out: `advisory`. */
    rehearsal: z.enum(['required', 'advisory']).optional(),
    /**
     * Whether machines go before their phase ends when demand stays below plan: never (`keep`, and when left out), once the
     * service's highest phase is over (`after-peak`), or in that phase as well (`in-peak`). Never before it.
     */
    belowPlan: z.enum(['keep', 'after-peak', 'in-peak']).optional(),
    /**
     * What its targets follow while it runs: its plan (and when left out), or the scaling strategies of its services. Then it
     * is a scaling group: the plan is what it may have at most, and a campaign on the same route goes before it.
     */
    follows: z.enum(['plan', 'strategies']).optional(),
    /** What becomes of phases whose start came too late. Left out: they begin all the same. */
    lateStart: LateStart.optional(),
    /** A rehearsal on real clouds: its plan is this share of that plan, and nothing is solved for it. */
    rehearses: SharedPlan.optional(),
  })
  .meta({ id: 'CampaignInput' });
export type CampaignInput = z.infer<typeof CampaignInput>;

export const CampaignBody = CampaignInput.extend({
  id: Id,
  status: z.enum(CAMPAIGN_STATUSES),
  version: z.number().int(),
  author: z.object({ id: z.string(), name: z.string() }),
  createdAt: InstantText,
  updatedAt: InstantText,
  currentPlanId: Id.nullable(),
  currentRunId: Id.nullable(),
}).meta({ id: 'Campaign' });
export type CampaignBody = z.infer<typeof CampaignBody>;
