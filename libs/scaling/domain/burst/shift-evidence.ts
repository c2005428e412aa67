import type { BurstSettings } from './burst-settings.js';

/** What the comparison of observed and forecast maxima says about the level, if the forecast is shifted by so much. */
export type LevelBelief = Readonly<{
  /** ln(observed ÷ forecast): the best guess, drawn towards 0 while little was compared. */
  level: number;
  levelSpread: number;
  /** Natural logarithm of how well this shift explains what was observed, up to a constant. */
  logLikelihood: number;
}>;

/**
 * Running sums of ln(observed ÷ forecast) for one assumed shift, weighted by how much a value says and forgotten over time.
 * Under the right shift the ratios agree with each other; under a wrong one they scatter.
 */
export class ShiftEvidence {
  #weight = 0;
  #sum = 0;
  #squares = 0;
  #misses = 0;

  constructor(
    private readonly settings: BurstSettings,
    private readonly levelSigma: number,
  ) {}

  compare(observed: number, forecast: number, quiet: number): void {
    const keep = 2 ** (-1 / this.settings.halfLifeSteps);
    const isMiss = observed > 0 !== forecast > 0;
    this.#misses = this.#misses * keep + (isMiss ? 1 : 0);
    if (!(observed > 0 && forecast > 0)) return;
    const weight = forecast / (forecast + quiet);
    const ratio = Math.log(observed / forecast);
    this.#weight = this.#weight * keep + weight;
    this.#sum = this.#sum * keep + weight * ratio;
    this.#squares = this.#squares * keep + weight * ratio * ratio;
  }

  /** @param excess ln of the highest recent demand ÷ what the forecast allows under this shift, before any correction. */
  belief(excess: number): LevelBelief {
    const { leastSpread } = this.settings;
    const pieces = this.#weight / this.settings.stepsPerEvidence;
    const mean = this.#weight > 0 ? this.#sum / this.#weight : 0;
    const scatter = this.#weight > 0 ? Math.max(0, this.#squares / this.#weight - mean ** 2) : 0;
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
}
