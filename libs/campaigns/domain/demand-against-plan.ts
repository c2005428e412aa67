import type { CampaignInput, Phase, Reason } from '@springtide/contracts';
import { runningMaximum, runningMinimum } from '@springtide/demand/domain';
import { msBetween } from '@springtide/kernel';
import { BurstPolicy } from '@springtide/scaling/domain';

/** Rails of the answer to demand that is not what was planned. */
export type SurgePolicy = Readonly<{
  /** Demand may be off its plan by this share before anything is done about it: 0.1 is 10 %. */
  tolerance: number;
  /** Capacity kept above the demand that is provided for: 0.2 is 20 %. */
  headroom: number;
  /** The highest multiple of the planned demand that is answered without a person. */
  most: number;
  /** The lowest multiple of the planned demand to which machines go without a person. */
  least: number;
  /** Readings in a row that must agree: one alone may be a spike. */
  agreeing: number;
  /** How long demand must have been watched before less than planned is believed. */
  calmMs: number;
}>;

/** Requests per second that a service's entrance took on average since the reading before. */
export type DemandReading = Readonly<{ at: string; requestsPerSecond: number }>;

export type PlannedPhase = Phase & Readonly<{ requestsPerSecond: number }>;

/** A service's plan beside what its entrance took, both in time order. */
type DemandSight = Readonly<{
  planned: readonly PlannedPhase[];
  readings: readonly DemandReading[];
  /** How far the plan's demand may be off: standard deviation of ln(true ÷ planned). */
  levelSigma: number;
  now: string;
}>;

/** What serves the demand, as the plan has it. */
type DemandFleet = Readonly<{
  /** Requests per second of one machine of the plan. */
  machineCapacity: number;
  standingCapacity: number;
  /** From the order until a machine is ready. */
  leadMs: number;
  /** How often demand is read. */
  stepMs: number;
  /** Machines that the approval leaves for the service. */
  ceiling: number;
}>;

/** What is to be provided for, as a multiple of the plan, and what that rests on. */
export type DemandView = Readonly<{
  multiple: number;
  /** The highest agreed reading of the calm time ÷ the plan of its moment. */
  highest: number;
  /** Readings cover the whole calm time. */
  isLong: boolean;
  reason: Reason;
}>;

/** Steps of readings that are looked at; more would not change the answer. */
export const DEMAND_MEMORY_STEPS = 480;

/** With less than this an exact plan would leave no room for any correction. */
const LEAST_SIGMA = 0.01;

/**
 * The plan's demand as a forecast, corrected by what was observed. A phase's demand is the highest of the whole phase, shifts
 * of its forecast included, so it is the bound of each of its moments: what is learned is its level.
 * @returns undefined while nothing can be said: nothing is planned, or nothing was read yet.
 */
export function viewOfDemand(
  sight: DemandSight,
  fleet: DemandFleet,
  policy: SurgePolicy,
): DemandView | undefined {
  const { stepMs, leadMs, machineCapacity, standingCapacity, ceiling } = fleet;
  const grid = gridOf(sight, stepMs);
  if (grid === undefined) return undefined;
  const { startsAt, values, step } = grid;
  const observed = agreed(observations(sight.readings, startsAt, stepMs, step), policy.agreeing);
  const leadSteps = Math.ceil(leadMs / stepMs);
  const planned = Math.max(...values.slice(step, step + leadSteps + 1));
  if (observed.length < policy.agreeing || !(planned > 0)) return undefined;
  const forecast = {
    series: { startsAt, stepMs, values },
    reach: { before: 0, after: 0 },
    levelSigma: Math.max(sight.levelSigma, LEAST_SIGMA),
    shiftSteps: 0,
  };
  const burst = new BurstPolicy(forecast, { machineCapacity, standingCapacity, leadSteps, ceiling });
  for (const demand of observed) burst.observe(demand);
  const { demand, reason } = burst.decide(step);
  const calmSteps = Math.ceil(policy.calmMs / stepMs);
  const ratios = observed.map((value, index) => ratio(value, values[index] ?? 0)).slice(-calmSteps);
  return {
    multiple: demand / planned,
    highest: Math.max(...ratios),
    isLong: ratios.length >= calmSteps,
    reason,
  };
}

/**
 * The multiple of the plan that is acted on; 1: the plan itself. More than planned must have been seen, and is given back
 * when the burst policy no longer provides for it; it rises at once and falls in steps that are worth it.
 */
export function multipleToAnswer(
  { multiple, highest, isLong }: DemandView,
  kept: number,
  policy: SurgePolicy,
  mayFall: boolean,
): number {
  const { tolerance, most, least } = policy;
  const isAbove = multiple > 1 + tolerance && (kept > 1 || highest > 1 + tolerance);
  const isBelow = multiple < 1 - tolerance && mayFall && isLong;
  if (!isAbove && !isBelow) return 1;
  const wanted = isAbove ? Math.min(multiple, most) : Math.max(multiple, least);
  const isSame = wanted - kept < SAME && kept - wanted < tolerance && kept > 1 === wanted > 1;
  return isSame && kept !== 1 ? kept : wanted;
}

/** Multiples that are higher by less say the same: the ground is not moved for noise. */
const SAME = 0.05;

/** Whether machines of this phase may go while it lasts; never while something higher is still planned. */
export function mayGoEarly(
  belowPlan: CampaignInput['belowPlan'],
  planned: readonly PlannedPhase[],
  phase: Phase['name'],
): boolean {
  if (belowPlan === undefined || belowPlan === 'keep') return false;
  const at = planned.findIndex(({ name }) => name === phase);
  const own = planned[at]?.requestsPerSecond ?? 0;
  const rises = planned.slice(at).some(({ requestsPerSecond }) => requestsPerSecond > own);
  const isPeak = phase === 'peak' || planned.every(({ requestsPerSecond }) => requestsPerSecond <= own);
  return !rises && (belowPlan === 'in-peak' || !isPeak);
}

type Grid = Readonly<{ startsAt: string; values: readonly number[]; step: number }>;

/** The plan in steps, from the first reading on, and the step that has just begun. */
function gridOf({ planned, readings, now }: DemandSight, stepMs: number): Grid | undefined {
  const [first, last] = [planned[0], planned.at(-1)];
  const since = readings[0]?.at;
  if (first === undefined || last === undefined || since === undefined) return undefined;
  const skipped = Math.max(0, Math.floor((msBetween(first.startsAt, since) - stepMs) / stepMs));
  const startMs = Date.parse(first.startsAt) + skipped * stepMs;
  const steps = Math.ceil((Date.parse(last.endsAt) - startMs) / stepMs);
  const step = Math.floor((Date.parse(now) - startMs) / stepMs);
  if (step < 0 || step >= steps) return undefined;
  const values = Array.from({ length: steps }, (_, index) => {
    const [from, until] = [startMs + index * stepMs, startMs + (index + 1) * stepMs];
    // A reading that tells of the step may reach beyond it: what is planned there is no surprise.
    const told = spanOf(readings, (from + until) / 2, stepMs);
    return highestPlanned(planned, Math.min(from, told.from), Math.max(until, told.until));
  });
  return { startsAt: new Date(startMs).toISOString(), values, step };
}

function highestPlanned(planned: readonly PlannedPhase[], from: number, until: number): number {
  const touched = planned.filter(
    ({ startsAt, endsAt }) => Date.parse(startsAt) < until && Date.parse(endsAt) > from,
  );
  return Math.max(0, ...touched.map(({ requestsPerSecond }) => requestsPerSecond));
}

/** The time that the reading of a moment is the average of; nothing where there is none yet. */
function spanOf(
  readings: readonly DemandReading[],
  moment: number,
  stepMs: number,
): Readonly<{ from: number; until: number }> {
  const index = readings.findIndex(({ at }) => Date.parse(at) >= moment);
  const reading = readings[index];
  if (reading === undefined) return { from: moment, until: moment };
  const until = Date.parse(reading.at);
  const before = readings[index - 1];
  return { from: before === undefined ? until - stepMs : Date.parse(before.at), until };
}

/** One value per step that is over: of the reading that tells of its middle. */
function observations(
  readings: readonly DemandReading[],
  startsAt: string,
  stepMs: number,
  step: number,
): readonly number[] {
  const values: number[] = [];
  let next = 0;
  for (let index = 0; index < step; index += 1) {
    const middle = Date.parse(startsAt) + (index + 0.5) * stepMs;
    while (next < readings.length && Date.parse(readings[next]?.at ?? '') < middle) next += 1;
    const reading = readings[next];
    if (reading === undefined) break;
    values.push(reading.requestsPerSecond);
  }
  return values;
}

/** Each value no higher than so many in a row, itself among them, reach. */
function agreed(values: readonly number[], agreeing: number): readonly number[] {
  const more = agreeing - 1;
  const padded = [...values, ...Array.from({ length: more }, () => 0)];
  const lowest = runningMinimum(padded, { before: 0, after: more });
  return runningMaximum(lowest, { before: more, after: 0 }).slice(0, values.length);
}

function ratio(value: number, planned: number): number {
  return planned > 0 ? value / planned : 1;
}
