export {
  calendarEvents,
  proposedPhases,
  usualShare,
  type CalendarEvent,
  type ShapedPhase,
} from './campaign-calendar.js';
export { calendarClashes, type CalendarCampaign, type CalendarClash, type FreezeWindow } from './clashes.js';
export { parseDemandCsv } from './csv-series.js';
export { resample, type DemandSample, type DemandSeries, type Filling } from './demand-series.js';
export {
  runningMaximum,
  runningMinimum,
  tightestBound,
  touchedSteps,
  type EnvelopeReach,
} from './envelope.js';
export { FORECAST_QUANTILES, type DemandForecast, type ForecastQuantile } from './forecast.js';
export {
  demandByPhase,
  forecastFromHistory,
  quantilesOf,
  type HistoryReference,
  type PhaseQuantiles,
} from './history-forecast.js';
export { samplesFromMetrics } from './capacity-metrics.js';
export { fitCapacity, parseCapacitySamples, type CapacityFit, type CapacitySample } from './capacity-fit.js';
export { demandAt, replayOf } from './replay.js';
export { lunarDay } from './lunar-calendar.js';
export { expectedFromSeason } from './seasonal-forecast.js';
