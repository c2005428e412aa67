import { SpringtideError, msBetween, parseInstant, type Instant } from '@springtide/kernel';
import { runningMaximum } from './envelope.js';
import type { DemandSeries } from './demand-series.js';
import { FORECAST_QUANTILES, type DemandForecast, type ForecastQuantile } from './forecast.js';

/** History as it is expected to happen again: from when, for how long, how many times as high, and how sure that is. */
export type HistoryReference = Readonly<{
  /** The instant of the history that corresponds to the beginning of what is forecast. */
  historyStartsAt: Instant;
  startsAt: Instant;
  endsAt: Instant;
  multiple: number;
  levelSigma: number;
}>;

/** A quarter of an hour: what happened at a minute last year happens about then this year. */
const ENVELOPE_MS = 15 * 60_000;
const SHIFT_MS = 5 * 60_000;

/**
 * The history moved to the new date, times the multiple, as the highest demand within a quarter of an hour.
 * @throws invalid-argument when the history does not cover the period: an invented part would look like a forecast.
 */
export function forecastFromHistory(history: DemandSeries, reference: HistoryReference): DemandForecast {
  const { stepMs } = history;
  const first = Math.round(msBetween(history.startsAt, reference.historyStartsAt) / stepMs);
  const steps = Math.ceil(msBetween(reference.startsAt, reference.endsAt) / stepMs);
  if (steps <= 0 || first < 0 || first + steps > history.values.length) {
    throw notCovered(history, reference);
  }
  const half = Math.floor(ENVELOPE_MS / stepMs / 2);
  const reach = { before: half, after: half };
  const maxima = runningMaximum(history.values, reach);
  const values = maxima.slice(first, first + steps).map((value) => value * reference.multiple);
  return {
    series: { startsAt: reference.startsAt, stepMs, values },
    reach,
    levelSigma: reference.levelSigma,
    shiftSteps: Math.ceil(SHIFT_MS / stepMs),
  };
}

function notCovered(history: DemandSeries, reference: HistoryReference): SpringtideError {
  const endMs = parseInstant(history.startsAt).getTime() + history.values.length * history.stepMs;
  const length = Math.max(0, msBetween(reference.startsAt, reference.endsAt));
  const wantedEnd = new Date(parseInstant(reference.historyStartsAt).getTime() + length).toISOString();
  return new SpringtideError(
    'invalid-argument',
    `the history covers ${history.startsAt} to ${new Date(endMs).toISOString()}, but ${reference.historyStartsAt} to ${wantedEnd} was asked for; nothing was forecast`,
    { nextStep: 'Choose a reference inside the history, or import a longer one.' },
  );
}

export type PhaseQuantiles<Name extends string = string> = Readonly<
  { phase: Name } & Record<ForecastQuantile, number>
>;
type Period<Name extends string> = Readonly<{ name: Name; startsAt: Instant; endsAt: Instant }>;

/** The highest demand of each phase, in quantiles, shifts of the forecast included. */
export function demandByPhase<Name extends string>(
  forecast: DemandForecast,
  phases: readonly Period<Name>[],
): readonly PhaseQuantiles<Name>[] {
  const { startsAt, stepMs, values } = forecast.series;
  return phases.map((phase) => {
    const from = Math.floor(msBetween(startsAt, phase.startsAt) / stepMs) - forecast.shiftSteps;
    const to = Math.ceil(msBetween(startsAt, phase.endsAt) / stepMs) + forecast.shiftSteps;
    const highest = values
      .slice(Math.max(0, from), Math.max(0, to))
      .reduce((most, value) => Math.max(most, value), 0);
    return { phase: phase.name, ...quantilesOf(highest, forecast.levelSigma) };
  });
}

/** Quantiles around a median whose logarithm has the spread given. */
export function quantilesOf(median: number, levelSigma: number): Record<ForecastQuantile, number> {
  const at = (distance: number) => median * Math.exp(distance * levelSigma);
  const { p50, p90, p99 } = FORECAST_QUANTILES;
  return { p50: at(p50), p90: at(p90), p99: at(p99) };
}
