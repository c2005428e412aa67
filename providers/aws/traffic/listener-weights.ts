/** A weight of a target group is 0 … 999. */
const LARGEST = 999;

/**
 * Whole percents are taken as they are, so that they are exact and read back as they were said; other shares are
 * brought to the finest whole numbers, the error going to the largest.
 */
export function toWeights(shares: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const entries = Object.entries(shares);
  if (entries.every(([, share]) => Number.isInteger(share))) return { ...shares };
  const weights = entries.map(([group, share]) => [group, Math.round((share * LARGEST) / 100)] as const);
  const rest = LARGEST - weights.reduce((sum, [, weight]) => sum + weight, 0);
  const largest = weights.reduce((best, one) => (one[1] > best[1] ? one : best), weights[0] ?? ['', 0]);
  // A share above nothing must not become nothing: its machines are paid for.
  return Object.fromEntries(
    weights.map(([group, weight]) => {
      const wanted = group === largest[0] ? weight + rest : weight;
      return [group, (shares[group] ?? 0) > 0 ? Math.max(1, wanted) : wanted];
    }),
  );
}

/** Shares in percent, as the load balancer applies these weights. */
export function toShares(weights: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const sum = Object.values(weights).reduce((total, weight) => total + weight, 0);
  return Object.fromEntries(
    Object.entries(weights).map(([group, weight]) => [
      group,
      sum === 0 ? 0 : Math.round((weight / sum) * 1e8) / 1e6,
    ]),
  );
}
