import type { Phase, PlanPool, Reason } from '@springtide/contracts';
import { HOUR, SECOND, decimal, msBetween, type Instant } from '@springtide/kernel';
import type { PlanContent } from './plan-content.js';

/** How long machines of one type took from the cloud's yes until they ran, at one account. */
export type MeasuredBoot = Readonly<{
  accountId: string;
  machineType: string;
  machines: number;
  p50Ms: number;
  p90Ms: number;
}>;

/** What a plan knows of time: when it is made, and how long machines take. */
export type PlanTimes = Readonly<{
  orderedAt: Instant;
  /** What providers declare, or the campaign's policy fixes, per account. */
  declared: ReadonlyMap<string, number>;
  /** Where it was measured on enough machines. */
  measured: readonly MeasuredBoot[];
  /** From running until the slowest service serves. */
  warmUpMs: number;
}>;

/** Machines that a measured time must rest on before it stands for the provider's word. */
export const ENOUGH_BOOTS = 20;

type OfType = Pick<PlanPool, 'accountId' | 'machineType'>;

/** The time that nine of ten machines did not exceed; the slowest tenth is what a policy's margin is for. */
export function bootMsOf({ declared, measured }: PlanTimes, pool: OfType): number {
  return measuredFor(measured, pool)?.p90Ms ?? declared.get(pool.accountId) ?? 0;
}

function measuredFor(measured: readonly MeasuredBoot[], pool: OfType): MeasuredBoot | undefined {
  return measured.find((one) => one.accountId === pool.accountId && one.machineType === pool.machineType);
}

/** From the order until a machine of the pool serves. */
export function leadHoursOf(times: PlanTimes, pool: OfType): number {
  return hours(bootMsOf(times, pool) + times.warmUpMs);
}

/**
 * Hours from now until each phase starts. A phase that starts before any machine could serve it is given to the fastest
 * ones all the same: late machines serve the rest of it, no machines serve nothing.
 */
export function startsInHours(
  times: PlanTimes,
  phases: readonly Phase[],
  pools: readonly OfType[],
): readonly number[] {
  const fastest = Math.min(...pools.map((pool) => leadHoursOf(times, pool)));
  const earliest = Number.isFinite(fastest) ? fastest : 0;
  return phases.map(({ startsAt }) => Math.max(earliest, hours(msBetween(times.orderedAt, startsAt))));
}

/**
 * The time before each phase in which its machines can be ordered, ms: from the start of the phase before, or from now, to
 * the last moment at which an order is in time. Where that is over already, orders are late anyway and have the phase itself.
 */
export function orderWindows(times: PlanTimes, phases: readonly Phase[]): readonly number[] {
  const slowest = Math.max(0, ...times.declared.values(), ...times.measured.map(({ p90Ms }) => p90Ms));
  return phases.map(({ startsAt, endsAt }, k) => {
    const before = phases[k - 1];
    if (before !== undefined) return msBetween(before.startsAt, startsAt);
    const left = msBetween(times.orderedAt, startsAt) - slowest - times.warmUpMs;
    return left > 0 ? left : msBetween(startsAt, endsAt);
  });
}

/** A phase that starts before any machine ordered now would serve. */
export function lateReasons(
  times: PlanTimes,
  phases: readonly Phase[],
  pools: readonly OfType[],
): readonly Reason[] {
  const fastestMs = Math.min(...pools.map((pool) => bootMsOf(times, pool))) + times.warmUpMs;
  const late = phases.find(({ startsAt }) => msBetween(times.orderedAt, startsAt) < fastestMs);
  if (late === undefined || pools.length === 0) return [];
  const params = { phase: late.name, seconds: seconds(fastestMs) };
  const text = `${late.name} starts before machines ordered now can serve, which takes ${params.seconds} s: until then it has what stands already.`;
  return [{ code: 'late-start', params, text }];
}

const PLACES = 10;

function hours(ms: number): number {
  return decimal(ms).div(HOUR).toDecimalPlaces(PLACES).toNumber();
}

const MOST_SHOWN = 6;

/** What the times to readiness of the pools in use rest on. */
export function bootReasons(
  { pools, allocations }: Pick<PlanContent, 'pools' | 'allocations'>,
  times: PlanTimes,
): readonly Reason[] {
  const ids = new Set(allocations.map(({ poolId }) => poolId));
  const used = pools.filter((pool) => ids.has(pool.id));
  const types = new Map(used.map((pool) => [`${pool.accountName}/${pool.machineType}`, pool]));
  const measured = [...types].flatMap(([type, pool]) => {
    const found = measuredFor(times.measured, pool);
    return found === undefined ? [] : [measuredReason(type, found)];
  });
  const untold = [...types].filter(([, pool]) => measuredFor(times.measured, pool) === undefined);
  const accounts = new Map(untold.map(([, pool]) => [pool.accountName, pool]));
  const declared = [...accounts].map(([account, pool]) => declaredReason(account, bootMsOf(times, pool)));
  return [...measured.slice(0, MOST_SHOWN), ...declared.slice(0, MOST_SHOWN)];
}

function measuredReason(type: string, { machines, p50Ms, p90Ms }: MeasuredBoot): Reason {
  const params = { type, machines, p50: seconds(p50Ms), p90: seconds(p90Ms) };
  const text = `Machines of ${type} are reckoned to boot in ${params.p90} s: nine of ten of the last ${machines} did, half of them in ${params.p50} s.`;
  return { code: 'boot-measured', params, text };
}

function declaredReason(account: string, ms: number): Reason {
  const params = { account, seconds: seconds(ms), enough: ENOUGH_BOOTS };
  const text = `Machines of ${account} are reckoned to boot in ${params.seconds} s, as its provider says: fewer than ${ENOUGH_BOOTS} of a type were measured.`;
  return { code: 'boot-declared', params, text };
}

function seconds(ms: number): number {
  return Math.ceil(ms / SECOND);
}
