import type { CalendarBody } from '@springtide/contracts';

export const MARKS = ['sale', 'festival', 'campaign', 'freeze', 'clash'] as const;
export type Mark = (typeof MARKS)[number];

/** What is on one day, by kind, with names for those who cannot see the mark. */
export type DayMarks = ReadonlyMap<Mark, readonly string[]>;

/** Sales begin at midnight there, and the clock is never changed. */
export const CHINA = 'Asia/Shanghai';
const CHINA_OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** `2026-11-11` of an instant, as it is in China. */
export function dayInChina(instant: string): string {
  return new Date(Date.parse(instant) + CHINA_OFFSET_MS).toISOString().slice(0, 10);
}

/** The instant of what somebody entered as a time in China: `2026-11-11T08:00`. */
export function instantInChina(entered: string): string {
  return new Date(`${entered}:00+08:00`).toISOString();
}

type Entry = Readonly<{ mark: Mark; name: string; startsAt: string; endsAt: string }>;

/** Everything of a year by day. */
export function marksByDay(
  calendar: CalendarBody,
  nameOf: (event: CalendarBody['events'][number]) => string,
) {
  const of = (mark: Mark) => (row: Readonly<{ name: string; startsAt: string; endsAt: string }>) => ({
    ...{ mark, name: row.name, startsAt: row.startsAt, endsAt: row.endsAt },
  });
  const entries: readonly Entry[] = [
    ...calendar.events.map((event) => of(event.kind)({ ...event, name: nameOf(event) })),
    ...calendar.campaigns.map(of('campaign')),
    ...calendar.freezes.map(of('freeze')),
    ...calendar.clashes.map((clash) => of('clash')({ ...clash, name: '' })),
  ];
  const days = new Map<string, Map<Mark, string[]>>();
  for (const entry of entries) {
    for (const day of daysOf(entry)) {
      const marks = days.get(day) ?? new Map<Mark, string[]>();
      marks.set(entry.mark, [...(marks.get(entry.mark) ?? []), entry.name]);
      days.set(day, marks);
    }
  }
  return days as ReadonlyMap<string, DayMarks>;
}

/** An end at midnight belongs to the day before. */
function daysOf({ startsAt, endsAt }: Entry): readonly string[] {
  const days: string[] = [];
  for (let at = Date.parse(startsAt); at < Date.parse(endsAt); at += DAY_MS) {
    days.push(dayInChina(new Date(at).toISOString()));
  }
  const last = dayInChina(new Date(Date.parse(endsAt) - 1).toISOString());
  return days.at(-1) === last ? days : [...days, last];
}

/** Weeks of a month from Monday on; null where the week belongs to another month. */
export function weeksOf(year: number, month: number): readonly (readonly (string | null)[])[] {
  const first = new Date(Date.UTC(year, month, 1));
  const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const before = (first.getUTCDay() + 6) % 7;
  const cells = Math.ceil((before + length) / 7) * 7;
  const days = Array.from({ length: cells }, (_, index) => {
    const day = index - before + 1;
    if (day < 1 || day > length) return null;
    return `${year}-${String(month + 1).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  });
  return Array.from({ length: cells / 7 }, (_, week) => days.slice(week * 7, week * 7 + 7));
}
