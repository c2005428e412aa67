export { parseDemandCsv } from './csv-series.js';
export {
  resample,
  stepStartMs,
  type DemandSample,
  type DemandSeries,
  type Filling,
} from './demand-series.js';
export { runningMaximum, runningMinimum, tightestBound, type EnvelopeReach } from './envelope.js';
export {
  FORECAST_QUANTILES,
  forecastQuantile,
  type DemandForecast,
  type ForecastQuantile,
} from './forecast.js';
