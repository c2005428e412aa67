import type { PHASE_NAMES } from '@springtide/contracts';
import { HOUR, MINUTE, addMs, toInstant, type Instant } from '@springtide/kernel';
import { dayAfter, lunarDay, type PlainDay } from './lunar-calendar.js';

/** What merchants expect. `startsAt` and `endsAt` are midnights in China. */
export type CalendarEvent = Readonly<{
  key: string;
  name: string;
  nameZh: string;
  kind: 'sale' | 'festival';
  startsAt: Instant;
  endsAt: Instant;
}>;

type Preset = Readonly<{
  key: string;
  name: string;
  nameZh: string;
  kind: CalendarEvent['kind'];
  first: (year: number) => PlainDay;
  days: number;
}>;

const SPRING_FESTIVAL = { month: 1, day: 1 } as const;

/** The sale of New-Year goods has no fixed date: four weeks before the lunar New Year until one week before it is usual. */
const NEW_YEAR_GOODS = { startsDaysBefore: 28, days: 21 } as const;

const PRESETS: readonly Preset[] = [
  {
    ...{ key: 'new-year-goods', name: 'New-Year goods festival', nameZh: '年货节', kind: 'sale' },
    first: (year) => dayAfter(lunarDay(year, SPRING_FESTIVAL), -NEW_YEAR_GOODS.startsDaysBefore),
    days: NEW_YEAR_GOODS.days,
  },
  {
    ...{ key: 'spring-festival', name: 'Spring Festival', nameZh: '春节', kind: 'festival' },
    first: (year) => lunarDay(year, SPRING_FESTIVAL),
    days: 7,
  },
  lunar('lantern-festival', 'Lantern Festival', '元宵节', { month: 1, day: 15 }),
  lunar('dragon-boat-festival', 'Dragon Boat Festival', '端午节', { month: 5, day: 5 }),
  sale('618', '618', '618 购物节', '06-18'),
  lunar('qixi-festival', 'Qixi Festival', '七夕节', { month: 7, day: 7 }),
  lunar('mid-autumn-festival', 'Mid-Autumn Festival', '中秋节', { month: 8, day: 15 }),
  sale('double-11', 'Double 11', '双十一', '11-11'),
  sale('double-12', 'Double 12', '双十二', '12-12'),
];

function lunar(key: string, name: string, nameZh: string, day: Parameters<typeof lunarDay>[1]): Preset {
  return { key, name, nameZh, kind: 'festival', first: (year) => lunarDay(year, day), days: 1 };
}

function sale(key: string, name: string, nameZh: string, monthAndDay: string): Preset {
  return { key, name, nameZh, kind: 'sale', first: (year) => `${year}-${monthAndDay}`, days: 1 };
}

/** The preset events of one year, in order. */
export function calendarEvents(year: number): readonly CalendarEvent[] {
  return PRESETS.map(({ first, days, ...preset }) => ({
    ...preset,
    startsAt: midnightInChina(first(year)),
    endsAt: midnightInChina(dayAfter(first(year), days)),
  })).toSorted((a, b) => a.startsAt.localeCompare(b.startsAt));
}

function midnightInChina(day: PlainDay): Instant {
  return toInstant(new Date(`${day}T00:00:00+08:00`));
}

export type ShapedPhase = Readonly<{
  name: (typeof PHASE_NAMES)[number];
  startsAt: Instant;
  endsAt: Instant;
  /** Demand of the phase as a part of the peak's. */
  share: number;
}>;

/** The usual course of a sale that opens at midnight: a start for a time line and its demand, to be changed at will. */
const MIDNIGHT_SALE = [
  { name: 'prewarm', fromMs: -2 * HOUR, share: 0.25 },
  { name: 'ramp', fromMs: -30 * MINUTE, share: 0.6 },
  { name: 'peak', fromMs: 0, share: 1 },
  { name: 'plateau', fromMs: HOUR, share: 0.5 },
  { name: 'decay', fromMs: 22 * HOUR, share: 0.3 },
] as const;
const MIDNIGHT_SALE_ENDS_MS = 26 * HOUR;

export function proposedPhases(event: CalendarEvent): readonly ShapedPhase[] {
  return MIDNIGHT_SALE.map(({ name, fromMs, share }, index) => ({
    name,
    startsAt: addMs(event.startsAt, fromMs),
    endsAt: addMs(event.startsAt, MIDNIGHT_SALE[index + 1]?.fromMs ?? MIDNIGHT_SALE_ENDS_MS),
    share,
  }));
}

/** Demand of a phase as a part of the peak's, in the usual course of a sale. */
export function usualShare(phase: ShapedPhase['name']): number {
  return MIDNIGHT_SALE.find(({ name }) => name === phase)?.share ?? 1;
}
