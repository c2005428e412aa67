import { SpringtideError } from '@springtide/kernel';

/** Whole percentages per group name; they sum to 100. */
export type Shares = Readonly<Record<string, number>>;

/**
 * Shares in proportion to capacity, as whole percentages by largest remainder, so that they sum to exactly 100.
 * A group without capacity gets 0. Undefined when nothing has capacity: then the last good set must stay.
 */
export function sharesByCapacity(
  groups: readonly Readonly<{ name: string; capacity: number }>[],
): Shares | undefined {
  const total = groups.reduce((sum, group) => sum + group.capacity, 0);
  if (total <= 0) return undefined;
  const exact = groups.map((group) => ({ name: group.name, exact: (group.capacity / total) * 100 }));
  const floors = exact.map((group) => ({ ...group, share: Math.floor(group.exact) }));
  let left = 100 - floors.reduce((sum, group) => sum + group.share, 0);
  const byRemainder = floors.toSorted(
    (a, b) => b.exact - b.share - (a.exact - a.share) || a.name.localeCompare(b.name),
  );
  const shares: Record<string, number> = Object.fromEntries(floors.map((group) => [group.name, group.share]));
  for (const group of byRemainder) {
    if (left <= 0) break;
    if (group.exact === 0) continue;
    shares[group.name] = group.share + 1;
    left -= 1;
  }
  return shares;
}

/**
 * The set that lies `fraction` (0 … 1) of the way between two sets. Groups missing on one side count as 0 there.
 * The last step is exactly `to`.
 */
export function stepBetween(from: Shares, to: Shares, fraction: number): Shares {
  if (fraction >= 1) return withZeros(to, from);
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const groups = names.map((name) => ({
    name,
    capacity: (from[name] ?? 0) * (1 - fraction) + (to[name] ?? 0) * fraction,
  }));
  const shares = sharesByCapacity(groups);
  if (shares === undefined) throw new SpringtideError('invalid-argument', 'shares must sum to 100, not to 0');
  return shares;
}

/** Groups that get less than before. */
export function relievedGroups(from: Shares, to: Shares): ReadonlySet<string> {
  return new Set(Object.keys(from).filter((group) => (to[group] ?? 0) < (from[group] ?? 0)));
}

/**
 * The parts of the way that a shift takes, without those that would leave a group with more requests than it can serve:
 * being gentle with new members must not go on at the expense of people whom the old ones keep waiting.
 * @param load requests per second of the whole route.
 */
export function relievingSteps(
  fractions: readonly number[],
  { from, to }: Readonly<{ from: Shares; to: Shares }>,
  load: number,
  capacity: ReadonlyMap<string, number>,
): readonly number[] {
  return fractions.filter((fraction, index) => {
    if (index === fractions.length - 1) return true;
    const shares = stepBetween(from, to, fraction);
    const relieved = [...relievedGroups(from, to)];
    return relieved.every((group) => ((shares[group] ?? 0) / 100) * load <= (capacity.get(group) ?? 0));
  });
}

function withZeros(shares: Shares, others: Shares): Shares {
  return { ...Object.fromEntries(Object.keys(others).map((name) => [name, 0])), ...shares };
}

export function sameShares(a: Shares, b: Shares): boolean {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every(
    (name) => (a[name] ?? 0) === (b[name] ?? 0),
  );
}
