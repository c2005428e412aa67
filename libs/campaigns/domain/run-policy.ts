import type { SurgePolicy } from './demand-against-plan.js';
import type { WayBackLimits } from './way-back.js';

/** Named durations and limits of a run. Every wait of the product comes from here, one set per profile. */
export type RunPolicy = Readonly<{
  /** Added to boot and warm-up time when buying for a phase begins. */
  marginMs: number;
  /** How long machines take to boot, instead of what their providers say; null: what they say. */
  bootMs: number | null;
  /** How long a machine may take from accepted to running. */
  runningTimeoutMs: number;
  /** How long a running machine may take until the proxy finds it healthy. */
  readyTimeoutMs: number;
  pollMs: number;
  batchSize: number;
  /** Parts of the way in which traffic moves; the last is 1. */
  shiftFractions: readonly number[];
  /** How long a step of a shift is watched. */
  bakeMs: number;
  gate: Readonly<{
    minimumRequests: number;
    maxErrorRatio: number;
    slow: Readonly<{ times: number; ms: number }>;
  }>;
  /** From weight 0 until a machine may be terminated. */
  drainMs: number;
  /** How long an entrance is asked to take its traffic home before machines go back without it. */
  homeWithinMs: number;
  /** How long nodes of clusters may take to become empty; in its last third budgets of disruption are overridden. */
  evictMs: number;
  /** How long a phase of the way back waits for clouds before it goes on with what it has; nothing is forgotten. */
  returnMs: number;
  /** The longest time between two tries at a cloud that does not answer. */
  retryMostMs: number;
  /** After so long in the way of anything, it is stuck: people are told. */
  stuckMs: number;
  /** From the close until the bill should show the end of every machine. */
  billCheckMs: number;
  guardEveryMs: number;
  /** How often spot machines are looked at: their cloud gives two minutes of notice. */
  noticeEveryMs: number;
  surge: SurgePolicy;
  /** What a scaling group has for its way back before a campaign on its route is prepared. */
  yieldMs: number;
  /** Lets the approval's window reach past the planned end. */
  overrunMs: number;
  fallbackRounds: number;
  approvalHours: number;
}>;

export const RUN_POLICIES: Readonly<Record<'standard' | 'demo', RunPolicy>> = {
  standard: {
    marginMs: 10 * 60_000,
    bootMs: null,
    runningTimeoutMs: 10 * 60_000,
    readyTimeoutMs: 10 * 60_000,
    pollMs: 5_000,
    batchSize: 50,
    shiftFractions: [0.05, 0.25, 0.5, 1],
    bakeMs: 60_000,
    gate: { minimumRequests: 100, maxErrorRatio: 0.02, slow: { times: 3, ms: 500 } },
    drainMs: 60_000,
    homeWithinMs: 10 * 60_000,
    evictMs: 10 * 60_000,
    returnMs: 10 * 60_000,
    retryMostMs: 5 * 60_000,
    stuckMs: 10 * 60_000,
    billCheckMs: 48 * 3_600_000,
    guardEveryMs: 60_000,
    noticeEveryMs: 15_000,
    surge: { tolerance: 0.1, headroom: 0.2, most: 1.5, least: 0.5, agreeing: 2, calmMs: 15 * 60_000 },
    yieldMs: 60 * 60_000,
    overrunMs: 6 * 3_600_000,
    fallbackRounds: 3,
    approvalHours: 72,
  },
  demo: {
    marginMs: 19_000,
    bootMs: 8_000,
    runningTimeoutMs: 30_000,
    readyTimeoutMs: 20_000,
    pollMs: 500,
    batchSize: 50,
    shiftFractions: [0.25, 0.5, 1],
    bakeMs: 1_500,
    gate: { minimumRequests: 50, maxErrorRatio: 0.1, slow: { times: 5, ms: 1_000 } },
    drainMs: 3_000,
    homeWithinMs: 30_000,
    evictMs: 30_000,
    returnMs: 30_000,
    retryMostMs: 5_000,
    stuckMs: 60_000,
    billCheckMs: 60_000,
    guardEveryMs: 5_000,
    noticeEveryMs: 2_500,
    surge: { tolerance: 0.3, headroom: 0.2, most: 1.5, least: 0.5, agreeing: 3, calmMs: 60_000 },
    yieldMs: 60_000,
    overrunMs: 10 * 60_000,
    fallbackRounds: 3,
    approvalHours: 2,
  },
};

/** With the stop switch pulled, machines are asked to go within a minute, whatever their entrances and nodes do. */
const HASTE = { weights: 12_000, drain: 15_000, evict: 5_000 } as const;

export function wayBackLimits(policy: RunPolicy, urgent: boolean): WayBackLimits {
  const soonest = (ms: number, haste: number) => (urgent ? Math.min(ms, haste) : ms);
  return {
    weights: soonest(policy.homeWithinMs, HASTE.weights),
    drain: soonest(policy.drainMs, HASTE.drain),
    evict: soonest(policy.evictMs, HASTE.evict),
    terminate: policy.returnMs,
    gone: policy.returnMs,
    satellites: policy.returnMs,
    // What is not settled yet is waited for by the phases before it.
    reservations: 0,
    timers: policy.returnMs,
    proof: null,
    'bill-check': null,
  };
}
