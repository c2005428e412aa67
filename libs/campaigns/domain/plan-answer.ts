import type { Allocation, PlanBody, Reason } from '@springtide/contracts';
import {
  addMoney,
  compareMoney,
  money,
  multiplyMoney,
  roundMoney,
  sumMoney,
  type Money,
} from '@springtide/kernel';
import { reasonText, type CapacityPlan } from '@springtide/planning/domain';
import { capacityReasons } from './capacity-evidence.js';
import { spreadFallbacks } from './fallback-pools.js';
import type { PlanContent, ServiceSheet } from './plan-content.js';
import type { PlanLimit } from './plan-limits.js';
import { untoldLinkReasons } from './plan-links.js';
import { placesWithoutAddresses, type PlanQuestion, type PlanSetup } from './plan-problem.js';
import { bootReasons, lateReasons } from './plan-times.js';
import { placelessReasons } from './placeless.js';
import { heldReasons } from './promises.js';
import { RUN_POLICIES } from './run-policy.js';

/**
 * The planner's answer in the campaign's words: what is stored, hashed, shown and approved. Its lead time is without
 * booting and calls: those depend on where it buys.
 */
export function planContent(question: PlanQuestion, setup: PlanSetup, answer: CapacityPlan): PlanContent {
  const allocations = allocationsOf(question, answer);
  const usedPools = new Set(allocations.map((row) => row.poolId));
  const fallbackPools = new Set(
    answer.fallbacks.flatMap((row) => spreadFallbacks(row.pools, setup.pools, FALLBACKS)),
  );
  const keep = (poolId: string) => usedPools.has(poolId) || fallbackPools.has(poolId);
  return {
    marketSnapshotId: question.market.id,
    pools: setup.pools.filter((pool) => keep(pool.id)),
    sheets: setup.sheets.filter((sheet) => keep(sheet.poolId)),
    allocations,
    standing: question.standing.map((row) => ({ ...row })),
    capacity: capacityRows(question, setup, allocations, answer),
    services: question.services.map(serviceSheet),
    phases: question.campaign.phases,
    cost: roundMoney(answer.cost.total, PLACES),
    lowerBound: answer.lowerBound === null ? null : roundMoney(answer.lowerBound, PLACES),
    gap: answer.gap,
    solver: `${answer.solver.name} ${answer.solver.version}`,
    quality: answer.quality,
    reasons: reasonsOf(question, setup, answer),
    limits: keptLimits(setup, keep),
    limitsAt: question.market.takenAt,
    leadMs: question.readyMs,
  };
}

/** Limits of the pools that the plan may use, fallbacks included: what an approval promises machines against. */
function keptLimits({ limits }: PlanSetup, keep: (poolId: string) => boolean): readonly PlanLimit[] {
  return limits
    .map((limit) => ({ ...limit, takes: limit.takes.filter(({ poolId }) => keep(poolId)) }))
    .filter(({ takes }) => takes.length > 0);
}

/** Decimal places of planned money: finer than any cloud's price list. */
const PLACES = 10;

/** Approved fallback pools per service and phase; more would widen the envelope without need. */
const FALLBACKS = 4;

function allocationsOf(question: PlanQuestion, answer: CapacityPlan): readonly Allocation[] {
  return answer.machines.flatMap((row) =>
    question.campaign.phases.flatMap((phase, index) => {
      const machines = row.counts[index] ?? 0;
      return machines === 0 ? [] : [{ service: row.class, poolId: row.pool, phase: phase.name, machines }];
    }),
  );
}

function capacityRows(
  question: PlanQuestion,
  setup: PlanSetup,
  allocations: readonly Allocation[],
  answer: CapacityPlan,
): PlanBody['capacity'] {
  return question.campaign.demand.map(({ service, phase, requestsPerSecond }) => {
    const standing = question.standing.find((row) => row.service === service)?.requestsPerSecond ?? 0;
    const bought = allocations
      .filter((row) => row.service === service && row.phase === phase)
      .reduce((sum, row) => sum + row.machines * unitsOf(setup, service, row.poolId), 0);
    const short = answer.shortage
      .filter((row) => row.class === service && row.phase === phase)
      .reduce((sum, row) => sum + row.units, 0);
    return { service, phase, demand: requestsPerSecond, planned: standing + bought, short };
  });
}

function unitsOf(setup: PlanSetup, service: string, poolId: string): number {
  return setup.sheets.find((s) => s.service === service && s.poolId === poolId)?.requestsPerSecond ?? 0;
}

function serviceSheet(service: PlanQuestion['services'][number]): ServiceSheet {
  const { name, route, port, warmUpSeconds } = service;
  return { name, route, port, warmUpSeconds };
}

function reasonsOf(question: PlanQuestion, setup: PlanSetup, answer: CapacityPlan): Reason[] {
  const standing = question.standing
    .filter((row) => row.machines > 0)
    .map((row) => ({
      code: 'standing-fleet',
      params: { service: row.service, machines: row.machines, requestsPerSecond: row.requestsPerSecond },
      text: `${row.machines} standing machines of ${row.service} serve ${row.requestsPerSecond} requests/s already; only demand beyond that is planned.`,
    }));
  const leftOut = Object.entries(setup.leftOut)
    .filter(([, count]) => count > 0)
    .map(([why, count]) => ({
      code: `left-out-${why}`,
      params: { count },
      text: `${count} offerings were left out: ${LEFT_OUT[why as keyof typeof LEFT_OUT]}.`,
    }));
  const solved = answer.reasons.map(asOnePool).map((reason) => ({
    code: reason.code,
    params: { ...reason.params },
    text: reasonText(reason, 'en-US'),
  }));
  const placeless = placelessReasons(question, setup, new Set(answer.shortage.map((cell) => cell.class)));
  return [...placeless, ...standing, ...solved, ...leftOut, ...groundReasons(question, setup, answer)];
}

/** What the plan stands on besides prices: promises to others, addresses, and how long machines take. */
function groundReasons(question: PlanQuestion, setup: PlanSetup, answer: CapacityPlan): readonly Reason[] {
  const allocations = allocationsOf(question, answer);
  const used = new Set(allocations.map(({ poolId }) => poolId));
  const pools = setup.pools.filter(({ id }) => used.has(id));
  const limits = setup.limits.filter(({ id }) => question.held.has(id));
  const held = heldReasons({ phases: question.campaign.phases, allocations, limits }, question.held);
  const places = placesWithoutAddresses(question, pools).join(', ');
  const text = `Nobody tells how many addresses are free in ${places}, so they are no limit of this plan.`;
  const untold = places === '' ? [] : [{ code: 'addresses-untold', params: { places }, text }];
  const isFixed = RUN_POLICIES[question.campaign.policy].bootMs !== null;
  const late = lateReasons(question.times, question.campaign.phases, pools);
  return [
    ...capacityReasons(question, pools, allocations),
    ...late,
    ...held,
    ...untold,
    ...untoldLinkReasons(question.links, question.services, pools),
    ...(isFixed ? [] : bootReasons({ pools, allocations }, question.times)),
  ];
}

/** A pool that was split among services is still one to those who read of it. */
function asOnePool<T extends CapacityPlan['reasons'][number]>(reason: T): T {
  const { pools, full, of } = reason.params;
  if (reason.code !== 'private-full' || typeof pools !== 'string') return reason;
  const names = [...new Set(pools.split(', '))];
  const parts = Number(full) - names.length;
  return {
    ...reason,
    params: { ...reason.params, full: names.length, of: Number(of) - parts, pools: names.join(', ') },
  };
}

const LEFT_OUT = {
  'unknown-price': 'their price is unknown, and what has no price is not bought',
  'sold-out': 'they are sold out',
  'other-currency': 'they are priced in another currency than the budget',
  'not-usable': 'no service has a measured capacity and an image for them',
} as const;

/** The most that an approval of this plan lets a run hold at once, per hour and in machines, fallbacks included. */
export function envelopeLimits(content: PlanContent): { maxMachines: number; maxPerHour: Money } {
  const currency = content.cost.currency;
  const perPhase = content.phases.map((phase) => {
    const rows = content.allocations.filter((row) => row.phase === phase.name);
    return {
      machines: rows.reduce((sum, row) => sum + row.machines, 0),
      perHour: sumMoney(
        currency,
        rows.map((row) => multiplyMoney(priceOf(content, row.poolId), row.machines)),
      ),
    };
  });
  const machines = Math.max(0, ...perPhase.map((row) => row.machines));
  const perHour = perPhase.reduce(
    (max, row) => (compareMoney(row.perHour, max) > 0 ? row.perHour : max),
    money(currency, 0),
  );
  // Neighbouring phases overlap while one is prepared and the other still runs; fallback types may be dearer.
  return {
    maxMachines: machines + Math.ceil(machines * ROOM) + 1,
    maxPerHour: roundMoney(addMoney(perHour, perHour), PLACES),
  };
}

const ROOM = 0.5;

function priceOf(content: PlanContent, poolId: string): Money {
  return content.pools.find((pool) => pool.id === poolId)?.pricePerHour ?? money(content.cost.currency, 0);
}
