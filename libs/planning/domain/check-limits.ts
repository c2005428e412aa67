import { Decimal, decimal } from '@springtide/kernel';
import type { PlanRow } from './capacity-plan.js';
import type { PlanRule, PlanViolation } from './check-plan.js';
import { deliveredOf, startsOf } from './plan-cost.js';
import type { PlanningPool, PlanningProblem } from './problem.js';

/** A sum over running machines, and what it may come to in each phase. */
type Sum = Readonly<{
  rule: PlanRule;
  name: string;
  unit: string;
  free: (phase: number) => Decimal | number | string;
  /** What one machine of a row weighs in the sum. */
  weigh: (row: PlanRow, pool: PlanningPool) => Decimal | number | string;
}>;

/** Every rule that a sum over machines, or over their starts, may not exceed something. */
export function limitViolations(problem: PlanningProblem, rows: readonly PlanRow[]): PlanViolation[] {
  const pools = new Map(problem.pools.map((pool) => [pool.id, pool]));
  const sums = [
    ...capSums(problem, new Set(rows.map((row) => row.pool))),
    ...quotaSums(problem),
    ...ceilingSums(problem),
    ...placeSums(problem),
    ...shareSums(problem),
  ];
  return [
    ...sums.flatMap((sum) => sumViolations(problem, pools, rows, sum)),
    ...launchViolations(problem, rows),
    ...deliveredViolations(problem, rows),
  ];
}

/** Shares are fractions of measured demand, and lines carry products of measures: exact there is as exact as those are. */
const MEASURED: readonly PlanRule[] = ['link', 'zone-share', 'spot-pool-share'];
const TOLERANCE = '1e-9';
/** Sums in floats are as much too high or too low, for each unit of a limit. */
const ROUNDING = '2e-12';

function sumViolations(
  problem: PlanningProblem,
  pools: ReadonlyMap<string, PlanningPool>,
  rows: readonly PlanRow[],
  sum: Sum,
): PlanViolation[] {
  const weighed = rows.flatMap((row) => {
    const pool = pools.get(row.pool);
    const raw = pool === undefined ? 0 : sum.weigh(row, pool);
    if (raw === 0) return [];
    return [{ row, weight: decimal(raw), there: deliveredOf(problem, row) }];
  });
  if (weighed.length === 0) return [];
  return problem.phases.flatMap((phase, k): PlanViolation[] => {
    const used = total(weighed.map(({ row, weight }) => weight.times(row.counts[k] ?? 0)));
    // What runs already may stand above a limit that came later; nothing may be added to it.
    const there = total(weighed.map(({ weight, there: machines }) => weight.times(machines)));
    const free = Decimal.max(0, sum.free(k), there);
    const tolerance = Decimal.max(TOLERANCE, free.times(ROUNDING));
    if (used.lte(MEASURED.includes(sum.rule) ? free.plus(tolerance) : free)) return [];
    const detail = `${sum.name} in ${phase.id}: ${used.toString()} of ${free.toString()} ${sum.unit}`;
    return [{ rule: sum.rule, detail }];
  });
}

function capSums({ pools, phases }: PlanningProblem, used: ReadonlySet<string>): Sum[] {
  return pools
    .filter((pool) => used.has(pool.id))
    .map((own) => ({
      rule: 'cap',
      name: own.id,
      unit: 'machines',
      free: (k) => {
        const late = (own.leadTimeHours ?? 0) > (phases[k]?.startsInHours ?? Infinity);
        return late ? 0 : own.cap - (own.promised?.[k] ?? 0);
      },
      weigh: (_, pool) => (pool.id === own.id ? 1 : 0),
    }));
}

function quotaSums({ quotaGroups }: PlanningProblem): Sum[] {
  return quotaGroups.map((group) => ({
    rule: 'quota',
    name: group.id,
    unit: 'vCPU',
    free: (k) => group.limitVcpu - group.usedVcpu - (group.promisedVcpu?.[k] ?? 0),
    weigh: (_, pool) => (pool.quotaGroup === group.id ? pool.vcpu : 0),
  }));
}

function ceilingSums({ hourlyCeilings = [] }: PlanningProblem): Sum[] {
  return hourlyCeilings.map(({ account, perHour }) => ({
    rule: 'hourly-ceiling',
    name: account ?? 'all accounts',
    unit: 'per hour',
    free: () => perHour.amount,
    weigh: (_, pool) => (account === null || account === pool.account ? pool.pricePerHour.amount : 0),
  }));
}

function placeSums({ subnets = [], links = [], classes }: PlanningProblem): Sum[] {
  return [
    ...subnets.map((subnet): Sum => ({
      rule: 'subnet',
      name: subnet.id,
      unit: 'addresses',
      free: (k) => Math.floor(subnet.freeAddresses - (subnet.promised?.[k] ?? 0)),
      weigh: (_, pool) => (pool.subnet === subnet.id ? 1 : 0),
    })),
    ...links.map((link): Sum => ({
      rule: 'link',
      name: link.id,
      unit: 'Mbit/s',
      free: (k) => link.freeMbps - (link.promised?.[k] ?? 0),
      weigh: (row) => {
        const item = classes.find((candidate) => candidate.id === row.class);
        const traffic = item?.allowed.find((entry) => entry.pool === row.pool)?.traffic;
        return traffic?.link === link.id ? traffic.mbps : 0;
      },
    })),
  ];
}

function shareSums({ classes, pools }: PlanningProblem): Sum[] {
  return classes.flatMap((item): Sum[] => {
    const need = (k: number) => decimal(item.demand[k]?.units ?? 0).times(decimal(1).plus(item.headroom));
    const unitsOn = (row: PlanRow) =>
      row.class === item.id ? (item.allowed.find((entry) => entry.pool === row.pool)?.units ?? 0) : 0;
    const { zoneShareMax = 1, spotPoolShareMax = 1 } = item;
    const zones = zoneShareMax < 1 ? [...new Set(pools.map((pool) => pool.zone))] : [];
    const spot = spotPoolShareMax < 1 ? pools.filter((pool) => pool.option === 'spot') : [];
    return [
      ...zones.map((zone): Sum => ({
        rule: 'zone-share',
        name: `${item.id} in ${zone}`,
        unit: item.unit,
        free: (k) => need(k).times(zoneShareMax),
        weigh: (row, pool) => (pool.zone === zone ? unitsOn(row) : 0),
      })),
      ...spot.map((own): Sum => ({
        rule: 'spot-pool-share',
        name: `${item.id} on ${own.id}`,
        unit: item.unit,
        free: (k) => need(k).times(spotPoolShareMax),
        weigh: (row, pool) => (pool.id === own.id ? unitsOn(row) : 0),
      })),
    ];
  });
}

function launchViolations(problem: PlanningProblem, rows: readonly PlanRow[]): PlanViolation[] {
  const limitOf = new Map(problem.pools.map((pool) => [pool.id, pool.launchLimit]));
  return (problem.launchLimits ?? []).flatMap((limit) => {
    const starts = rows
      .filter((row) => limitOf.get(row.pool) === limit.id)
      .map((row) => startsOf(row.counts, deliveredOf(problem, row)));
    return problem.phases.flatMap((phase, k): PlanViolation[] => {
      const started = starts.reduce((sum, own) => sum + (own[k] ?? 0), 0);
      const free = Math.floor(limit.starts[k] ?? 0);
      if (started <= free) return [];
      return [{ rule: 'launch-limit', detail: `${limit.id} in ${phase.id}: ${started} of ${free} starts` }];
    });
  });
}

function deliveredViolations(problem: PlanningProblem, rows: readonly PlanRow[]): PlanViolation[] {
  return (problem.delivered ?? []).flatMap((there): PlanViolation[] => {
    const row = rows.find((candidate) => candidate.class === there.class && candidate.pool === there.pool);
    const least = Math.min(...problem.phases.map((_, k) => row?.counts[k] ?? 0));
    if (least >= there.machines) return [];
    const detail = `${there.class} on ${there.pool}: ${least} of ${there.machines} machines that run already`;
    return [{ rule: 'delivered', detail }];
  });
}

function total(values: readonly Decimal[]): Decimal {
  return values.reduce((sum, value) => sum.plus(value), decimal(0));
}
