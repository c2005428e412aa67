import { HOUR, SpringtideError } from '@springtide/kernel';
import { nearestNewMoon } from './new-moon.js';

/** A day of the Gregorian calendar, `2026-02-17`. */
export type PlainDay = string;

/** A day of the Chinese calendar, the leap months left out: no festival lies in one. */
export type LunarDay = Readonly<{ month: number; day: number }>;

const DAY_MS = 24 * HOUR;
const CHINA_AHEAD_MS = 8 * HOUR;
/** The lunar year begins between 21 January and 21 February, and has 385 days at most. */
const SEARCHED_DAYS = 420;

const lunarParts = new Intl.DateTimeFormat('en-u-ca-chinese', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
});

/**
 * The Gregorian day on which a day of the lunar year falls that begins in the Gregorian year given. Which month it is, is in
 * the calendar tables of the runtime; when that month begins, is computed: no network, no list of years.
 * @throws unsupported where the runtime was built without such tables.
 */
export function lunarDay(year: number, { month, day }: LunarDay): PlainDay {
  return dayAfter(firstOfMonth(year, month), day - 1);
}

/** A month begins on the day in China on which the moon is new. */
function firstOfMonth(year: number, month: number): PlainDay {
  const from = Date.UTC(year, 0, 20, 4);
  for (let n = 0; n < SEARCHED_DAYS; n += 1) {
    const noon = from + n * DAY_MS;
    const parts = new Map<string, string>(
      lunarParts.formatToParts(new Date(noon)).map(({ type, value }) => [type, value]),
    );
    if (parts.get('relatedYear') === String(year) && parts.get('month') === String(month)) {
      const tableDays = Number(parts.get('day')) - 1;
      return dayInChina(nearestNewMoon(noon - tableDays * DAY_MS));
    }
  }
  throw new SpringtideError(
    'unsupported',
    `lunar month ${month} of ${year} was not found; no campaign was put into it`,
    { nextStep: 'Enter the date by hand, or run on a Node.js with full ICU data.' },
  );
}

function dayInChina(ms: number): PlainDay {
  return new Date(ms + CHINA_AHEAD_MS).toISOString().slice(0, 10);
}

/** The day so many days later. */
export function dayAfter(day: PlainDay, days: number): PlainDay {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
