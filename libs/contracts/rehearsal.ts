import { z } from 'zod';
import { PHASE_NAMES } from './campaign.js';
import { Sentence } from './reasons/sentence.js';
import { Id, InstantText, MoneyBody } from './scalars.js';

export const REHEARSAL_STORMS = [
  'calm',
  'stock-out',
  'zone-loss',
  'demand-above-plan',
  'slow-boots',
  'control-plane-down',
] as const;

/**
 * What goes wrong on purpose. `stock-out`: the public pool with the most machines has none left when the peak is prepared.
 * `zone-loss`: early in the peak the zone with the most machines is gone, with everything in it. `demand-above-plan`:
 * half as much again as planned, from the first phase on. `slow-boots`: machines take three times as long.
 * `control-plane-down`: the account with the most public machines answers no call for 20 minutes from when the peak is
 * prepared; its machines run on.
 */
export const RehearsalStorm = z.enum(REHEARSAL_STORMS);
export type RehearsalStorm = z.infer<typeof RehearsalStorm>;

/** A recorded demand series that the entrance is asked for, instead of the demand that was planned. */
export const RehearsalReplay = z
  .object({
    seriesId: Id,
    multiple: z.number().positive().max(10_000).default(1),
    /**
     * The instant of the series that is laid onto the beginning of the first phase. Left out: the highest value of the
     * series is laid onto the middle of the peak.
     */
    historyStartsAt: InstantText.optional(),
    /** The service that is asked for it; the others as planned. Left out: all, each by its part of the planned demand. */
    service: z.string().min(1).max(60).optional(),
  })
  .strict()
  .meta({ id: 'RehearsalReplay' });
export type RehearsalReplay = z.infer<typeof RehearsalReplay>;

export const RehearsalRequest = z
  .object({
    storm: RehearsalStorm.default('calm'),
    /** The same seed and plan give the same rehearsal. */
    seed: z.number().int().min(1).max(1_000_000_000).default(1),
    replay: RehearsalReplay.optional(),
  })
  .meta({ id: 'RehearsalRequest' });
export type RehearsalRequest = z.infer<typeof RehearsalRequest>;

/** A share of a plan is to be lived through on the real clouds. */
export const ShareRehearsalRequest = z
  .object({
    share: z.number().min(0.01).max(0.5),
    /** When its first phase starts; the others follow as in the plan. */
    startsAt: InstantText,
  })
  .strict()
  .meta({ id: 'ShareRehearsalRequest' });
export type ShareRehearsalRequest = z.infer<typeof ShareRehearsalRequest>;

export const RehearsalPhase = z.object({
  name: z.enum(PHASE_NAMES),
  /** Highest demand of all services together, requests per second. */
  demandRps: z.number(),
  /** Share of the requests that found capacity, 0 … 1. */
  servedShare: z.number(),
  /** Minutes in which some service had less capacity than demand. */
  shortMinutes: z.number(),
  machinesReady: z.number().int(),
  /** Highest planned demand, and the share of it that the plan meant to serve; null in rehearsals that did not keep it. */
  plannedRps: z.number().nullable().default(null),
  plannedShare: z.number().nullable().default(null),
});

/**
 * How long something takes on the twin, and what that rests on: `measured` on so many machines or calls of the account, or
 * `declared` because fewer were there.
 */
const TwinTime = z.object({
  basis: z.enum(['measured', 'declared']),
  measurements: z.number().int(),
  p50Seconds: z.number(),
  p95Seconds: z.number(),
  /** When the first and the last of them were made; null without any. */
  since: InstantText.nullable(),
  until: InstantText.nullable(),
});
export type TwinTime = z.infer<typeof TwinTime>;

const RehearsedTwin = z.object({
  accountId: Id,
  accountName: z.string(),
  /** From the cloud's yes until a machine runs. */
  boot: TwinTime,
  /** From sending a create call until the cloud's yes, the wait for the account's own call budget included. */
  createCall: TwinTime,
});

/** How a recorded series was laid onto the campaign. */
const ReplayedSeries = z.object({
  seriesId: Id,
  name: z.string(),
  multiple: z.number(),
  /** What of the series was laid onto what of the campaign. */
  aligned: z.enum(['peaks', 'start']),
  service: z.string().nullable(),
  /** The part of the history that was replayed. */
  historyFrom: InstantText,
  historyTo: InstantText,
  /** Highest demand replayed, multiple included, and the highest that was planned for the same services. */
  highestRps: z.number(),
  plannedHighestRps: z.number(),
});
export type ReplayedSeries = z.infer<typeof ReplayedSeries>;

export const RehearsalResult = z.object({
  passed: z.boolean(),
  /** Why it did not pass, in English; empty when it did. */
  findings: z.array(z.string()),
  /** The same, one by one, for readers of any language; missing in what older versions kept. */
  findingSentences: z.array(Sentence).optional(),
  phases: z.array(RehearsalPhase),
  machines: z.object({
    planned: z.number().int(),
    created: z.number().int(),
    refused: z.number().int(),
    leftover: z.number().int(),
  }),
  cost: z.object({ planned: MoneyBody, actual: MoneyBody, budget: MoneyBody }),
  timeToReadySeconds: z.object({ p50: z.number(), p95: z.number(), max: z.number() }).nullable(),
  /** What the run told, in its own time. */
  story: z.array(
    z.object({
      at: InstantText,
      level: z.enum(['info', 'warning', 'problem']),
      /** In English. */
      detail: z.string(),
      /** The same, for readers of any language; missing in what older versions kept. */
      sentences: z.array(Sentence).optional(),
    }),
  ),
  /** What the twins of the clouds were made of. */
  twins: z.array(RehearsedTwin).default([]),
  /** Null: the entrance was asked for the demand that was planned. */
  replay: ReplayedSeries.nullable().default(null),
  /** Hours of the campaign that were lived through, and seconds that it took. */
  virtualHours: z.number(),
  realSeconds: z.number(),
});
export type RehearsalResult = z.infer<typeof RehearsalResult>;

export const RehearsalBody = z
  .object({
    id: Id,
    planId: Id,
    planHash: z.string(),
    storm: RehearsalStorm,
    seed: z.number().int(),
    replay: RehearsalReplay.nullable().default(null),
    status: z.enum(['running', 'done', 'failed']),
    /** Why it could not be carried out; null unless `failed`. */
    failure: z.string().nullable(),
    result: RehearsalResult.nullable(),
    requestedBy: z.string(),
    requestedAt: InstantText,
    finishedAt: InstantText.nullable(),
  })
  .meta({ id: 'Rehearsal' });
export type RehearsalBody = z.infer<typeof RehearsalBody>;
