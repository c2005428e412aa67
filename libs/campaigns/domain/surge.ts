import type { Phase, PhaseName } from '@springtide/contracts';
import { capacityOf, type PlanContent } from './plan-content.js';
import type { RunTargets } from './run-targets.js';

type Added = Readonly<{ phase: PhaseName; poolId: string; machines: number }>;

export type SurgeAnswer = Readonly<{
  targets: RunTargets;
  /** Machines added to the plan's, by pool; negative where they go early. Empty when the targets fit as they are. */
  added: readonly Added[];
  /** Requests per second that the approved pools cannot give, by phase. */
  uncovered: ReadonlyMap<PhaseName, number>;
}>;

/** What the approval still leaves in one phase beside everything that is wanted already. */
export type SurgeRoom = Readonly<{ machines: number; perHour: number }>;

/** How much a service's targets are to carry instead of its plan. */
type SurgeQuestion = Readonly<{
  service: string;
  multiple: number;
  headroom: number;
  /** The phases that the multiple is for. */
  phases: readonly Phase[];
  demand: (phase: PhaseName) => number;
}>;

/**
 * What a run is after when one service's demand is `multiple` times the planned one, above 1. Only adds to `base`, on the
 * approved pools, cheapest capacity first, within their caps and the room of the approval: what was approved stays as it is.
 * Room and prices only bound the wish here, so floats will do; the ledger holds the approval to the last digit.
 */
export function answerSurge(
  base: RunTargets,
  content: PlanContent,
  question: SurgeQuestion & Readonly<{ room: (phase: PhaseName) => SurgeRoom }>,
): SurgeAnswer {
  const { service, phases, room } = question;
  const added: Added[] = [];
  const uncovered = new Map<PhaseName, number>();
  for (const { name: phase } of phases) {
    const units = -excessIn(base, content, question, phase);
    const { orders, short } = topUp(base, content, { service, phase, units, ...room(phase) });
    added.push(...orders.map((order) => ({ phase, ...order })));
    if (short > 0) uncovered.set(phase, short);
  }
  return { targets: withAdded(base, service, added), added, uncovered };
}

/**
 * What a run is after when one service's demand is `multiple` times the planned one, below 1: whole machines go, dearest
 * capacity first and private last, as long as what stays carries the demand with its headroom.
 */
export function answerCalm(base: RunTargets, content: PlanContent, question: SurgeQuestion): SurgeAnswer {
  const { service, phases } = question;
  const added: Added[] = [];
  for (const { name: phase } of phases) {
    let left = excessIn(base, content, question, phase);
    for (const { poolId, perMachine } of poolsByPrice(content, service).toReversed()) {
      const machines = Math.min(machinesOn(base, service, phase, poolId), Math.floor(left / perMachine));
      if (machines <= 0) continue;
      added.push({ phase, poolId, machines: -machines });
      left -= machines * perMachine;
    }
  }
  return { targets: withAdded(base, service, added), added, uncovered: new Map() };
}

/** Requests per second that the targets carry beyond what is asked; negative when they carry less. */
function excessIn(
  base: RunTargets,
  content: PlanContent,
  { service, multiple, headroom, demand }: SurgeQuestion,
  phase: PhaseName,
): number {
  const standing = content.standing.find((row) => row.service === service)?.requestsPerSecond ?? 0;
  const there = base
    .filter((row) => row.service === service && row.phase === phase)
    .reduce((sum, row) => sum + row.machines * capacityOf(content, service, row.poolId), standing);
  return there - demand(phase) * multiple * (1 + headroom);
}

function machinesOn(base: RunTargets, service: string, phase: PhaseName, poolId: string): number {
  return base
    .filter((row) => row.service === service && row.phase === phase && row.poolId === poolId)
    .reduce((sum, row) => sum + row.machines, 0);
}

function topUp(
  base: RunTargets,
  content: PlanContent,
  need: SurgeRoom & Readonly<{ service: string; phase: PhaseName; units: number }>,
): { orders: { poolId: string; machines: number }[]; short: number } {
  const orders: { poolId: string; machines: number }[] = [];
  let { units: left, machines: machinesLeft, perHour: perHourLeft } = need;
  for (const { poolId, perMachine, price, cap } of poolsByPrice(content, need.service)) {
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
export function poolsByPrice(content: PlanContent, service: string) {
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

function withAdded(base: RunTargets, service: string, added: readonly Added[]): RunTargets {
  const targets = base.map((row) => ({ ...row }));
  for (const { phase, poolId, machines } of added) {
    const row = targets.find((t) => t.service === service && t.phase === phase && t.poolId === poolId);
    if (row === undefined) targets.push({ service, phase, poolId, machines });
    else row.machines += machines;
  }
  return targets.filter(({ machines }) => machines > 0);
}
