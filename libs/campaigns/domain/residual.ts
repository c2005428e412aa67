import type { Phase, PhaseName } from '@springtide/contracts';
import {
  HOUR,
  decimal,
  money,
  msBetween,
  multiplyMoney,
  roundMoney,
  type Instant,
  type Money,
} from '@springtide/kernel';
import type { CapacityPlan, PlanningProblem } from '@springtide/planning/domain';
import { capacityOf, type PlanContent } from './plan-content.js';
import { stockId, type PlanLimit } from './plan-limits.js';
import { drawnOn, heldBy, inPhase, sumHeld, windowsOf, type Held, type Holder } from './promises.js';
import type { RunTargets } from './run-targets.js';

/** What a re-plan stands on: the approved plan, and what became of it so far. */
export type ResidualFacts = Readonly<{
  content: PlanContent;
  targets: RunTargets;
  /** Machines that are there or on their way, per service and pool: they are fixed. */
  delivered: (service: string, poolId: string) => number;
  /** Pools that refused, and pools that share their fate. */
  refused: ReadonlySet<string>;
  /** As they are now, in order; those that are over are left out of the question. */
  phases: readonly Phase[];
  /** Money of the approval that nothing is promised for yet. */
  left: Money;
  now: Instant;
  /** Other campaigns that were promised machines: what stands in must not be theirs. */
  holders: readonly Holder[];
  drainMs: number;
}>;

/** Machines that a phase wants of a pool that does not give them. */
type Hole = Readonly<{ service: string; poolId: string; phase: PhaseName; machines: number }>;

/** Targets that can still be had, the holes that refusals tore, and the planner's question of how to fill them. */
export type Residual = Readonly<{ base: RunTargets; holes: readonly Hole[]; problem: PlanningProblem }>;

const PLACES = 10;

/**
 * The rest of a run as a planning problem: delivered machines are fixed, pools that refused give no more, and what is
 * missing in this and all later phases is looked for on the other approved pools, within their caps and the money left,
 * and beside what other campaigns hold. Undefined when nothing is missing. A quota that nobody else draws on is not in it: a
 * cloud that reached one says so, and its pools are refused. Lines between sites always are: nobody refuses on a full one.
 */
export function residualQuestion(question: ResidualFacts): Residual | undefined {
  const { targets, delivered, refused, now } = question;
  const phases = question.phases.filter(({ endsAt }) => endsAt > now);
  const open = (phase: PhaseName) => phases.some(({ name }) => name === phase);
  const holes = targets.flatMap((row) => {
    if (!refused.has(row.poolId) || !open(row.phase)) return [];
    const machines = row.machines - Math.min(row.machines, delivered(row.service, row.poolId));
    return machines === 0 ? [] : [{ ...row, machines }];
  });
  if (holes.length === 0) return undefined;
  const base = withRows(
    targets,
    holes.map((hole) => ({ ...hole, machines: -hole.machines })),
  );
  return { base, holes, problem: problemOf({ ...question, phases }, base, holes) };
}

function problemOf(question: ResidualFacts, base: RunTargets, holes: readonly Hole[]): PlanningProblem {
  const { content, refused, phases, left, now } = question;
  const usable = content.pools.filter((pool) => !refused.has(pool.id));
  const services = [...new Set(holes.map(({ service }) => service))];
  const windows = windowsOf(phases, { leadMs: content.leadMs, drainMs: question.drainMs });
  const held = heldBy(question.holders, windows);
  const shared = contested(content, base, phases, held);
  return {
    currency: left.currency,
    objective: 'private-first',
    phases: phases.map(({ name, startsAt, endsAt }) => ({
      id: name,
      hours: hours(startsAt > now ? startsAt : now, endsAt),
    })),
    quotaGroups: shared
      .filter(({ limit }) => limit.unit === 'vCPU')
      .map(({ limit, promised }) => {
        return { id: limit.name, limitVcpu: limit.free, usedVcpu: 0, promisedVcpu: promised };
      }),
    subnets: shared
      .filter(({ limit }) => limit.kind === 'addresses')
      .map(({ limit, promised }) => ({ id: limit.name, freeAddresses: limit.free, promised })),
    links: shared
      .filter(({ limit }) => limit.kind === 'link')
      .map(({ limit, promised }) => ({ id: limit.name, freeMbps: limit.free, promised })),
    pools: usable.map((pool) => ({
      id: pool.id,
      account: pool.accountName,
      region: pool.region,
      zone: `${pool.accountName}/${pool.region}/${pool.zone}`,
      machineType: pool.machineType,
      family: pool.machineType,
      arch: '',
      option: pool.purchaseOption,
      vcpu: takenBy(pool.id, shared, 'vCPU')?.each ?? 1,
      memoryGiB: 0,
      pricePerHour: pool.pricePerHour,
      startCost: roundMoney(multiplyMoney(pool.pricePerHour, startHours(content, pool.id)), PLACES),
      cap: freeOf(pool, base, phases),
      quotaGroup: takenBy(pool.id, shared, 'vCPU')?.name ?? null,
      interruptionPerHour: 0,
      ...ofOthers(pool, shared, held),
    })),
    classes: services.map((service) => ({
      id: service,
      unit: 'requests/s',
      headroom: 0,
      spotMax: 1,
      zoneLossFraction: 0,
      demand: phases.map(({ name }) => ({ units: missingIn(question, holes, service, name), memoryGiB: 0 })),
      allowed: usable
        .map(({ id }) => ({
          pool: id,
          units: capacityOf(content, service, id),
          ...trafficOf(service, id, shared),
        }))
        .filter(({ units }) => units > 0),
      shortagePenaltyPerUnitHour: penalty(content, left.currency),
    })),
    budget: left,
  };
}

type Contested = Readonly<{ limit: PlanLimit; promised: readonly number[] }>;

/** Limits of several pools that other campaigns draw on too, and every line between sites, with what they and the rest of this run take per phase. */
function contested(
  { limits = [] }: PlanContent,
  base: RunTargets,
  phases: readonly Phase[],
  held: ReadonlyMap<string, readonly Held[]>,
): readonly Contested[] {
  return limits.flatMap((limit) => {
    const others = sumHeld(held.get(limit.id));
    if (limit.kind === 'stock' || (others === undefined && limit.kind !== 'link')) return [];
    const promised = phases.map(({ name }, k) => (others?.[k] ?? 0) + drawnOn(limit, inPhase(base, name)));
    return [{ limit, promised }];
  });
}

function takenBy(
  poolId: string,
  shared: readonly Contested[],
  unit: PlanLimit['unit'],
): Readonly<{ name: string; each: number }> | undefined {
  const own = shared.filter(({ limit }) => limit.unit === unit);
  for (const { limit } of own) {
    const found = limit.takes.find((one) => one.poolId === poolId);
    if (found !== undefined) return { name: limit.name, each: found.each };
  }
  return undefined;
}

/** What one machine of the pool sends over its line while it works for the service. */
function trafficOf(
  service: string,
  poolId: string,
  shared: readonly Contested[],
): Pick<PlanningProblem['classes'][number]['allowed'][number], 'traffic'> {
  for (const { limit } of shared.filter((one) => one.limit.kind === 'link')) {
    const own = limit.takes.find((one) => one.poolId === poolId && one.service === service);
    if (own !== undefined) return { traffic: { link: limit.name, mbps: own.each } };
  }
  return {};
}

function ofOthers(
  pool: PlanContent['pools'][number],
  shared: readonly Contested[],
  held: ReadonlyMap<string, readonly Held[]>,
): Pick<PlanningProblem['pools'][number], 'promised' | 'subnet'> {
  const promised = sumHeld(held.get(stockId(pool)));
  const subnet = takenBy(pool.id, shared, 'addresses')?.name;
  return { ...(promised === undefined ? {} : { promised }), ...(subnet === undefined ? {} : { subnet }) };
}

/** Free in the phase that leaves least: a pool's cap in the planner's question is one for all phases. */
function freeOf(pool: PlanContent['pools'][number], base: RunTargets, phases: readonly Phase[]): number {
  const used = phases.map(({ name }) =>
    base
      .filter((row) => row.poolId === pool.id && row.phase === name)
      .reduce((sum, row) => sum + row.machines, 0),
  );
  return Math.max(0, pool.cap - Math.max(0, ...used));
}

function startHours(content: PlanContent, poolId: string): number {
  const seconds = content.sheets.find((sheet) => sheet.poolId === poolId)?.minimumBillingSeconds ?? 0;
  return decimal(seconds).div(3_600).toDecimalPlaces(PLACES).toNumber();
}

/** A stand-in that is refused as well may have been larger than its hole; what is missing has not grown by that. */
function missingIn(
  { content, targets }: ResidualFacts,
  holes: readonly Hole[],
  service: string,
  phase: PhaseName,
): number {
  const spare = targets
    .filter((row) => row.service === service && row.phase === phase)
    .reduce((sum, row) => sum + (row.spare ?? 0), 0);
  return Math.max(0, unitsIn(content, holes, service, phase) - spare);
}

function unitsIn(content: PlanContent, rows: readonly Hole[], service: string, phase: PhaseName): number {
  return rows
    .filter((row) => row.service === service && row.phase === phase)
    .reduce((sum, { poolId, machines }) => sum + machines * capacityOf(content, service, poolId), 0);
}

function hours(from: Instant, to: Instant): number {
  return decimal(msBetween(from, to)).div(HOUR).toDecimalPlaces(PLACES).toNumber();
}

/** A hundred times the dearest unit among all approved pools: shortage is the last resort. */
function penalty(content: PlanContent, currency: string): Money {
  const dearest = content.sheets
    .map((sheet) => {
      const price = content.pools.find((pool) => pool.id === sheet.poolId)?.pricePerHour.amount ?? 0;
      return decimal(price).div(sheet.requestsPerSecond);
    })
    .reduce((max, price) => (price.greaterThan(max) ? price : max), decimal('0.001'));
  return money(currency, dearest.times(100));
}

/**
 * New targets: what can still be had, what the answer adds, and, where nothing can stand in, what was wanted before, so
 * that the hole stays in sight and is tried again.
 */
export function residualTargets(
  { base, holes, problem }: Residual,
  answer: Pick<CapacityPlan, 'machines' | 'shortage' | 'phases'>,
  content: PlanContent,
): RunTargets {
  const rows = [...new Set(holes.map(({ service, phase }) => JSON.stringify([service, phase])))].flatMap(
    (key) => {
      const [service, phase] = JSON.parse(key) as [string, PhaseName];
      const index = answer.phases.indexOf(phase);
      const own = holes.filter((hole) => hole.service === service && hole.phase === phase);
      const added = answer.machines
        .filter((row) => row.class === service && (row.counts[index] ?? 0) > 0)
        .map((row) => ({ service, poolId: row.pool, phase, machines: row.counts[index] ?? 0 }));
      const short =
        answer.shortage.find((cell) => cell.class === service && cell.phase === phase)?.units ?? 0;
      const asked = problem.classes.find(({ id }) => id === service)?.demand[index]?.units ?? 0;
      const spare = unitsIn(content, added, service, phase) - (asked - short);
      return [...withSpare(added, Math.max(0, spare)), ...kept(content, own, short)];
    },
  );
  return withRows(base, rows);
}

function withSpare(added: readonly Hole[], spare: number): RunTargets {
  return added.map((row, index) => (index === 0 && spare > 0 ? { ...row, spare } : row));
}

/** As many of the machines that were wanted as the shortage is worth. */
function kept(content: PlanContent, holes: readonly Hole[], short: number): readonly Hole[] {
  let units = short;
  return holes.map((hole) => {
    const perMachine = capacityOf(content, hole.service, hole.poolId);
    const machines = perMachine > 0 ? Math.min(hole.machines, Math.ceil(units / perMachine)) : 0;
    units = Math.max(0, units - machines * perMachine);
    return { ...hole, machines };
  });
}

/** Sums of what is wanted; what was spare before is counted into the new rows already. */
function withRows(targets: RunTargets, rows: RunTargets): RunTargets {
  const replanned = new Set(rows.map(({ service, phase }) => JSON.stringify([service, phase])));
  const sums = new Map<string, RunTargets[number]>();
  for (const row of [...targets.map((one) => withoutSpare(one, replanned)), ...rows]) {
    const { service, poolId, phase } = row;
    const key = JSON.stringify([service, poolId, phase]);
    const before = sums.get(key);
    const spare = (before?.spare ?? 0) + (row.spare ?? 0);
    const machines = (before?.machines ?? 0) + row.machines;
    sums.set(key, { service, poolId, phase, machines, ...(spare > 0 ? { spare } : {}) });
  }
  return [...sums.values()].filter(({ machines }) => machines > 0);
}

function withoutSpare(row: RunTargets[number], replanned: ReadonlySet<string>): RunTargets[number] {
  const { service, poolId, phase, machines } = row;
  return replanned.has(JSON.stringify([service, phase])) ? { service, poolId, phase, machines } : row;
}
