/** One server, target or record as the formula sees it. */
export type WeighedMember = Readonly<{ name: string; group: string; healthy: boolean; weight: number }>;

/**
 * Integer weights (0 … `most`) of single members under which each group receives its share of the requests.
 *
 * A member gets `weight / Σ weights` of the traffic, so a group's total weight must be its share. For group g with share
 * s(g) percent and n(g) counted members, the group total is T(g) = s(g)·S/100, split over the members as evenly as integers
 * allow. S is the largest multiple of 100 with every T(g)/n(g) ≤ `most` when all T(g) come out whole, which whole percents
 * always do where `most` ≥ 100: then the shares are exact. Otherwise S is the largest sum that fits, and the error of a
 * share is at most 50/S percent points (S ≥ `most`).
 *
 * Counted are the healthy members, or all of them where none is. The others get what a healthy sibling gets: when one
 * recovers, every member's load can only fall until the shares are set again.
 */
export function shareWeights(
  servers: readonly WeighedMember[],
  shares: Readonly<Record<string, number>>,
  most: number,
): ReadonlyMap<string, number> {
  const counted = countedByGroup(servers);
  const active = [...counted].filter(([group]) => (shares[group] ?? 0) > 0);
  const activeTotal = active.reduce((sum, [group]) => sum + (shares[group] ?? 0), 0);
  const portions = active.map(([group, members]) => ({
    group,
    size: members.length,
    portion: (shares[group] ?? 0) / activeTotal,
  }));
  const totals = groupTotals(portions, most);
  const weights = new Map<string, number>();
  for (const [group, members] of counted) {
    const total = totals.get(group) ?? 0;
    const base = Math.floor(total / members.length);
    const extra = total - base * members.length;
    for (const [index, member] of members.entries()) {
      weights.set(member.name, base + (index < extra ? 1 : 0));
    }
  }
  for (const server of servers) {
    if (weights.has(server.name)) continue;
    const size = counted.get(server.group)?.length ?? 1;
    weights.set(server.name, Math.ceil((totals.get(server.group) ?? 0) / size));
  }
  return weights;
}

/** The share in percent that each group has by its counted members' weights now; 0 everywhere when all weights are 0. */
export function sharesGiven(servers: readonly WeighedMember[]): Readonly<Record<string, number>> {
  return sharesOf(countedByGroup(servers));
}

/** The share in percent that each group really receives: only healthy members take traffic. */
export function sharesReceived(servers: readonly WeighedMember[]): Readonly<Record<string, number>> {
  const healthy = [...byGroup(servers)].map(([group, members]) => {
    return [group, members.filter((member) => member.healthy)] as const;
  });
  return sharesOf(new Map(healthy));
}

function sharesOf(groups: ReadonlyMap<string, readonly WeighedMember[]>): Readonly<Record<string, number>> {
  const totals = [...groups].map(([group, members]) => {
    return [group, members.reduce((sum, member) => sum + member.weight, 0)] as const;
  });
  const sum = totals.reduce((all, [, total]) => all + total, 0);
  return Object.fromEntries(
    totals.map(([group, total]) => [group, sum === 0 ? 0 : Math.round((total / sum) * 1e8) / 1e6]),
  );
}

function countedByGroup(servers: readonly WeighedMember[]): Map<string, readonly WeighedMember[]> {
  return new Map(
    [...byGroup(servers)].map(([group, members]) => {
      const healthy = members.filter((member) => member.healthy);
      return [group, healthy.length > 0 ? healthy : members];
    }),
  );
}

export function byGroup<T extends Readonly<{ group: string }>>(servers: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const server of servers) {
    const members = groups.get(server.group) ?? [];
    members.push(server);
    groups.set(server.group, members);
  }
  return groups;
}

type Portion = Readonly<{ group: string; size: number; portion: number }>;

function groupTotals(portions: readonly Portion[], most: number): ReadonlyMap<string, number> {
  const largest = Math.floor(
    portions.reduce((sum, { size, portion }) => Math.min(sum, (most * size) / portion), Infinity),
  );
  if (portions.length === 0) return new Map();
  const round = Math.floor(largest / 100) * 100;
  const whole = portions.every(({ portion }) => isWhole(portion * round));
  const sum = whole ? round : largest;
  const totals = new Map<string, number>();
  for (const { group, size, portion } of portions) {
    totals.set(group, Math.min(size * most, Math.max(1, Math.round(portion * sum))));
  }
  return totals;
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < 1e-6;
}
