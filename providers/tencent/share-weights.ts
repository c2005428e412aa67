/** One target or record as the formula sees it. */
export type Weighed = Readonly<{ key: string; group: string; healthy: boolean; weight: number }>;

const MAX_WEIGHT = 100;

type Portion = Readonly<{ group: string; size: number; portion: number }>;

/**
 * Integer weights (0 … 100) under which each group receives its share of the requests. A target gets `weight / Σ weights`,
 * so a group's total must be its share: T(g) = share(g)·S/100, spread over the members as evenly as integers allow. S is
 * the largest multiple of 100 with every T(g)/n(g) ≤ 100 when all T(g) come out whole, which whole percents always do.
 * Otherwise it is the largest sum that fits, and a share is off by at most 50/S percent points (S ≥ 100).
 *
 * Counted are the healthy members, or all where none is. The others get what a healthy sibling gets: when one recovers,
 * every member's load can only fall until the shares are set again.
 */
export function shareWeights(
  members: readonly Weighed[],
  shares: Readonly<Record<string, number>>,
): ReadonlyMap<string, number> {
  const counted = countedByGroup(members);
  const active = [...counted].filter(([group]) => (shares[group] ?? 0) > 0);
  const activeTotal = active.reduce((sum, [group]) => sum + (shares[group] ?? 0), 0);
  const totals = groupTotals(
    active.map(([group, some]) => ({
      group,
      size: some.length,
      portion: (shares[group] ?? 0) / activeTotal,
    })),
  );
  const weights = new Map<string, number>();
  for (const [group, some] of counted) {
    const total = totals.get(group) ?? 0;
    const base = Math.floor(total / some.length);
    const extra = total - base * some.length;
    for (const [index, { key }] of some.entries()) weights.set(key, base + (index < extra ? 1 : 0));
  }
  for (const { key, group } of members) {
    if (weights.has(key)) continue;
    weights.set(key, Math.ceil((totals.get(group) ?? 0) / (counted.get(group)?.length ?? 1)));
  }
  return weights;
}

/** The share in percent that each group was given: by the weights of its counted members; 0 everywhere when all are 0. */
export function sharesGiven(members: readonly Weighed[]): Readonly<Record<string, number>> {
  return sharesOf(countedByGroup(members));
}

/** The share in percent that each group really receives: only healthy members take traffic. */
export function sharesReceived(members: readonly Weighed[]): Readonly<Record<string, number>> {
  const healthy = [...byGroup(members)].map(
    ([group, some]) => [group, some.filter((member) => member.healthy)] as const,
  );
  return sharesOf(new Map(healthy));
}

export function byGroup<T extends Readonly<{ group: string }>>(members: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const member of members) groups.set(member.group, [...(groups.get(member.group) ?? []), member]);
  return groups;
}

function sharesOf(groups: ReadonlyMap<string, readonly Weighed[]>): Readonly<Record<string, number>> {
  const totals = [...groups].map(
    ([group, some]) => [group, some.reduce((sum, member) => sum + member.weight, 0)] as const,
  );
  const sum = totals.reduce((all, [, total]) => all + total, 0);
  return Object.fromEntries(
    totals.map(([group, total]) => [group, sum === 0 ? 0 : Math.round((total / sum) * 1e8) / 1e6]),
  );
}

function countedByGroup(members: readonly Weighed[]): Map<string, readonly Weighed[]> {
  return new Map(
    [...byGroup(members)].map(([group, some]) => {
      const healthy = some.filter((member) => member.healthy);
      return [group, healthy.length > 0 ? healthy : some];
    }),
  );
}

function groupTotals(portions: readonly Portion[]): ReadonlyMap<string, number> {
  if (portions.length === 0) return new Map();
  const largest = Math.floor(
    portions.reduce((sum, { size, portion }) => Math.min(sum, (MAX_WEIGHT * size) / portion), Infinity),
  );
  const round = Math.floor(largest / 100) * 100;
  const whole = portions.every(({ portion }) => isWhole(portion * round));
  const sum = whole ? round : largest;
  return new Map(
    portions.map(({ group, size, portion }) => [
      group,
      Math.min(size * MAX_WEIGHT, Math.max(1, Math.round(portion * sum))),
    ]),
  );
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < 1e-6;
}
