import { z } from 'zod';
import { PHASE_NAMES } from './campaign.js';
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

export const RehearsalRequest = z
  .object({
    storm: RehearsalStorm.default('calm'),
    /** The same seed and plan give the same rehearsal. */
    seed: z.number().int().min(1).max(1_000_000_000).default(1),
  })
  .meta({ id: 'RehearsalRequest' });
export type RehearsalRequest = z.infer<typeof RehearsalRequest>;

export const RehearsalPhase = z.object({
  name: z.enum(PHASE_NAMES),
  /** Highest demand of all services together, requests per second. */
  demandRps: z.number(),
  /** Share of the requests that found capacity, 0 … 1. */
  servedShare: z.number(),
  /** Minutes in which some service had less capacity than demand. */
  shortMinutes: z.number(),
  machinesReady: z.number().int(),
});

export const RehearsalResult = z.object({
  passed: z.boolean(),
  /** Why it did not pass, in plain words; empty when it did. */
  findings: z.array(z.string()),
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
    z.object({ at: InstantText, level: z.enum(['info', 'warning', 'problem']), detail: z.string() }),
  ),
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
