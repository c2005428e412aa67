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
