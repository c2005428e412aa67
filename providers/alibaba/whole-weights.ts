/** Shares as whole numbers with the same sum of 100; what is cut off goes to the largest remainders. */
export function wholeShares(shares: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const entries = Object.entries(shares).map(([group, share]) => ({
    group,
    whole: Math.floor(share),
    rest: share - Math.floor(share),
  }));
  let missing = 100 - entries.reduce((sum, { whole }) => sum + whole, 0);
  for (const entry of entries.toSorted((a, b) => b.rest - a.rest)) {
    if (missing <= 0 || entry.rest === 0) break;
    entry.whole += 1;
    missing -= 1;
  }
  return Object.fromEntries(entries.map(({ group, whole }) => [group, whole]));
}

/**
 * Weights of single records, 1 to `most`, so that each group gets its share however many records it has. Groups without
 * a share are left out: the product knows no weight of zero.
 */
export function recordWeights(
  shares: Readonly<Record<string, number>>,
  sizes: Readonly<Record<string, number>>,
  most: number,
): Readonly<Record<string, number>> {
  const each = Object.entries(shares).flatMap(([group, share]) => {
    const size = sizes[group] ?? 0;
    return share > 0 && size > 0 ? [{ group, part: share / size }] : [];
  });
  if (each.length === 0) return {};
  const largest = Math.max(...each.map(({ part }) => part));
  const scale = bestScale(
    each.map(({ part }) => part / largest),
    most,
  );
  return Object.fromEntries(
    each.map(({ group, part }) => [group, Math.max(1, Math.round((part / largest) * scale))]),
  );
}

/** The largest weight for which all others come closest to whole numbers; the smallest of equals. */
function bestScale(parts: readonly number[], most: number): number {
  let best = { scale: most, off: Number.POSITIVE_INFINITY };
  for (let scale = 1; scale <= most; scale += 1) {
    const off = Math.max(
      ...parts.map((part) => Math.abs(Math.max(1, Math.round(part * scale)) / scale - part)),
    );
    if (off < best.off - 1e-12) best = { scale, off };
  }
  return best.scale;
}
