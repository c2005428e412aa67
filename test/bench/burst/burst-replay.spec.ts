import { runningMaximum } from '@springtide/demand/domain';
import { campaignWindows } from './campaign-windows.js';
import { Fleet } from './fleet.js';
import { forecastOf } from './forecast-error.js';
import { replay, servedShare, type ReplayCase } from './replay.js';
import { syntheticSeries } from './synthetic-series.js';

const MINUTE = 60_000;
const RULES = { bootMs: 3 * MINUTE, minimumBillingSeconds: 60, spread: false };
const never = () => 0;

describe('campaigns of a series', () => {
  const series = syntheticSeries('flash-sale', 3);
  const windows = campaignWindows(series);

  it('are six days around the highest peaks, none in another', () => {
    expect(windows).toHaveLength(6);
    expect(windows[0]?.peak).toBe(Math.max(...series.values));
    const starts = windows.map(({ from }) => from).toSorted((a, b) => a - b);
    expect(starts.slice(1).every((from, index) => from - (starts[index] ?? 0) >= 1_440)).toBe(true);
    for (const { demand, peak } of windows) {
      expect(demand).toHaveLength(1_440);
      expect(Math.max(...demand)).toBe(peak);
    }
  });

  it('are fewer where six days do not fit beside each other, and one short one where not even a day does', () => {
    const part = (steps: number) => campaignWindows({ ...series, values: series.values.slice(0, steps) });
    expect(part(2_160).map(({ demand }) => demand.length)).toEqual([1_440]);
    expect(part(600).map(({ demand }) => demand.length)).toEqual([600]);
    expect(campaignWindows({ ...series, values: series.values.map(() => 0) })).toEqual([]);
  });

  it('get the running maximum of the truth as forecast, times one level, moved by minutes', () => {
    const window = windows[0] ?? { from: 0, demand: [], peak: 0 };
    const given = forecastOf(series, window, { envelope: 'centred', roughness: 0 }, 5);
    const { level, shift } = given.error;
    expect(Math.abs(shift)).toBeLessThanOrEqual(5);
    const maxima = runningMaximum(series.values, { before: 7, after: 7 });
    for (const step of [0, 400, 720, 1_439]) {
      expect(given.forecast.series.values[step]).toBeCloseTo(
        (maxima[window.from + step - shift] ?? 0) * level,
        6,
      );
    }
    expect(forecastOf(series, window, { envelope: 'centred', roughness: 0 }, 5)).toEqual(given);
  });
});

describe('a fleet on the twin', () => {
  it('serves after the boot, pays from the first second, a minute at least, and keeps what started first', () => {
    const fleet = new Fleet(RULES, never);
    fleet.resize(2, 0);
    expect([fleet.serving(2 * MINUTE), fleet.serving(3 * MINUTE)]).toEqual([0, 2]);
    fleet.resize(3, 3 * MINUTE);
    fleet.resize(2, 3 * MINUTE + 1_000);
    expect(fleet.serving(3 * MINUTE + 1_000)).toBe(2);
    expect(fleet.close(10 * MINUTE)).toBe(2 * 600 + 60);
  });
});

describe('a replay', () => {
  const demand = Array.from({ length: 120 }, (_, step) => (step >= 60 && step < 70 ? 200 : 40));
  const series = { startsAt: '2026-11-11T00:00:00.000Z', stepMs: MINUTE, values: demand };
  const window = { from: 0, demand, peak: 200 };
  const { forecast, error } = forecastOf(series, window, { envelope: 'centred', roughness: 0 }, 5);
  const one: ReplayCase = {
    window,
    forecast,
    beforehand: { latest: 40, error, demand },
    peak: 200,
    rules: RULES,
    seed: 1,
  };

  it('serves everything with the peak fleet, and pays for all of the time', () => {
    const result = replay('fixed-peak', one);
    expect(servedShare(result)).toBe(1);
    expect(result.machineSeconds).toBe(160 * 123 * 60);
    expect(result.clairvoyantSeconds).toBe(160 * 10 * 60);
  });

  it('counts what tracking misses while machines boot', () => {
    const result = replay('target-tracking-1.3', one);
    // One minute until it is observed, three until machines serve.
    expect(result.shortageMinutes).toBe(4);
    expect(result.demand - result.served).toBeCloseTo(4 * (200 - 40 - 12), 6);
  });

  it('serves the rush by the forecast', () => {
    expect(replay('error-in-hindsight', one)).toMatchObject({
      shortageMinutes: 0,
      machineSeconds: 160 * 13 * 60,
    });
    expect(replay('springtide', one).shortageMinutes).toBe(0);
    expect(replay('known-demand', one).machineSeconds).toBe(160 * 13 * 60);
  });
});
