import { decimal } from '@springtide/kernel';
import type { DemandArrays, PairArrays } from './planner-model.js';
import type { PlanningProblem } from './problem.js';
import { reachable } from './reachable.js';

/** What a limit is about; `id` names it in the words of the problem. */
export type LimitKind =
  'quota' | 'hourly-ceiling' | 'subnet' | 'link' | 'promised' | 'zone-share' | 'spot-pool-share';
export type LimitName = Readonly<{ kind: LimitKind; id: string }>;

/**
 * Sums over running machines that may not exceed something in any phase. Quota, addresses, bandwidth and hourly money
 * differ in the weight of a machine alone, so they are all one thing here. A pair's limits and the weight of one of
 * its machines in each stand at `starts[pair]` up to `starts[pair + 1]`.
 */
export type LimitArrays = Readonly<{
  names: readonly LimitName[];
  count: number;
  /** Indexed `limit * phaseCount + phase`. */
  free: Float64Array;
  starts: Int32Array;
  of: Int32Array;
  weight: Float64Array;
  /** Pairs that weigh in a limit. */
  members: (limit: number) => readonly number[];
}>;

/** Starts that are possible before each phase, indexed `launch limit * phaseCount + phase`. */
export type LaunchArrays = Readonly<{ ids: readonly string[]; count: number; free: Float64Array }>;

type Member = Readonly<{ pair: number; weight: number }>;
type Limit = LimitName & Readonly<{ free: readonly number[]; members: readonly Member[] }>;
type Ground = Readonly<{
  problem: PlanningProblem;
  pairs: PairArrays;
  cap: Int32Array;
  need: DemandArrays['need'];
}>;

export function limitArrays(ground: Ground): LimitArrays {
  const limits = [
    ...poolLimits(ground),
    ...linkLimits(ground),
    ...promisedLimits(ground),
    ...zoneShares(ground),
    ...spotPoolShares(ground),
  ].filter((limit) => limit.members.length > 0);
  const ofPair: { limit: number; weight: number }[][] = Array.from({ length: ground.pairs.count }, () => []);
  for (const [index, limit] of limits.entries()) {
    for (const { pair, weight } of limit.members) ofPair[pair]?.push({ limit: index, weight });
  }
  const members = limits.map((limit) => limit.members.map(({ pair }) => pair));
  const starts = new Int32Array(ofPair.length + 1);
  for (const [pair, own] of ofPair.entries()) starts[pair + 1] = (starts[pair] ?? 0) + own.length;
  return {
    names: limits.map(({ kind, id }) => ({ kind, id })),
    count: limits.length,
    free: Float64Array.from(limits.flatMap((limit) => reachableParts(ground, limit))),
    starts,
    of: Int32Array.from(ofPair.flatMap((own) => own.map((entry) => entry.limit))),
    weight: Float64Array.from(ofPair.flatMap((own) => own.map((entry) => entry.weight))),
    members: (limit) => members[limit] ?? [],
  };
}

/** What whole machines can take of a limit in each phase; phases with the same room share the answer. */
function reachableParts({ problem, pairs, cap }: Ground, { free, members }: Limit): readonly number[] {
  const K = problem.phases.length;
  const kinds = [...Map.groupBy(members, ({ pair }) => pairs.poolOf[pair] ?? 0)].flatMap(([p, own]) => {
    const there = (pairs.ofPool[p] ?? []).reduce((sum, pair) => sum + (pairs.delivered[pair] ?? 0), 0);
    const most = Math.max(there, ...cap.subarray(p * K, (p + 1) * K));
    return [...new Set(own.map(({ weight }) => weight))].map((weight) => ({ weight, most }));
  });
  const known = new Map<number, number>();
  return free.map((room) => {
    const found = known.get(room) ?? reachable(room, kinds);
    known.set(room, found);
    return found;
  });
}

export function launchArrays({ launchLimits = [] }: PlanningProblem): LaunchArrays {
  return {
    ids: launchLimits.map((limit) => limit.id),
    count: launchLimits.length,
    free: Float64Array.from(launchLimits.flatMap((limit) => limit.starts.map(Math.floor))),
  };
}

/** Limits that look at a machine's pool alone. */
function poolLimits({ problem, pairs }: Ground): readonly Limit[] {
  const { phases, pools } = problem;
  const through = (weigh: (pool: (typeof pools)[number]) => number): readonly Member[] =>
    pools.flatMap((pool, p) => {
      const weight = weigh(pool);
      return weight === 0 ? [] : (pairs.ofPool[p] ?? []).map((pair) => ({ pair, weight }));
    });
  const steady = (free: number) => phases.map(() => Math.max(0, free));
  return [
    ...problem.quotaGroups.map((group): Limit => ({
      kind: 'quota',
      id: group.id,
      free: phases.map((_, k) =>
        Math.max(0, group.limitVcpu - group.usedVcpu - (group.promisedVcpu?.[k] ?? 0)),
      ),
      members: through((pool) => (pool.quotaGroup === group.id ? pool.vcpu : 0)),
    })),
    ...(problem.hourlyCeilings ?? []).map((ceiling): Limit => ({
      kind: 'hourly-ceiling',
      id: ceiling.account ?? '*',
      free: steady(decimal(ceiling.perHour.amount).toNumber()),
      members: through((pool) =>
        ceiling.account === null || ceiling.account === pool.account
          ? decimal(pool.pricePerHour.amount).toNumber()
          : 0,
      ),
    })),
    ...(problem.subnets ?? []).map((subnet): Limit => ({
      kind: 'subnet',
      id: subnet.id,
      free: phases.map((_, k) => Math.max(0, Math.floor(subnet.freeAddresses - (subnet.promised?.[k] ?? 0)))),
      members: through((pool) => (pool.subnet === subnet.id ? 1 : 0)),
    })),
  ];
}

function linkLimits({ problem, pairs }: Ground): readonly Limit[] {
  if (problem.links === undefined) return [];
  const traffic = problem.classes.map(
    (item) => new Map(item.allowed.map((entry) => [entry.pool, entry.traffic])),
  );
  return problem.links.map((link): Limit => {
    const members: Member[] = [];
    for (const [p, pool] of problem.pools.entries()) {
      for (const pair of pairs.ofPool[p] ?? []) {
        const own = traffic[pairs.classOf[pair] ?? 0]?.get(pool.id);
        if (own?.link === link.id && own.mbps > 0) members.push({ pair, weight: own.mbps });
      }
    }
    return {
      kind: 'link',
      id: link.id,
      free: problem.phases.map((_, k) => Math.max(0, link.freeMbps - (link.promised?.[k] ?? 0))),
      members,
    };
  });
}

/** Pools that other campaigns use in some phases: fewer machines there than elsewhere. */
function promisedLimits({ problem, pairs, cap }: Ground): readonly Limit[] {
  const K = problem.phases.length;
  return problem.pools.flatMap((pool, p): Limit[] => {
    if (pool.promised === undefined) return [];
    const members = (pairs.ofPool[p] ?? []).map((pair) => ({ pair, weight: 1 }));
    return [{ kind: 'promised', id: pool.id, free: [...cap.subarray(p * K, (p + 1) * K)], members }];
  });
}

function zoneShares({ problem, pairs, need }: Ground): readonly Limit[] {
  const K = problem.phases.length;
  return problem.classes.flatMap((item, g): Limit[] => {
    const { zoneShareMax: share = 1 } = item;
    if (share >= 1) return [];
    const zones = Map.groupBy(
      pairs.ofClass[g] ?? [],
      (pair) => problem.pools[pairs.poolOf[pair] ?? 0]?.zone ?? '',
    );
    return [...zones].map(([zone, own]): Limit => ({
      kind: 'zone-share',
      id: `${item.id} in ${zone}`,
      free: [...need.subarray(g * K, (g + 1) * K)].map((units) => units * share),
      members: own.map((pair) => ({ pair, weight: pairs.units[pair] ?? 0 })),
    }));
  });
}

function spotPoolShares({ problem, pairs, need }: Ground): readonly Limit[] {
  const K = problem.phases.length;
  return problem.classes.flatMap((item, g): Limit[] => {
    const { spotPoolShareMax: share = 1 } = item;
    if (share >= 1) return [];
    return (pairs.ofClass[g] ?? []).flatMap((pair): Limit[] => {
      const pool = problem.pools[pairs.poolOf[pair] ?? 0];
      if (pool?.option !== 'spot') return [];
      return [
        {
          kind: 'spot-pool-share',
          id: `${item.id} on ${pool.id}`,
          free: [...need.subarray(g * K, (g + 1) * K)].map((units) => units * share),
          members: [{ pair, weight: pairs.units[pair] ?? 0 }],
        },
      ];
    });
  });
}
