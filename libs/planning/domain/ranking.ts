import { at, type PairArrays, type PlannerModel } from './planner-model.js';

/** Pairs of a class with the least that one more machine of each could cost beyond its worth, least first. */
type Ranked = Readonly<{ pairs: Int32Array; floors: Float64Array }>;

type Priced = Readonly<{ running: Float64Array; worth: Float64Array; gain: Float64Array }>;

/** Orders in which the search looks at the pairs of a class: they follow from the guide alone, so each is made once. */
export class Ranking {
  private readonly spans: (Ranked | undefined)[] = [];
  private readonly sizes: (readonly (readonly number[])[] | undefined)[] = [];

  constructor(
    private readonly model: PlannerModel,
    private readonly priced: Priced,
  ) {}

  /** By net cost over the phases from … to; nobody needs to look beyond a floor that is too high. */
  ofSpan(g: number, from: number, to: number): Ranked {
    const K = this.model.phaseCount;
    const index = (g * K + from) * K + to;
    return (this.spans[index] ??= this.rankSpan(g, from, to));
  }

  private rankSpan(g: number, from: number, to: number): Ranked {
    const ranked = (this.model.pairs.ofClass[g] ?? [])
      .map((pair) => ({ pair, floor: this.floor(pair, from, to) }))
      .toSorted((a, b) => a.floor - b.floor);
    return {
      pairs: Int32Array.from(ranked, ({ pair }) => pair),
      floors: Float64Array.from(ranked, ({ floor }) => floor),
    };
  }

  private floor(pair: number, from: number, to: number): number {
    const { pools, pairs, hoursUpTo, phaseCount: K } = this.model;
    const pool = at(pairs.poolOf, pair);
    let net = at(pools.rate, pool) * (at(hoursUpTo, to + 1) - at(hoursUpTo, from));
    for (let k = from; k <= to; k += 1) net -= at(this.priced.gain, pair * K + k);
    // A machine that fills a pause saves the start after it.
    return to < K - 1 ? net - at(pools.startRate, pool) : net;
  }

  /** For every size of machine the pairs whose worth comes closest to their price, best first. */
  bySize(g: number): readonly (readonly number[])[] {
    return (this.sizes[g] ??= this.rankSizes(this.model.pairs, g));
  }

  private rankSizes(pairs: PairArrays, g: number): readonly (readonly number[])[] {
    const merits = new Map((pairs.ofClass[g] ?? []).map((pair) => [pair, this.merit(pair)]));
    const sizes = Map.groupBy(merits.keys(), (pair) => Math.round(Math.log2(at(pairs.units, pair)) * 2));
    return [...sizes.values()].map((own) =>
      own.toSorted((a, b) => (merits.get(a) ?? 0) - (merits.get(b) ?? 0)),
    );
  }

  private merit(pair: number): number {
    const { running, worth } = this.priced;
    const K = this.model.phaseCount;
    let best = Infinity;
    for (let i = pair * K; i < (pair + 1) * K; i += 1) {
      if (at(worth, i) > 0) best = Math.min(best, at(running, i) / at(worth, i));
    }
    return best;
  }
}
