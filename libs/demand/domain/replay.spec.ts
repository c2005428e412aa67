import { demandAt, replayOf } from './replay.js';

const MINUTE = 60_000;
const at = (minutes: number) => new Date(Date.UTC(2025, 10, 11) + minutes * MINUTE).toISOString();
/** An hour of last year, highest in its 30th minute. */
const history = {
  startsAt: at(0),
  stepMs: MINUTE,
  values: Array.from({ length: 60 }, (_, n) => (n === 30 ? 500 : 100 + n)),
};
const nextYear = (minutes: number) => at(365 * 24 * 60 + minutes);
/** Twenty minutes, the middle of the peak after fifteen of them. */
const stage = { startsAt: nextYear(0), endsAt: nextYear(20), peakAt: nextYear(15) };

describe('replayOf', () => {
  it('lays the highest value onto the middle of the peak', () => {
    const { demand, ...rest } = replayOf(history, stage, { multiple: 1.5 });
    expect(rest).toEqual({
      aligned: 'peaks',
      historyFrom: new Date(Date.parse(at(15)) + MINUTE / 2).toISOString(),
      historyTo: new Date(Date.parse(at(35)) + MINUTE / 2).toISOString(),
      highest: 750,
    });
    const value = (minutes: number) => demandAt(demand, Date.parse(nextYear(minutes)));
    expect([value(14.4), value(14.6), value(15), value(15.4), value(15.6)]).toEqual([
      129 * 1.5,
      750,
      750,
      750,
      131 * 1.5,
    ]);
    expect([value(0), value(19.9)]).toEqual([115 * 1.5, 135 * 1.5]);
  });

  it('lays a chosen instant onto the beginning', () => {
    const { aligned, demand } = replayOf(history, stage, { multiple: 1, historyStartsAt: at(25) });
    expect(aligned).toBe('start');
    expect(demand).toEqual({ startsAt: nextYear(0), stepMs: MINUTE, values: history.values.slice(25, 45) });
  });

  it('refuses what the history does not cover, at either end', () => {
    const early = { ...stage, peakAt: nextYear(45), endsAt: nextYear(50) };
    expect(() => replayOf(history, early, { multiple: 1 })).toThrow(/would replay 2025-11-10T23:45:30/);
    const late = { multiple: 1, historyStartsAt: at(50) };
    expect(() => replayOf(history, stage, late)).toThrow(/to 2025-11-11T01:10:00.000Z of it/);
  });
});
