import { toReleaseTime } from './release-time.js';

const now = new Date('2026-11-10T23:50:10Z');

describe('toReleaseTime', () => {
  it.each([
    ['keeps a whole minute', '2026-11-11T02:00:00.000Z', '2026-11-11T02:00:00Z'],
    ['rounds up, never down', '2026-11-11T02:00:00.001Z', '2026-11-11T02:01:00Z'],
    ['puts off what is too near, to the next quarter', '2026-11-11T00:00:00.000Z', '2026-11-11T00:30:00Z'],
    ['puts off what is over', '2026-11-10T20:00:00.000Z', '2026-11-11T00:30:00Z'],
    ['takes the first that the cloud takes', '2026-11-11T00:21:10.000Z', '2026-11-11T00:22:00Z'],
  ])('%s', (_, at, expected) => {
    expect(toReleaseTime(at, now)).toBe(expected);
  });

  it('gives a repeated call the same time', () => {
    const later = new Date(now.getTime() + 5_000);
    const soon = '2026-11-11T00:00:00.000Z';
    expect(toReleaseTime(soon, later)).toBe(toReleaseTime(soon, now));
  });
});
