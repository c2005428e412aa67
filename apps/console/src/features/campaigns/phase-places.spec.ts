import type { Phase } from '@springtide/contracts';
import { isWidened, phasePlaces, placeOfInstant } from './phase-places.js';

const at = (hour: number): string => new Date(Date.UTC(2026, 10, 10, 14, hour * 60)).toISOString();
const phase = (name: Phase['name'], from: number, to: number): Phase => ({
  ...{ name, startsAt: at(from), endsAt: at(to) },
});
const sale = [phase('ramp', 0, 0.5), phase('peak', 0.5, 1.5), phase('plateau', 1.5, 24.5)];

describe('places of phases', () => {
  it('are to scale where every phase can be read', () => {
    const even = [phase('ramp', 0, 1), phase('peak', 1, 3), phase('decay', 3, 4)];
    expect(isWidened(even)).toBe(false);
    expect(phasePlaces(even)).toEqual([
      { left: 0, width: 0.25 },
      { left: 0.25, width: 0.5 },
      { left: 0.75, width: 0.25 },
    ]);
  });

  it('leave short phases room, follow each other, and fill the whole', () => {
    const places = phasePlaces(sale);
    expect(isWidened(sale)).toBe(true);
    expect(places.every(({ width }) => width > 0.1)).toBe(true);
    for (const [index, { left, width }] of places.entries())
      expect(left + width).toBeCloseTo(places[index + 1]?.left ?? 1, 9);
  });

  it('say where now is', () => {
    const places = phasePlaces(sale);
    expect(placeOfInstant(sale, places, Date.parse(at(1)))).toBeCloseTo(
      (places[1]?.left ?? 0) + (places[1]?.width ?? 0) / 2,
      9,
    );
    expect(placeOfInstant(sale, places, Date.parse(at(24.5)))).toBeCloseTo(1, 9);
    expect(placeOfInstant(sale, places, Date.parse(at(-1)))).toBeUndefined();
    expect(placeOfInstant(sale, places, Date.parse(at(25)))).toBeUndefined();
  });
});
