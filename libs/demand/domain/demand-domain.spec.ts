import fc from 'fast-check';
import { parseDemandCsv } from './csv-series.js';
import { resample, type Filling } from './demand-series.js';
import { runningMaximum, runningMinimum, tightestBound, touchedSteps } from './envelope.js';

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

  it('takes two columns for what they are, whatever they are called', () => {
    const sample = { atMs: Date.UTC(2026, 10, 11), value: 1 };
    expect(parseDemandCsv('period,count\n2026-11-11,1')).toEqual([sample]);
    expect(parseDemandCsv('hits,date\n1,2026-11-11')).toEqual([sample]);
    expect(parseDemandCsv('1,2026-11-11')).toEqual([sample]);
  });

  it.each([
    '2026-11-11 00:00:00 UTC',
    '2026/11/11 00:00',
    '2026-11-11 08:00:00 +0800',
    '1794355200.0',
    '1794355200000',
  ])('knows the instant %s', (instant) => {
    expect(parseDemandCsv(`timestamp,value\n${instant},1`)[0]?.atMs).toBe(Date.UTC(2026, 10, 11));
  });

  it('says what it expects in the first line', () => {
    expect(() => parseDemandCsv('date,hits,bytes\n2026-11-11,1,2')).toThrow(
      /columns "timestamp" and "value"/,
    );
    expect(() => parseDemandCsv('')).toThrow(/found ""; nothing was read/);
  });
});

describe('resampling', () => {
  const by = (filling: Filling) => ({ stepMs: MINUTE, filling, mostSteps: 100 });

  it('takes the mean of finer samples, fills coarser ones and gaps, and orders what is not ordered', () => {
    const samples = [
      { atMs: 4 * MINUTE, value: 40 },
      { atMs: 0, value: 10 },
      { atMs: 30_000, value: 30 },
    ];
    expect(resample(samples, by('linear')).values).toEqual([20, 25, 30, 35, 40]);
    expect(resample(samples, by('hold')).values).toEqual([20, 20, 20, 20, 40]);
  });

  it('refuses a single instant', () => {
    expect(() => resample([{ atMs: 0, value: 1 }], by('hold'))).toThrow(/two instants/);
  });

  it('refuses one wrong instant far from the others, before it takes memory for the time between', () => {
    const samples = [0, 1_794_355_200_000].map((atMs) => ({ atMs, value: 1 }));
    expect(() => resample(samples, { stepMs: 1, filling: 'linear', mostSteps: 1_000 })).toThrow(
      /1794355200001 steps, from 1970-01-01T00:00:00.000Z to 2026-11-11T00:00:00.000Z, more than the 1000/,
    );
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

  it('know demand itself where they rise or fall', () => {
    fc.assert(
      fc.property(values, reach, (series, sees) => {
        const touched = touchedSteps(runningMaximum(series, sees), sees);
        expect([...touched].every(([step, value]) => series[step] === value)).toBe(true);
      }),
    );
    const touched = touchedSteps(runningMaximum([1, 1, 1, 1, 7, 1, 1, 1, 1], { before: 1, after: 2 }), {
      before: 1,
      after: 2,
    });
    expect([...touched]).toEqual([[4, 7]]);
  });
});
