import { instantOf, isZone, wallOf } from './zone-time.js';

const at = (wall: string, zone: string): string | undefined => {
  const instant = instantOf(wall, zone);
  return instant === undefined ? undefined : new Date(instant).toISOString();
};

describe('times of a zone', () => {
  it('are read and written as its clocks show them', () => {
    expect(at('2026-11-11T00:00', 'Asia/Shanghai')).toBe('2026-11-10T16:00:00.000Z');
    expect(at('2026-07-01T12:30:15', 'Europe/Berlin')).toBe('2026-07-01T10:30:15.000Z');
    expect(at('2026-12-01T12:30', 'America/St_Johns')).toBe('2026-12-01T16:00:00.000Z');
    expect(wallOf(Date.parse('2026-11-10T16:00:00Z'), 'Asia/Shanghai')).toBe('2026-11-11T00:00');
  });

  it.each(['UTC', 'Asia/Shanghai', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu'])(
    'come back to the millisecond in %s',
    (zone) => {
      for (let day = 0; day < 366; day += 1) {
        const instant = Date.UTC(2026, 0, 1 + day, 13, 7, day % 60, day);
        expect(instantOf(wallOf(instant, zone), zone)).toBe(instant);
      }
    },
  );

  it('do not exist where clocks are set forward, and are the first of two where they are set back', () => {
    expect(at('2026-03-29T02:30', 'Europe/Berlin')).toBeUndefined();
    expect(at('2026-03-29T03:00', 'Europe/Berlin')).toBe('2026-03-29T01:00:00.000Z');
    expect(at('2026-10-25T02:30', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
  });

  it('are no time where they are not written as one, or the zone is none', () => {
    expect(at('', 'UTC')).toBeUndefined();
    expect(at('2026-13-01T00:00', 'UTC')).toBeUndefined();
    expect(at('2026-11-11', 'UTC')).toBeUndefined();
    expect(at('2026-11-11T00:00', 'Europe/Atlantis')).toBeUndefined();
    expect(isZone('Asia/Shanghai')).toBe(true);
  });
});
