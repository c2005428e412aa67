import fc from 'fast-check';
import { parseDemandCsv } from './csv-series.js';
import { resample } from './demand-series.js';
import { runningMaximum, runningMinimum, tightestBound } from './envelope.js';

const MINUTE = 60_000;

describe('demand from CSV', () => {
  it('reads named columns in any order, any usual separator, and instants with and without a zone', () => {
    const text =
      '\uFEFFvalue;timestamp\r\n3;2026-11-11 00:00:00\r\n\r\n4.5;2026-11-11T08:01:00+08:00\n5;1794355320\n';
    expect(parseDemandCsv(text)).toEqual([
      { atMs: Date.UTC(2026, 10, 11), value: 3 },
      { atMs: Date.UTC(2026, 10, 11, 0, 1), value: 4.5 },
      { atMs: 1_794_355_320_000, value: 5 },
    ]);
  });

  it('reads a file without header', () => {
    expect(parseDemandCsv('2026-11-11T00:00:00Z,3\n2026-11-11T00:05:00Z,4')).toHaveLength(2);
  });

  it('names the lines at fault and reads nothing', () => {
    const text = 'timestamp,value\n2026-11-11,1\nyesterday,2\n2026-11-12,many\n2026-11-13,-1\n2026-11-14';
    expect(() => parseDemandCsv(text)).toThrow(
      'line 3: "yesterday" is no instant; line 4: "many" is no number; line 5: -1 is negative, and demand cannot be; line 6: there are fewer than two columns',
    );
  });

  it('says what it expects in the first line', () => {
    expect(() => parseDemandCsv('date,hits\n2026-11-11,1')).toThrow(/columns "timestamp" and "value"/);
  });
});

describe('resampling', () => {
  it('takes the mean of finer samples, fills coarser ones and gaps, and orders what is not ordered', () => {
    const samples = [
      { atMs: 4 * MINUTE, value: 40 },
      { atMs: 0, value: 10 },
      { atMs: 30_000, value: 30 },
    ];
    expect(resample(samples, MINUTE, 'linear').values).toEqual([20, 25, 30, 35, 40]);
    expect(resample(samples, MINUTE, 'hold').values).toEqual([20, 20, 20, 20, 40]);
  });

  it('refuses a single instant', () => {
    expect(() => resample([{ atMs: 0, value: 1 }], MINUTE, 'hold')).toThrow(/two instants/);
  });
});

describe('envelopes', () => {
  const values = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 60 });
  const reach = fc.record({ before: fc.nat(9), after: fc.nat(9) });

  it('are the extremes of what each step sees', () => {
    fc.assert(
      fc.property(values, reach, (series, { before, after }) => {
        const seen = (step: number) => series.slice(Math.max(0, step - before), step + after + 1);
        const maxima = runningMaximum(series, { before, after });
        const minima = runningMinimum(series, { before, after });
        expect(maxima).toEqual(series.map((_, step) => Math.max(...seen(step))));
        expect(minima).toEqual(series.map((_, step) => Math.min(...seen(step))));
      }),
    );
  });

  it('bound what they were made of, and no tighter bound has the same maxima', () => {
    fc.assert(
      fc.property(values, reach, (series, sees) => {
        const maxima = runningMaximum(series, sees);
        const bound = tightestBound(maxima, sees);
        const inside = series.map((_, step) => bound.values[step + bound.offset] ?? 0);
        expect(inside.every((value, step) => value >= (series[step] ?? 0))).toBe(true);
        expect(runningMaximum(inside, sees)).toEqual(maxima);
      }),
    );
  });
});
