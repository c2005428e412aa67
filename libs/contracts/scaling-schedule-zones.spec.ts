import { ruleInForce } from './scaling-schedule.js';
import type { ScalingStrategy } from './scaling.js';

/**
 * The last minute before clocks are set, and the first minutes after, in 2026; zones that keep their time; days that begin
 * elsewhere. Independent of the code under test: from the IANA time zone database through Python's zoneinfo.
 */
const CASES: readonly (readonly [zone: string, instant: string, wall: string])[] = [
  ['Europe/Berlin', '2026-03-29T00:59Z', '2026-03-29T01:59'],
  ['Europe/Berlin', '2026-03-29T01:00Z', '2026-03-29T03:00'],
  ['Europe/Berlin', '2026-10-25T01:00Z', '2026-10-25T02:00'],
  ['Europe/London', '2026-03-29T00:59Z', '2026-03-29T00:59'],
  ['Europe/London', '2026-03-29T01:00Z', '2026-03-29T02:00'],
  ['Europe/London', '2026-10-25T01:00Z', '2026-10-25T01:00'],
  ['Europe/Lisbon', '2026-03-29T00:59Z', '2026-03-29T00:59'],
  ['Europe/Lisbon', '2026-03-29T01:00Z', '2026-03-29T02:00'],
  ['Europe/Lisbon', '2026-10-25T01:00Z', '2026-10-25T01:00'],
  ['America/New_York', '2026-03-08T06:59Z', '2026-03-08T01:59'],
  ['America/New_York', '2026-03-08T07:00Z', '2026-03-08T03:00'],
  ['America/New_York', '2026-11-01T06:00Z', '2026-11-01T01:00'],
  ['America/Los_Angeles', '2026-03-08T09:59Z', '2026-03-08T01:59'],
  ['America/Los_Angeles', '2026-03-08T10:00Z', '2026-03-08T03:00'],
  ['America/Los_Angeles', '2026-11-01T09:00Z', '2026-11-01T01:00'],
  ['America/St_Johns', '2026-03-08T05:29Z', '2026-03-08T01:59'],
  ['America/St_Johns', '2026-03-08T05:30Z', '2026-03-08T03:00'],
  ['America/St_Johns', '2026-11-01T04:30Z', '2026-11-01T01:00'],
  ['America/Santiago', '2026-04-05T02:59Z', '2026-04-04T23:59'],
  ['America/Santiago', '2026-04-05T03:00Z', '2026-04-04T23:00'],
  ['America/Santiago', '2026-09-06T04:00Z', '2026-09-06T01:00'],
  ['America/Havana', '2026-03-08T04:59Z', '2026-03-07T23:59'],
  ['America/Havana', '2026-03-08T05:00Z', '2026-03-08T01:00'],
  ['America/Havana', '2026-11-01T05:00Z', '2026-11-01T00:00'],
  ['Australia/Sydney', '2026-04-04T15:59Z', '2026-04-05T02:59'],
  ['Australia/Sydney', '2026-04-04T16:00Z', '2026-04-05T02:00'],
  ['Australia/Sydney', '2026-10-03T16:00Z', '2026-10-04T03:00'],
  ['Australia/Lord_Howe', '2026-04-04T14:59Z', '2026-04-05T01:59'],
  ['Australia/Lord_Howe', '2026-04-04T15:00Z', '2026-04-05T01:30'],
  ['Australia/Lord_Howe', '2026-10-03T15:30Z', '2026-10-04T02:30'],
  ['Pacific/Auckland', '2026-04-04T13:59Z', '2026-04-05T02:59'],
  ['Pacific/Auckland', '2026-04-04T14:00Z', '2026-04-05T02:00'],
  ['Pacific/Auckland', '2026-09-26T14:00Z', '2026-09-27T03:00'],
  ['Pacific/Chatham', '2026-04-04T13:59Z', '2026-04-05T03:44'],
  ['Pacific/Chatham', '2026-04-04T14:00Z', '2026-04-05T02:45'],
  ['Pacific/Chatham', '2026-09-26T14:00Z', '2026-09-27T03:45'],
  ['Africa/Cairo', '2026-04-23T21:59Z', '2026-04-23T23:59'],
  ['Africa/Cairo', '2026-04-23T22:00Z', '2026-04-24T01:00'],
  ['Africa/Cairo', '2026-10-29T21:00Z', '2026-10-29T23:00'],
  ['Asia/Jerusalem', '2026-03-26T23:59Z', '2026-03-27T01:59'],
  ['Asia/Jerusalem', '2026-03-27T00:00Z', '2026-03-27T03:00'],
  ['Asia/Jerusalem', '2026-10-24T23:00Z', '2026-10-25T01:00'],
  ['Asia/Beirut', '2026-03-28T21:59Z', '2026-03-28T23:59'],
  ['Asia/Beirut', '2026-03-28T22:00Z', '2026-03-29T01:00'],
  ['Asia/Beirut', '2026-10-24T21:00Z', '2026-10-24T23:00'],
  ['Asia/Shanghai', '2026-11-10T18:14Z', '2026-11-11T02:14'],
  ['Asia/Kolkata', '2026-11-10T18:14Z', '2026-11-10T23:44'],
  ['Asia/Kathmandu', '2026-11-10T18:14Z', '2026-11-10T23:59'],
  ['America/Sao_Paulo', '2026-11-10T18:14Z', '2026-11-10T15:14'],
  ['UTC', '2026-11-10T18:14Z', '2026-11-10T18:14'],
];

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** Holds in that minute of the wall clock, on that day of the week, and at no other time. */
function minuteOf(timeZone: string, wall: string): Extract<ScalingStrategy, { kind: 'scheduled' }> {
  const at = new Date(`${wall}Z`);
  const day = WEEKDAYS[at.getUTCDay()] ?? 'sun';
  const next = new Date(at.getTime() + 60_000).toISOString().slice(11, 16);
  const rule = { days: [day], from: wall.slice(11, 16), to: next, machines: 1, holidays: 'also' as const };
  return { id: 's', kind: 'scheduled', timeZone, holidays: [], rules: [rule] };
}

const HALF_HOUR = 1_800_000;

describe('schedules when clocks are set', () => {
  it.each(CASES)('in %s at %s it is %s', (zone, instant, wall) => {
    const schedule = minuteOf(zone, wall);
    expect(ruleInForce(schedule, instant)?.machines).toBe(1);
    const around = [-HALF_HOUR / 2, HALF_HOUR / 2].map((ms) =>
      new Date(Date.parse(instant) + ms).toISOString(),
    );
    expect(around.map((other) => ruleInForce(schedule, other))).toEqual([undefined, undefined]);
  });

  it('are told in forty cases', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(40);
  });
});
