/** A weight of a record is 0 … 255. */
const LARGEST = 255;

export type GroupSize = Readonly<{ share: number; members: number }>;

/**
 * The weight of each member's record, by group, so that a group's records together have its share: exact where whole
 * weights can say it, else as fine as they can. A group with a share keeps at least weight 1.
 */
export function recordWeights(groups: Readonly<Record<string, GroupSize>>): Readonly<Record<string, number>> {
  const wanted = Object.entries(groups).map(([group, { share, members }]) => {
    return [group, members === 0 ? 0 : share / members] as const;
  });
  const highest = Math.max(0, ...wanted.map(([, each]) => each));
  if (highest === 0) return Object.fromEntries(wanted.map(([group]) => [group, 0]));
  const scale = exactScale(wanted.map(([, each]) => each)) ?? LARGEST / highest;
  return Object.fromEntries(
    wanted.map(([group, each]) => [group, each === 0 ? 0 : Math.max(1, Math.round(each * scale))]),
  );
}

/** The smallest factor that makes all of them whole, if the largest stays within what a weight may be. */
function exactScale(values: readonly number[]): number | undefined {
  const highest = Math.max(...values);
  for (let factor = 1; factor * highest <= LARGEST; factor += 1) {
    if (values.every((value) => Math.abs(value * factor - Math.round(value * factor)) < 1e-9)) return factor;
  }
  return undefined;
}
