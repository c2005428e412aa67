import { demandByPhase, forecastFromHistory } from './history-forecast.js';

const MINUTE = 60_000;
const HISTORY = {
  startsAt: '2025-11-10T00:00:00.000Z',
  stepMs: MINUTE,
  values: Array.from({ length: 2_880 }, (_, step) => (step >= 960 && step < 990 ? 1_000 : 100)),
};
const REFERENCE = {
  historyStartsAt: '2025-11-10T14:00:00.000Z',
  startsAt: '2026-11-10T14:00:00.000Z',
  endsAt: '2026-11-10T18:00:00.000Z',
  multiple: 2,
  levelSigma: 0.2,
};

describe('a forecast from history', () => {
  it('moves last year to this year, times the multiple, as maxima over a quarter of an hour', () => {
    const { series, reach, shiftSteps } = forecastFromHistory(HISTORY, REFERENCE);
    expect({ reach, shiftSteps, startsAt: series.startsAt }).toEqual({
      reach: { before: 7, after: 7 },
      shiftSteps: 5,
      startsAt: REFERENCE.startsAt,
    });
    expect(series.values).toHaveLength(240);
    expect([112, 113, 156, 157].map((step) => series.values[step])).toEqual([200, 2_000, 2_000, 200]);
  });

  it('gives quantiles per phase, the peak counted in a phase that it may reach', () => {
    const forecast = forecastFromHistory(HISTORY, REFERENCE);
    const phases = [
      { name: 'prewarm', startsAt: '2026-11-10T14:00:00Z', endsAt: '2026-11-10T15:00:00Z' },
      { name: 'ramp', startsAt: '2026-11-10T15:00:00Z', endsAt: '2026-11-10T15:52:00Z' },
      { name: 'peak', startsAt: '2026-11-10T15:52:00Z', endsAt: '2026-11-10T18:00:00Z' },
    ];
    const [prewarm, ramp, peak] = demandByPhase(forecast, phases);
    expect(prewarm).toMatchObject({ phase: 'prewarm', p50: 200 });
    expect(ramp?.p50).toBe(2_000);
    expect(peak?.p50).toBe(2_000);
    expect(peak?.p90).toBeCloseTo(2_000 * Math.exp(0.2 * 1.2816), 6);
    expect(peak?.p99).toBeCloseTo(2_000 * Math.exp(0.2 * 2.3263), 6);
  });

  it('refuses a period that the history does not cover', () => {
    const late = { ...REFERENCE, historyStartsAt: '2025-11-11T22:00:00.000Z' };
    expect(() => forecastFromHistory(HISTORY, late)).toThrow(
      /the history covers 2025-11-10T00:00:00.000Z to 2025-11-12T00:00:00.000Z, but .* was asked for; nothing was forecast/,
    );
  });
});
