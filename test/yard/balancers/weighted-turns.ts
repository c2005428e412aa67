/**
 * Smooth weighted round robin: each round every candidate gains its weight, the highest is taken and pays the sum. So
 * shares are exact over every sum of weights, and turns are spread evenly. Known from nginx's upstream balancing.
 */
export class WeightedTurns {
  readonly #credit = new Map<string, number>();

  /** Undefined when nobody has a weight. */
  next<T extends Readonly<{ weight: number }>>(
    candidates: readonly T[],
    keyOf: (one: T) => string,
  ): T | undefined {
    const total = candidates.reduce((sum, { weight }) => sum + weight, 0);
    let taken: T | undefined;
    let highest = -Infinity;
    for (const candidate of candidates) {
      if (candidate.weight <= 0) continue;
      const credit = (this.#credit.get(keyOf(candidate)) ?? 0) + candidate.weight;
      this.#credit.set(keyOf(candidate), credit);
      if (credit > highest) [highest, taken] = [credit, candidate];
    }
    if (taken !== undefined) this.#credit.set(keyOf(taken), highest - total);
    return taken;
  }

  /** After a change of weights everybody starts again. */
  forget(): void {
    this.#credit.clear();
  }
}
