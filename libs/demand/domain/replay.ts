import { SpringtideError, addMs, msBetween, type Instant } from '@springtide/kernel';
import type { DemandSeries } from './demand-series.js';

/** Where a recorded series is laid: the beginning and end of what is lived through, and where its highest demand belongs. */
export type ReplayStage = Readonly<{ startsAt: Instant; endsAt: Instant; peakAt: Instant }>;

export type ReplayChoice = Readonly<{
  multiple: number;
  /** The instant of the history that is laid onto the beginning; left out: the highest value is laid onto the peak. */
  historyStartsAt?: Instant | undefined;
}>;

export type Replay = Readonly<{
  aligned: 'peaks' | 'start';
  /** In the stage's own time, multiple included; covers all of it. */
  demand: DemandSeries;
  historyFrom: Instant;
  historyTo: Instant;
  highest: number;
}>;

/** @throws invalid-argument when the history does not cover the stage: an invented part would look like a rehearsal. */
export function replayOf(
  history: DemandSeries,
  stage: ReplayStage,
  { multiple, historyStartsAt }: ReplayChoice,
): Replay {
  const { stepMs, values } = history;
  const shiftMs =
    historyStartsAt === undefined
      ? msBetween(history.startsAt, stage.peakAt) - (highestStep(values) + 0.5) * stepMs
      : msBetween(historyStartsAt, stage.startsAt);
  const beginMs = msBetween(history.startsAt, stage.startsAt) - shiftMs;
  const endMs = beginMs + msBetween(stage.startsAt, stage.endsAt);
  const [first, last] = [Math.floor(beginMs / stepMs), Math.ceil(endMs / stepMs)];
  if (first < 0 || last > values.length) throw notCovered(history, beginMs, endMs);
  const replayed = values.slice(first, last).map((value) => value * multiple);
  return {
    aligned: historyStartsAt === undefined ? 'peaks' : 'start',
    demand: { startsAt: addMs(history.startsAt, first * stepMs + shiftMs), stepMs, values: replayed },
    historyFrom: addMs(history.startsAt, beginMs),
    historyTo: addMs(history.startsAt, endMs),
    highest: replayed.reduce((most, value) => Math.max(most, value), 0),
  };
}

/** What the series says for an instant; nothing outside it. */
export function demandAt({ startsAt, stepMs, values }: DemandSeries, ms: number): number {
  return values[Math.floor((ms - Date.parse(startsAt)) / stepMs)] ?? 0;
}

function highestStep(values: readonly number[]): number {
  return values.reduce((best, value, step) => (value > (values[best] ?? 0) ? step : best), 0);
}

function notCovered(history: DemandSeries, beginMs: number, endMs: number): SpringtideError {
  const { startsAt, stepMs, values } = history;
  const at = (ms: number) => addMs(startsAt, ms);
  return new SpringtideError(
    'invalid-argument',
    `the history covers ${startsAt} to ${at(values.length * stepMs)}, but the campaign would replay ${at(beginMs)} to ${at(endMs)} of it; nothing was rehearsed`,
    { nextStep: 'Say at which instant of the history it begins, or import a longer one.' },
  );
}
