const DAY_MS = 86_400_000;
const WALL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?$/;

const formats = new Map<string, Intl.DateTimeFormat>();

/** What clocks of the zone show at an instant, as a date field holds it: `2026-11-10T22:00`. */
export function wallOf(atMs: number, timeZone: string): string {
  const text = new Date(atMs + offsetAt(atMs, timeZone)).toISOString();
  if (atMs % 1_000 !== 0) return text.slice(0, 23);
  return text.slice(0, atMs % 60_000 === 0 ? 16 : 19);
}

/**
 * The instant at which clocks of the zone show this. The first of two where they are set back; undefined where they are set
 * forward over it, or where it is no time at all.
 */
export function instantOf(wall: string, timeZone: string): number | undefined {
  const asUtc = WALL.test(wall) ? Date.parse(`${wall}Z`) : Number.NaN;
  if (Number.isNaN(asUtc) || !isZone(timeZone)) return undefined;
  return [-DAY_MS, DAY_MS]
    .map((away) => offsetAt(asUtc + away, timeZone))
    .map((offset) => ({ at: asUtc - offset, offset }))
    .filter(({ at, offset }) => offsetAt(at, timeZone) === offset)
    .map(({ at }) => at)
    .toSorted((a, b) => a - b)[0];
}

export function isZone(timeZone: string): boolean {
  try {
    formatOf(timeZone);
    return true;
  } catch {
    return false;
  }
}

/** By how many milliseconds clocks of the zone are ahead of UTC. */
function offsetAt(atMs: number, timeZone: string): number {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (
    ['year', 'month', 'day', 'hour', 'minute', 'second'] as const
  ).map((type) => parts.get(type));
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / 1_000) * 1_000;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
  });
  formats.set(timeZone, made);
  return made;
}
