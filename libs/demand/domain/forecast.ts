import type { EnvelopeReach } from './envelope.js';
import type { DemandSeries } from './demand-series.js';

/**
 * What is expected, and how far it may be off. A forecast says when demand will be how high, in windows rather than to the
 * minute: each value is the highest demand expected within `reach` of its step.
 */
export type DemandForecast = Readonly<{
  series: DemandSeries;
  reach: EnvelopeReach;
  /** Standard deviation of the natural logarithm of true ÷ forecast level: 0.2 is "about twenty percent either way". */
  levelSigma: number;
  /** Steps by which everything may come earlier or later than forecast. */
  shiftSteps: number;
}>;

/** Quantiles that are asked for everywhere, with their distance from the median in standard deviations. */
export const FORECAST_QUANTILES = { p50: 0, p90: 1.2816, p99: 2.3263 } as const;
export type ForecastQuantile = keyof typeof FORECAST_QUANTILES;
