import { z } from 'zod';
import { PHASE_NAMES } from './campaign.js';
import { Sentence } from './reasons/sentence.js';
import { Id, InstantText, MoneyBody } from './scalars.js';
import { WAY_BACK_PHASES, WayBackBody } from './way-back.js';

export const RUN_STATES = [
  'armed',
  'ramping',
  'holding',
  'paused',
  'safe-hold',
  'scaling-back',
  'verifying',
  'closed',
  'stuck',
] as const;

/** One line of the run's story, in plain words. `step` is stable and translated by the console. */
export const TimelineEntry = z
  .object({
    id: z.number().int(),
    at: InstantText,
    step: z.string(),
    level: z.enum(['info', 'warning', 'problem']),
    /** In English. */
    detail: z.string(),
    facts: z.record(z.string(), z.union([z.string(), z.number()])),
    /** What `detail` says, for readers of any language; missing where an older version wrote the line. */
    sentences: z.array(Sentence).optional(),
  })
  .meta({ id: 'TimelineEntry' });
export type TimelineEntry = z.infer<typeof TimelineEntry>;

export const RunBody = z
  .object({
    id: Id,
    /** Rises with everything that changes what the run is after; a command may say which one it was made from. */
    version: z.number().int(),
    campaignId: Id,
    planId: Id,
    state: z.enum(RUN_STATES),
    phase: z.enum(PHASE_NAMES).nullable(),
    /** What happens right now, in one sentence with n of m. */
    summary: z.string(),
    /** The same for readers of any language, as is `ifStoppedSentences`; missing where an older version wrote it. */
    summarySentences: z.array(Sentence).optional(),
    since: InstantText,
    expectedEnd: InstantText.nullable(),
    /** What pressing stop would do and cost now. */
    ifStopped: z.string(),
    ifStoppedSentences: z.array(Sentence).optional(),
    startedAt: InstantText,
    closedAt: InstantText.nullable(),
    pools: z.array(
      z.object({
        service: z.string(),
        poolId: z.string(),
        accountName: z.string(),
        machineType: z.string(),
        zone: z.string(),
        target: z.number().int(),
        requested: z.number().int(),
        running: z.number().int(),
        ready: z.number().int(),
        releasing: z.number().int(),
        gone: z.number().int(),
        refused: z.number().int(),
      }),
    ),
    capacity: z.array(z.object({ service: z.string(), demand: z.number(), ready: z.number() })),
    traffic: z.array(
      z.object({
        route: z.string(),
        service: z.string(),
        groups: z.array(
          z.object({ name: z.string(), weight: z.number(), healthy: z.number(), members: z.number() }),
        ),
      }),
    ),
    spend: z.object({ planned: MoneyBody, actual: MoneyBody, committed: MoneyBody, budget: MoneyBody }),
    leftovers: z.array(
      z.object({ machineId: z.string(), account: z.string(), state: z.string(), costPerHour: MoneyBody }),
    ),
    /** Null before anything of it was begun or held. */
    wayBack: WayBackBody.nullable(),
    /** The engine forgot the run: it waits for a person, and ends by itself only with what was approved. */
    safeHold: z
      .object({ since: InstantText, until: InstantText, reason: z.string(), costPerHour: MoneyBody })
      .nullable(),
  })
  .meta({ id: 'Run' });
export type RunBody = z.infer<typeof RunBody>;

/** Commands on a run; each is a row first, then the run is told to re-read. Stop never needs an approval. */
export const RunCommand = z
  .discriminatedUnion('command', [
    z.object({ command: z.literal('pause') }),
    z.object({ command: z.literal('resume') }),
    z.object({
      command: z.literal('extend'),
      minutes: z
        .number()
        .min(0.1)
        .max(7 * 24 * 60),
    }),
    z.object({
      command: z.literal('change-target'),
      service: z.string(),
      phase: z.enum(PHASE_NAMES),
      requestsPerSecond: z.number().min(0),
    }),
    /** By so much, inside what was approved. */
    z.object({
      command: z.enum(['grow', 'shrink']),
      service: z.string(),
      phase: z.enum(PHASE_NAMES),
      byRequestsPerSecond: z.number().min(0.001).max(100_000_000),
    }),
    z.object({ command: z.literal('raise-budget'), budget: MoneyBody }),
    /** More machines at once, and more an hour: another approval, by somebody who may approve. */
    z.object({
      command: z.literal('raise-limits'),
      machines: z.number().int().min(1).max(1_000_000),
      perHour: MoneyBody,
    }),
    /** A hold point on the way back: the phase is not begun, and its machines are kept, for so long at most. */
    z.object({
      command: z.literal('hold'),
      at: z.enum(WAY_BACK_PHASES),
      minutes: z
        .number()
        .min(0.1)
        .max(7 * 24 * 60)
        .default(60),
      reason: z.string().max(500).default(''),
    }),
    /** Ends a hold on the way back, at one phase or at all; ends a safe hold. */
    z.object({ command: z.literal('go-on'), at: z.enum(WAY_BACK_PHASES).optional() }),
    /** Ends the waiting of the phase under way, never its proof. */
    z.object({ command: z.literal('skip-waiting'), at: z.enum(WAY_BACK_PHASES) }),
    z.object({ command: z.literal('abort'), reason: z.string().max(500).default('') }),
  ])
  .meta({ id: 'RunCommand' });
export type RunCommand = z.infer<typeof RunCommand>;

export const ReportPhase = z.object({
  name: z.enum(PHASE_NAMES),
  demandRps: z.number(),
  plannedCapacityRps: z.number(),
  readyCapacityRps: z.number(),
  machinesPlanned: z.number().int(),
  machinesReady: z.number().int(),
});

/** The after-action report, as Springtide itself knows it; measured load is added by whoever measured it. */
export const CampaignReport = z
  .object({
    campaignId: Id,
    runId: Id,
    name: z.string(),
    state: z.string(),
    phases: z.array(ReportPhase),
    machines: z.object({
      planned: z.number().int(),
      created: z.number().int(),
      refused: z.number().int(),
      duplicated: z.number().int(),
      leftover: z.number().int(),
    }),
    timeToReadySeconds: z.object({ p50: z.number(), p95: z.number(), max: z.number() }).nullable(),
    failuresByCause: z.array(z.object({ code: z.string(), count: z.number().int() })),
    cost: z.object({
      currency: z.string(),
      planned: z.string(),
      actual: z.string(),
      private: z.string(),
      budget: z.string(),
    }),
    timeline: z.array(TimelineEntry),
  })
  .meta({ id: 'CampaignReport' });
export type CampaignReport = z.infer<typeof CampaignReport>;
