import type { CalendarBody, PhaseName } from '@springtide/contracts';
import { lengthOf, type Draft } from './draft.js';
import { wallOf } from './zone-time.js';

type CalendarEvent = CalendarBody['events'][number];

/** A sale of one year: `2026/double-11`. */
export type Sale = Readonly<{ key: string; year: number; event: CalendarEvent }>;

/** Sales whose usual course still lies ahead, in order. */
export function salesAhead(
  years: readonly Readonly<{ year: number; calendar: CalendarBody }>[],
  nowMs: number,
): readonly Sale[] {
  return years.flatMap(({ year, calendar }) =>
    calendar.events
      .filter(({ phases }) => phases[0] !== undefined && Date.parse(phases[0].startsAt) > nowMs)
      .map((event) => ({ key: `${year}/${event.key}`, year, event })),
  );
}

/** The draft with the dates and the phases of a sale. The name is only given where there is none. */
export function withSale(
  draft: Draft,
  { event, year }: Sale,
  nameOf: (event: CalendarEvent) => string,
): Draft {
  const first = event.phases[0];
  if (!first) return draft;
  return {
    ...draft,
    name: draft.name.trim() === '' ? `${nameOf(event)} ${year}` : draft.name,
    startsAt: wallOf(Date.parse(first.startsAt), draft.timeZone),
    phases: event.phases.map(({ name, startsAt, endsAt }) => ({
      name,
      ...lengthOf(Date.parse(endsAt) - Date.parse(startsAt)),
    })),
  };
}

/** Demand of each phase as a part of the peak, as sales usually go. */
export function usualShares(calendars: readonly CalendarBody[]): ReadonlyMap<PhaseName, number> {
  const sale = calendars.flatMap(({ events }) => events).find(({ phases }) => phases.length > 0);
  return new Map(sale?.phases.map(({ name, share }) => [name, share]));
}
