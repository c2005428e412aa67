import { tightestBound, touchedSteps, type DemandForecast } from '@springtide/demand/domain';
import { SpringtideError } from '@springtide/kernel';
import { BURST_SETTINGS, type BurstSettings } from './burst-settings.js';
import { ShiftEvidence } from './shift-evidence.js';

/** One way in which the forecast may be off: shifted by so many steps, and too low by up to so much. */
type ShiftBelief = Readonly<{ shift: number; level: number; upperLevel: number; probability: number }>;

/** What is believed about a forecast after so much was observed. */
export type ForecastBelief = Readonly<{
  /** True ÷ forecast, the best guess. */
  level: number;
  /** Steps by which demand comes earlier than forecast (negative: later), the best guess and what is not excluded. */
  shift: number;
  earliest: number;
  latest: number;
  /** Upper level ÷ best guess − 1: what is added for safety. */
  margin: number;
  /** Whether recent demand was above everything that the forecast and its errors allowed. */
  exceeded: boolean;
}>;

/** Shifts that are less probable than this are not looked at more closely. */
const NEGLIGIBLE = 1e-4;

/**
 * Follows demand beside its forecast and says what it may reach in the minutes ahead. The forecast gives the shape; what was
 * observed gives the level and the shift; how far demand went beyond the corrected forecast gives the margin.
 */
export class ForecastFollower {
  readonly #bound: Readonly<{ offset: number; values: readonly number[] }>;
  readonly #touched: ReadonlyMap<number, number>;
  readonly #evidence: ReadonlyMap<number, ShiftEvidence>;
  readonly #quiet: number;
  readonly #observed: number[] = [];
  #beliefs: readonly ShiftBelief[];
  #exceeded = false;

  /** @throws invalid-argument when the forecast expects no demand at all. */
  constructor(
    private readonly forecast: DemandForecast,
    private readonly settings: BurstSettings = BURST_SETTINGS,
  ) {
    const highest = forecast.series.values.reduce((most, value) => Math.max(most, value), 0);
    if (!(highest > 0)) {
      throw new SpringtideError(
        'invalid-argument',
        'a forecast without any demand cannot be followed; no machines are started from it',
        { nextStep: 'Check the period and the service that the forecast was made for.' },
      );
    }
    this.#quiet = highest * settings.quietPart;
    this.#bound = tightestBound(forecast.series.values, forecast.reach);
    this.#touched = touchedSteps(forecast.series.values, forecast.reach);
    const shifts = Array.from({ length: 2 * forecast.shiftSteps + 1 }, (_, n) => n - forecast.shiftSteps);
    this.#evidence = new Map(
      shifts.map((shift) => [shift, new ShiftEvidence(settings, forecast.levelSigma)]),
    );
    this.#beliefs = this.#judge();
  }

  /** Takes the demand of the next step; steps are observed in order, beginning with step 0 of the forecast. */
  observe(demand: number): void {
    this.#observed.push(demand);
    const { before, after } = this.forecast.reach;
    const centre = this.#observed.length - 1 - after;
    if (centre >= before) this.#compareMaxima(centre, Math.max(...this.#observed.slice(centre - before)));
    // No maximum can be seen yet.
    else this.#compareTouched(this.#observed.length - 1, demand);
    this.#beliefs = this.#judge();
  }

  /** Demand of a step that is exceeded only if the forecast is wrong in a way not seen so far. */
  upperDemand(step: number): number {
    const candidates = this.#beliefs
      .map(({ shift, upperLevel, probability }) => ({
        demand: this.#boundAt(step + shift) * Math.exp(upperLevel),
        probability,
      }))
      .toSorted((a, b) => b.demand - a.demand);
    let above = 0;
    for (const { demand, probability } of candidates) {
      above += probability;
      if (above > this.settings.neglectedShifts) return demand;
    }
    return candidates.at(-1)?.demand ?? 0;
  }

  belief(): ForecastBelief {
    const best = this.#beliefs.reduce((a, b) => (b.probability > a.probability ? b : a));
    const open = this.#beliefs.filter(({ probability }) => probability > this.settings.neglectedShifts);
    const shifts = open.map(({ shift }) => shift);
    return {
      level: Math.exp(best.level),
      shift: best.shift,
      earliest: Math.max(...shifts),
      latest: Math.min(...shifts),
      margin: Math.expm1(best.upperLevel - best.level),
      exceeded: this.#exceeded,
    };
  }

  #compareMaxima(centre: number, observedMaximum: number): void {
    for (const [shift, evidence] of this.#evidence) {
      const forecast = this.forecast.series.values[centre + shift];
      if (forecast !== undefined) evidence.compareMaxima(observedMaximum, forecast, this.#quiet);
    }
  }

  #compareTouched(step: number, observed: number): void {
    for (const [shift, evidence] of this.#evidence) {
      const forecast = this.#touched.get(step + shift);
      if (forecast !== undefined) evidence.compareTouched(observed, forecast, this.#quiet);
    }
  }

  #judge(): readonly ShiftBelief[] {
    const judged = [...this.#evidence].map(([shift, evidence]) => {
      const excess = this.#highestExcess(shift);
      return { shift, excess, ...evidence.belief(excess) };
    });
    const best = judged.reduce((most, { logLikelihood }) => Math.max(most, logLikelihood), -Infinity);
    const total = judged.reduce((sum, { logLikelihood }) => sum + Math.exp(logLikelihood - best), 0);
    this.#exceeded = judged.every(
      ({ excess, level, levelSpread }) => excess > level + this.settings.levelQuantile * levelSpread + 0.01,
    );
    return judged.map(({ shift, excess, level, levelSpread, logLikelihood }) => {
      const probability = Math.exp(logLikelihood - best) / total;
      const believed = level + this.settings.levelQuantile * levelSpread;
      const seen = probability < NEGLIGIBLE ? -Infinity : Math.max(excess, this.#usualExcess(shift));
      return {
        shift,
        level,
        probability,
        upperLevel: Math.max(believed, seen) + Math.log1p(this.settings.leastMargin),
      };
    });
  }

  #highestExcess(shift: number): number {
    const from = Math.max(0, this.#observed.length - this.settings.recentSteps);
    let highest = -Infinity;
    for (let step = from; step < this.#observed.length; step += 1) {
      highest = Math.max(highest, this.#excess(step, shift));
    }
    return highest;
  }

  /** The excess that all but a small part of the observed volume stayed below. */
  #usualExcess(shift: number): number {
    const from = Math.max(0, this.#observed.length - this.settings.memorySteps);
    const excesses = this.#observed
      .slice(from)
      .map((volume, k) => ({ volume, excess: this.#excess(from + k, shift) }))
      .toSorted((a, b) => b.excess - a.excess);
    const allowed = this.settings.exceedance * excesses.reduce((sum, { volume }) => sum + volume, 0);
    let above = 0;
    for (const { volume, excess } of excesses) {
      above += volume;
      if (above > allowed) return excess;
    }
    return -Infinity;
  }

  /** ln(observed ÷ what the forecast allows) of one step, if the forecast is shifted by so much. */
  #excess(step: number, shift: number): number {
    const observed = this.#observed[step] ?? 0;
    return observed > 0 ? Math.log(observed / this.#boundAt(step + shift)) : -Infinity;
  }

  #boundAt(step: number): number {
    const { offset, values } = this.#bound;
    const value = values[Math.min(Math.max(step + offset, 0), values.length - 1)] ?? 0;
    return Math.max(value, this.#quiet / 4);
  }
}
