import type { Phase, PhaseName } from '@springtide/contracts';
import { capacityOf, type PlanContent } from './plan-content.js';
import type { RunTargets } from './run-targets.js';

/** Rails of the answer to demand that is not what was planned. */
export type SurgePolicy = Readonly<{
  /** Demand may be above plan by this share before anything is bought for it: 0.1 is 10 %. */
  tolerance: number;
  /** Capacity kept above observed demand: 0.2 is 20 %. */
  headroom: number;
  /** The highest multiple of the planned demand that is answered without a person. */
  most: number;
  /** Readings in a row that must agree: one alone may be a spike. */
  agreeing: number;
  /** How long demand must have stayed lower before what was added is given up again. */
  calmMs: number;
}>;

/** Requests per second that a service's entrance took between two readings. */
export type DemandReading = Readonly<{ at: string; requestsPerSecond: number }>;

/**
 * By how much demand is above what was planned, as a multiple; 1 when it is not. Of the readings since `calmMs` ago, each
 * against the plan of its own phase, it is the highest level that `agreeing` readings in a row reached: it rises at once
 * and falls only after calm. Never below 1, because a quiet hour before the peak proves nothing about the peak.
 */
export function surgeOf(
  readings: readonly DemandReading[],
  planned: readonly Readonly<{ startsAt: string; endsAt: string; requestsPerSecond: number }>[],
  policy: SurgePolicy,
  now: string,
): number {
  const since = Date.parse(now) - policy.calmMs;
  const multiples = readings
    .filter((reading) => Date.parse(reading.at) >= since)
    .map(({ at, requestsPerSecond }) => {
      const phase = planned.find(({ startsAt, endsAt }) => startsAt <= at && at < endsAt);
      return phase === undefined || phase.requestsPerSecond <= 0
        ? 1
        : requestsPerSecond / phase.requestsPerSecond;
    });
  const agreed = multiples.map((_, index) =>
    index + 1 < policy.agreeing ? 1 : Math.min(...multiples.slice(index + 1 - policy.agreeing, index + 1)),
  );
  const highest = Math.max(1, ...agreed);
  return highest <= 1 + policy.tolerance ? 1 : Math.min(highest, policy.most);
}

export type SurgeAnswer = Readonly<{
  targets: RunTargets;
  /** Machines added, by pool; empty when the ground that is wanted already carries the demand. */
  added: readonly Readonly<{ phase: PhaseName; poolId: string; machines: number }>[];
  /** Requests per second that the approved pools cannot give, by phase. */
  uncovered: ReadonlyMap<PhaseName, number>;
}>;

/** What the approval still leaves in one phase beside everything that is wanted already. */
export type SurgeRoom = Readonly<{ machines: number; perHour: number }>;

/**
 * What a run is after when one service's demand is `multiple` times the planned one in every phase that is not over. Only
 * adds to `base`, on the approved pools, cheapest capacity first, within their caps and the room of the approval: what was approved stays as it is. Room and
 * prices only bound the wish here, so floats will do; the ledger holds the approval to the last digit.
 */
export function answerSurge(
  base: RunTargets,
  content: PlanContent,
  question: Readonly<{
    service: string;
    multiple: number;
    headroom: number;
    phases: readonly Phase[];
    demand: (phase: PhaseName) => number;
    room: (phase: PhaseName) => SurgeRoom;
  }>,
): SurgeAnswer {
  const { service, multiple, headroom, phases, demand, room } = question;
  const standing = content.standing.find((row) => row.service === service)?.requestsPerSecond ?? 0;
  const added: { phase: PhaseName; poolId: string; machines: number }[] = [];
  const uncovered = new Map<PhaseName, number>();
  for (const { name: phase } of phases) {
    const wanted = demand(phase) * multiple * (1 + headroom);
    const there = base
      .filter((row) => row.service === service && row.phase === phase)
      .reduce((sum, row) => sum + row.machines * capacityOf(content, service, row.poolId), standing);
    const { orders, short } = topUp(base, content, { service, phase, units: wanted - there, ...room(phase) });
    added.push(...orders.map((order) => ({ phase, ...order })));
    if (short > 0) uncovered.set(phase, short);
  }
  return { targets: withAdded(base, service, added), added, uncovered };
}

function topUp(
  base: RunTargets,
  content: PlanContent,
  need: SurgeRoom & Readonly<{ service: string; phase: PhaseName; units: number }>,
): { orders: { poolId: string; machines: number }[]; short: number } {
  const orders: { poolId: string; machines: number }[] = [];
  let { units: left, machines: machinesLeft, perHour: perHourLeft } = need;
  for (const { poolId, perMachine, price, cap } of candidates(content, need.service)) {
    if (left <= 0) break;
    const used = base
      .filter((row) => row.poolId === poolId && row.phase === need.phase)
      .reduce((sum, row) => sum + row.machines, 0);
    const affordable = price > 0 ? Math.floor(perHourLeft / price) : Infinity;
    const machines = Math.min(cap - used, machinesLeft, affordable, Math.ceil(left / perMachine));
    if (machines <= 0) continue;
    orders.push({ poolId, machines });
    left -= machines * perMachine;
    machinesLeft -= machines;
    perHourLeft -= machines * price;
  }
  return { orders, short: Math.max(0, left) };
}

/** By price per unit of capacity, private first; only an order, so a float will do. */
function candidates(content: PlanContent, service: string) {
  return content.pools
    .map((pool) => {
      const perMachine = capacityOf(content, service, pool.id);
      const price = Number(pool.pricePerHour.amount);
      const perUnit = price / perMachine;
      const rank = pool.purchaseOption === 'private' ? perUnit * 1e-6 : perUnit;
      return { poolId: pool.id, cap: pool.cap, perMachine, price, rank };
    })
    .filter(({ perMachine }) => perMachine > 0)
    .toSorted((a, b) => a.rank - b.rank);
}

function withAdded(base: RunTargets, service: string, added: SurgeAnswer['added']): RunTargets {
  const targets = base.map((row) => ({ ...row }));
  for (const { phase, poolId, machines } of added) {
    const row = targets.find((t) => t.service === service && t.phase === phase && t.poolId === poolId);
    if (row === undefined) targets.push({ service, phase, poolId, machines });
    else row.machines += machines;
  }
  return targets;
}
