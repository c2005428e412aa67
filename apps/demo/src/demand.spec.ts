import {
  SERVICES,
  TIME_LINE,
  demandFrom,
  phasesFrom,
  readSeries,
  scheduleFor,
  type RatePoint,
} from './demand.js';

const SAMPLES = TIME_LINE.reduce((sum, phase) => sum + phase.samples, 0);
const SECONDS = TIME_LINE.reduce((sum, phase) => sum + phase.seconds, 0);
/** Highest in the third phase, the peak. */
const series = Array.from({ length: SAMPLES }, (_, index) => (index === 7 ? 1000 : 10 * index));

function rateAt(points: readonly RatePoint[], atMs: number): number {
  const after = points.findIndex((point) => point.atMs > atMs);
  const [from, to] = [points[after - 1] ?? points.at(-1), points[after] ?? points.at(-1)];
  if (from === undefined || to === undefined || to.atMs === from.atMs) return from?.rps ?? 0;
  return from.rps + ((to.rps - from.rps) * (atMs - from.atMs)) / (to.atMs - from.atMs);
}

describe('the demand of the demo', () => {
  it('reads the values of a series with a header', () => {
    expect(readSeries('timestamp,value\n2015-04-14 22:37:53,505\n2015-04-14 22:42:53,493\n')).toEqual([
      505, 493,
    ]);
  });

  it('puts the phases one after the other', () => {
    const phases = phasesFrom(new Date('2026-11-11T00:00:00.000Z'));
    expect(phases.map(({ name }) => name)).toEqual(['prewarm', 'ramp', 'peak', 'plateau', 'decay']);
    expect(phases[0]?.startsAt).toBe('2026-11-11T00:00:00.000Z');
    for (const [index, phase] of phases.entries()) {
      if (index > 0) expect(phase.startsAt).toBe(phases[index - 1]?.endsAt);
    }
    expect(Date.parse(phases.at(-1)?.endsAt ?? '')).toBe(
      Date.parse('2026-11-11T00:00:00.000Z') + SECONDS * 1000,
    );
  });

  it('asks for the peak exactly where the series has it, and for less everywhere else', () => {
    const demand = demandFrom(series);
    for (const { name, peakRps } of SERVICES) {
      const own = demand.filter((row) => row.service === name);
      expect(own.find((row) => row.phase === 'peak')?.requestsPerSecond).toBe(peakRps);
      expect(own.filter((row) => row.requestsPerSecond >= peakRps)).toHaveLength(1);
    }
  });

  it('never sends more in a phase than was planned for it', () => {
    const demand = demandFrom(series);
    const start = 0;
    for (const { name } of SERVICES) {
      const points = scheduleFor(series, name);
      let fromMs = start;
      for (const phase of TIME_LINE) {
        const planned = demand.find((row) => row.service === name && row.phase === phase.name);
        const toMs = fromMs + phase.seconds * 1000;
        for (let atMs = fromMs; atMs < toMs; atMs += 250) {
          expect(rateAt(points, atMs)).toBeLessThanOrEqual(planned?.requestsPerSecond ?? 0);
        }
        fromMs = toMs;
      }
    }
  });

  it('knows no other services', () => {
    expect(() => scheduleFor(series, 'search')).toThrow('the demo has no service search');
  });
});
