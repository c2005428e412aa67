import type { BurstSettings } from './burst-settings.js';

/** What the comparison of observed and forecast maxima says about the level, if the forecast is shifted by so much. */
export type LevelBelief = Readonly<{
  /** ln(observed ÷ forecast): the best guess, drawn towards 0 while little was compared. */
  level: number;
  levelSpread: number;
  /** Natural logarithm of how well this shift explains what was observed, up to a constant. */
  logLikelihood: number;
}>;

type Ratios = Readonly<{ count: number; weight: number; sum: number; squares: number }>;

const NOTHING: Ratios = { count: 0, weight: 0, sum: 0, squares: 0 };

/** Fewer may agree by chance: readings of five minutes are lines between few points. */
const LEAST_TOUCHED = 6;

/**
 * Running sums of ln(observed ÷ forecast) for one assumed shift, weighted by how much a value says and forgotten over time.
 * Under the right shift the ratios agree with each other; under a wrong one they scatter.
 */
export class ShiftEvidence {
  #maxima = NOTHING;
  #touched = NOTHING;
  #misses = 0;

  constructor(
    private readonly settings: BurstSettings,
    private readonly levelSigma: number,
  ) {}

  compareMaxima(observed: number, forecast: number, quiet: number): void {
    this.#maxima = this.#with(this.#maxima, { observed, forecast, quiet });
  }

  /** A single value that the forecast knows. A rough forecast knows none, so they count only while they agree. */
  compareTouched(observed: number, forecast: number, quiet: number): void {
    this.#touched = this.#with(this.#touched, { observed, forecast, quiet });
  }

  /** @param excess ln of the highest recent demand ÷ what the forecast allows under this shift, before any correction. */
  belief(excess: number): LevelBelief {
    const { leastSpread, stepsPerEvidence } = this.settings;
    const ratios = this.#isTouched() ? together(this.#maxima, this.#touched) : this.#maxima;
    const pieces = ratios.weight / stepsPerEvidence;
    const { mean, scatter } = momentsOf(ratios);
    const variance = this.#variance(pieces, scatter);
    const precision = pieces / variance;
    const prior = 1 / this.levelSigma ** 2;
    const level = (mean * precision) / (precision + prior);
    const levelVariance = 1 / (precision + prior);
    const beyond = Math.max(0, excess - level);
    const logLikelihood =
      -0.5 *
        (pieces * Math.log(scatter + leastSpread ** 2) +
          mean ** 2 * prior +
          beyond ** 2 / (variance + levelVariance)) +
      // Demand where none was forecast, or none where some was, says nothing of the level: it lacks what agreeing would gain.
      this.#misses * Math.log(leastSpread);
    return { level, levelSpread: Math.sqrt(levelVariance), logLikelihood };
  }

  #variance(pieces: number, scatter: number): number {
    const { leastSpread, firstSpread } = this.settings;
    const learned = (scatter * pieces + leastSpread ** 2) / (pieces + 1);
    return Math.max(learned, leastSpread ** 2, firstSpread ** 2 * (1 - pieces));
  }

  #isTouched(): boolean {
    return (
      this.#touched.count >= LEAST_TOUCHED &&
      momentsOf(this.#touched).scatter <= this.settings.leastSpread ** 2
    );
  }

  #with(ratios: Ratios, { observed, forecast, quiet }: Compared): Ratios {
    const keep = 2 ** (-1 / this.settings.halfLifeSteps);
    const isMiss = observed > 0 !== forecast > 0;
    this.#misses = this.#misses * keep + (isMiss ? 1 : 0);
    if (!(observed > 0 && forecast > 0)) return ratios;
    const weight = forecast / (forecast + quiet);
    const ratio = Math.log(observed / forecast);
    return {
      count: ratios.count + 1,
      weight: ratios.weight * keep + weight,
      sum: ratios.sum * keep + weight * ratio,
      squares: ratios.squares * keep + weight * ratio * ratio,
    };
  }
}

type Compared = Readonly<{ observed: number; forecast: number; quiet: number }>;

function together(a: Ratios, b: Ratios): Ratios {
  return {
    count: a.count + b.count,
    weight: a.weight + b.weight,
    sum: a.sum + b.sum,
    squares: a.squares + b.squares,
  };
}

function momentsOf({ weight, sum, squares }: Ratios): Readonly<{ mean: number; scatter: number }> {
  if (weight === 0) return { mean: 0, scatter: 0 };
  const mean = sum / weight;
  return { mean, scatter: Math.max(0, squares / weight - mean ** 2) };
}
