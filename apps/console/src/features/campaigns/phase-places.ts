import type { Phase } from '@springtide/contracts';

/** From where to where a phase is drawn, in parts of the whole. */
export type Place = Readonly<{ left: number; width: number }>;

/** Half an hour's ramp beside a day's plateau would be too narrow to read. */
const NARROWEST = 0.15;

/** Phases beside each other: to scale, but short ones as wide as their words need. */
export function phasePlaces(phases: readonly Phase[]): readonly Place[] {
  const widths = sharesOf(phases).map((share) => Math.max(NARROWEST, share));
  const all = sum(widths);
  return widths.map((width, index) => ({ left: sum(widths.slice(0, index)) / all, width: width / all }));
}

/** Whether some phase is drawn wider than it is. */
export function isWidened(phases: readonly Phase[]): boolean {
  return sharesOf(phases).some((share) => share < NARROWEST);
}

function sharesOf(phases: readonly Phase[]): readonly number[] {
  const lengths = phases.map(({ startsAt, endsAt }) =>
    Math.max(0, Date.parse(endsAt) - Date.parse(startsAt)),
  );
  const whole = sum(lengths) || 1;
  return lengths.map((length) => length / whole);
}

/** Where an instant lies among them; undefined before the first and after the last. */
export function placeOfInstant(
  phases: readonly Phase[],
  places: readonly Place[],
  atMs: number,
): number | undefined {
  for (const [index, { startsAt, endsAt }] of phases.entries()) {
    const [from, until, place] = [Date.parse(startsAt), Date.parse(endsAt), places[index]];
    if (place && from <= atMs && atMs <= until) {
      return place.left + place.width * ((atMs - from) / Math.max(1, until - from));
    }
  }
  return undefined;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
