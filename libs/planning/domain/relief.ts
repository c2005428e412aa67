import { money } from '@springtide/kernel';
import type { PlanRow, ShortageCause } from './capacity-plan.js';
import { deliveredOf, startsOf } from './plan-cost.js';
import type { PlanningPool, PlanningProblem } from './problem.js';

/** Kinds of limits that somebody could lift. */
export type ReliefKind = Exclude<ShortageCause, 'no-pool'>;

export const RELIEF_KINDS: readonly ReliefKind[] = [
  'budget',
  'hourly-ceiling',
  'quota',
  'subnet',
  'link',
  'launch-limit',
  'promised',
  'stock',
  'lead-time',
  'spot-limit',
  'zone-share',
  'spot-pool-share',
  'zone-loss',
];

/** So much more of one limit; `unit` says of what. */
export type ReliefAmount = Readonly<{ name: string; more: number; unit: string }>;

const ENDLESS = 1e6;

type Lift = (problem: PlanningProblem, factor: (name: string, now: number) => number) => PlanningProblem;

/**
 * The same problem with every limit of one kind replaced by what `limitOf` makes of it; rules without an amount are
 * dropped as a whole.
 */
const LIFTS: Readonly<Record<ReliefKind, Lift>> = {
  budget: (problem) =>
    problem.budget === undefined ? problem : { ...problem, budget: money(problem.currency, '1e15') },
  'hourly-ceiling': (problem) =>
    problem.hourlyCeilings === undefined ? problem : { ...problem, hourlyCeilings: [] },
  quota: (problem, limitOf) => ({
    ...problem,
    quotaGroups: problem.quotaGroups.map((group) => ({
      ...group,
      limitVcpu: limitOf(group.id, group.limitVcpu),
    })),
  }),
  subnet: (problem, limitOf) => ({
    ...problem,
    subnets: (problem.subnets ?? []).map((subnet) => ({
      ...subnet,
      freeAddresses: limitOf(subnet.id, subnet.freeAddresses),
    })),
  }),
  link: (problem, limitOf) => ({
    ...problem,
    links: (problem.links ?? []).map((link) => ({ ...link, freeMbps: limitOf(link.id, link.freeMbps) })),
  }),
  'launch-limit': (problem, limitOf) => ({
    ...problem,
    launchLimits: (problem.launchLimits ?? []).map((limit) => ({
      ...limit,
      starts: limit.starts.map((starts) => limitOf(limit.id, starts)),
    })),
  }),
  promised: (problem) => ({
    ...problem,
    pools: problem.pools.map((pool) =>
      pool.promised === undefined ? pool : { ...pool, promised: none(problem) },
    ),
    quotaGroups: problem.quotaGroups.map((group) =>
      group.promisedVcpu === undefined ? group : { ...group, promisedVcpu: none(problem) },
    ),
    ...(problem.subnets === undefined
      ? {}
      : {
          subnets: problem.subnets.map((subnet) =>
            subnet.promised === undefined ? subnet : { ...subnet, promised: none(problem) },
          ),
        }),
    ...(problem.links === undefined
      ? {}
      : {
          links: problem.links.map((link) =>
            link.promised === undefined ? link : { ...link, promised: none(problem) },
          ),
        }),
  }),
  stock: (problem, limitOf) => ({
    ...problem,
    pools: problem.pools.map((pool) => ({ ...pool, cap: limitOf(pool.id, pool.cap) })),
  }),
  'lead-time': (problem) => ({
    ...problem,
    pools: problem.pools.map((pool) =>
      pool.leadTimeHours === undefined ? pool : { ...pool, leadTimeHours: 0 },
    ),
  }),
  'spot-limit': (problem) => ({
    ...problem,
    classes: problem.classes.map((item) => ({ ...item, spotMax: 1 })),
  }),
  'zone-share': (problem) => ({
    ...problem,
    classes: problem.classes.map((item) =>
      item.zoneShareMax === undefined ? item : { ...item, zoneShareMax: 1 },
    ),
  }),
  'spot-pool-share': (problem) => ({
    ...problem,
    classes: problem.classes.map((item) =>
      item.spotPoolShareMax === undefined ? item : { ...item, spotPoolShareMax: 1 },
    ),
  }),
  'zone-loss': (problem) => ({
    ...problem,
    classes: problem.classes.map((item) => ({ ...item, zoneLossFraction: 0 })),
  }),
};

function none(problem: PlanningProblem): readonly number[] {
  return problem.phases.map(() => 0);
}

/** The problem without any limit of this kind. */
export function lifted(problem: PlanningProblem, kind: ReliefKind): PlanningProblem {
  return LIFTS[kind](problem, (_, now) => Math.max(now, ENDLESS));
}

/** The problem with these amounts more, times a fraction. */
export function raised(
  problem: PlanningProblem,
  kind: ReliefKind,
  amounts: readonly ReliefAmount[],
  fraction: number,
): PlanningProblem {
  const more = new Map(amounts.map((entry) => [entry.name, entry.more]));
  return LIFTS[kind](problem, (name, now) => now + Math.ceil((more.get(name) ?? 0) * fraction));
}

/** How far machines go beyond the limits of one kind as they were, largest first; empty for rules without an amount. */
export function excess(
  problem: PlanningProblem,
  kind: ReliefKind,
  rows: readonly PlanRow[],
): readonly ReliefAmount[] {
  const pools = new Map(problem.pools.map((pool) => [pool.id, pool]));
  const most = (weigh: (row: PlanRow, pool: PlanningPool) => number, free: (k: number) => number): number => {
    const perPhase = problem.phases.map((_, k) => {
      const used = rows.reduce((sum, row) => {
        const pool = pools.get(row.pool);
        return pool === undefined ? sum : sum + weigh(row, pool) * (row.counts[k] ?? 0);
      }, 0);
      return used - Math.max(0, free(k));
    });
    return Math.ceil(Math.max(0, ...perPhase) - 1e-9);
  };
  return amountsOf(problem, kind, rows, most)
    .filter((amount) => amount.more > 0)
    .toSorted((a, b) => b.more - a.more);
}

type Most = (weigh: (row: PlanRow, pool: PlanningPool) => number, free: (k: number) => number) => number;

function amountsOf(
  problem: PlanningProblem,
  kind: ReliefKind,
  rows: readonly PlanRow[],
  most: Most,
): readonly ReliefAmount[] {
  if (kind === 'quota') {
    return problem.quotaGroups.map((group) => ({
      name: group.id,
      unit: 'vCPU',
      more: most(
        (_, pool) => (pool.quotaGroup === group.id ? pool.vcpu : 0),
        (k) => group.limitVcpu - group.usedVcpu - (group.promisedVcpu?.[k] ?? 0),
      ),
    }));
  }
  if (kind === 'subnet') {
    return (problem.subnets ?? []).map((subnet) => ({
      name: subnet.id,
      unit: 'addresses',
      more: most(
        (_, pool) => (pool.subnet === subnet.id ? 1 : 0),
        (k) => subnet.freeAddresses - (subnet.promised?.[k] ?? 0),
      ),
    }));
  }
  if (kind === 'stock') {
    return problem.pools.map((own) => ({
      name: own.id,
      unit: 'machines',
      more: most(
        (_, pool) => (pool.id === own.id ? 1 : 0),
        () => own.cap,
      ),
    }));
  }
  if (kind === 'link') return linkAmounts(problem, most);
  return kind === 'launch-limit' ? launchAmounts(problem, rows) : [];
}

function linkAmounts(problem: PlanningProblem, most: Most): readonly ReliefAmount[] {
  const traffic = new Map(
    problem.classes.flatMap((item) =>
      item.allowed.map((entry) => [JSON.stringify([item.id, entry.pool]), entry.traffic] as const),
    ),
  );
  return (problem.links ?? []).map((link) => ({
    name: link.id,
    unit: 'Mbit/s',
    more: most(
      (row) => {
        const own = traffic.get(JSON.stringify([row.class, row.pool]));
        return own?.link === link.id ? own.mbps : 0;
      },
      (k) => link.freeMbps - (link.promised?.[k] ?? 0),
    ),
  }));
}

function launchAmounts(problem: PlanningProblem, rows: readonly PlanRow[]): readonly ReliefAmount[] {
  const limitOf = new Map(problem.pools.map((pool) => [pool.id, pool.launchLimit]));
  return (problem.launchLimits ?? []).map((limit) => {
    const own = rows
      .filter((row) => limitOf.get(row.pool) === limit.id)
      .map((row) => startsOf(row.counts, deliveredOf(problem, row)));
    const perPhase = limit.starts.map(
      (free, k) => own.reduce((sum, starts) => sum + (starts[k] ?? 0), 0) - Math.floor(free),
    );
    return { name: limit.id, unit: 'starts', more: Math.max(0, ...perPhase) };
  });
}
