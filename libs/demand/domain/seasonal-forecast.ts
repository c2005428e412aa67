import { sentence, type Sentence } from '@springtide/contracts';
import { HOUR, MINUTE, msBetween, type Instant } from '@springtide/kernel';
import type { DemandSeries } from './demand-series.js';
import { FORECAST_QUANTILES, type ForecastQuantile } from './forecast.js';

const DAY_MS = 24 * HOUR;
/** What happens at this time of the week says more than what happens at this time of the day. */
const SEASONS = [
  { everyMs: 7 * DAY_MS, most: 8 },
  { everyMs: DAY_MS, most: 14 },
] as const;
const LEAST_CASES = 3;
/** Earlier cases are looked at a little around the time asked for: nothing happens to the minute. */
const AROUND_MS = 15 * MINUTE;
const LEAST_SPREAD = 0.05;

export type SeasonalQuestion = Readonly<{ now: Instant; leadMs: number; quantile: ForecastQuantile }>;

/**
 * Highest demand between now and the end of the lead time, as it was at the same time of earlier weeks, or of earlier days where
 * there are fewer than three such weeks. A reason where history does not say.
 */
export function expectedFromSeason(
  history: DemandSeries,
  { now, leadMs, quantile }: SeasonalQuestion,
): number | Readonly<{ missing: Sentence }> {
  for (const { everyMs, most } of SEASONS) {
    const cases = Array.from({ length: most }, (_, n) =>
      highestAround(history, now, leadMs, (n + 1) * everyMs),
    );
    const logarithms = cases
      .filter((value) => value !== undefined && value > 0)
      .map((value) => Math.log(value ?? 1));
    if (logarithms.length < LEAST_CASES) continue;
    const mean = logarithms.reduce((sum, value) => sum + value, 0) / logarithms.length;
    const squares = logarithms.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const spread = Math.max(LEAST_SPREAD, Math.sqrt(squares / (logarithms.length - 1)));
    return Math.exp(mean + FORECAST_QUANTILES[quantile] * spread);
  }
  const endsAt = new Date(
    Date.parse(history.startsAt) + history.values.length * history.stepMs,
  ).toISOString();
  return {
    missing: sentence('unseen.short-history', { from: history.startsAt, to: endsAt, least: LEAST_CASES }),
  };
}

function highestAround(
  { startsAt, stepMs, values }: DemandSeries,
  now: Instant,
  leadMs: number,
  agoMs: number,
): number | undefined {
  const atMs = msBetween(startsAt, now) - agoMs;
  const from = Math.floor((atMs - AROUND_MS) / stepMs);
  const to = Math.ceil((atMs + leadMs + AROUND_MS) / stepMs);
  if (from < 0 || to > values.length) return undefined;
  return values.slice(from, to).reduce((most, value) => Math.max(most, value), 0);
}
