import { expectedFromSeason } from './seasonal-forecast.js';

const HOUR_STEPS = 60;
/** Five weeks by the minute; busy from eight to nine, twice as busy on the seventh day. */
const HISTORY = {
  startsAt: '2026-10-05T00:00:00.000Z',
  stepMs: 60_000,
  values: Array.from({ length: 5 * 7 * 24 * HOUR_STEPS }, (_, step) => {
    const hour = Math.floor(step / HOUR_STEPS) % 24;
    const day = Math.floor(step / HOUR_STEPS / 24) % 7;
    return hour === 8 ? (day === 6 ? 2_000 : 1_000) : 100;
  }),
};

describe('a forecast from the season', () => {
  const at = (now: string, history = HISTORY) =>
    expectedFromSeason(history, { now, leadMs: 600_000, quantile: 'p50' });

  it('knows the hour and the weekday', () => {
    expect(at('2026-11-09T08:30:00Z')).toBeCloseTo(1_000, 6);
    expect(at('2026-11-09T12:30:00Z')).toBeCloseTo(100, 6);
    expect(at('2026-11-15T08:30:00Z')).toBeCloseTo(2_000, 6);
  });

  it('sees what begins within the lead time', () => {
    expect(at('2026-11-09T07:36:00Z')).toBeCloseTo(1_000, 6);
    expect(at('2026-11-09T07:30:00Z')).toBeCloseTo(100, 6);
  });

  it('goes by days where there are few weeks, and says when there is too little', () => {
    const tenDays = { ...HISTORY, values: HISTORY.values.slice(0, 10 * 24 * HOUR_STEPS) };
    expect(at('2026-10-14T08:30:00Z', tenDays)).toBeGreaterThan(900);
    expect(at('2026-12-24T08:30:00Z')).toEqual({
      missing: expect.objectContaining({ code: 'unseen.short-history' }),
    });
  });

  it('grows with the quantile', () => {
    const question = { now: '2026-11-09T08:30:00Z', leadMs: 600_000 };
    const p50 = Number(expectedFromSeason(HISTORY, { ...question, quantile: 'p50' }));
    expect(Number(expectedFromSeason(HISTORY, { ...question, quantile: 'p99' }))).toBeGreaterThan(p50 * 1.1);
  });
});
