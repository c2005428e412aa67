import { ruleInForce } from './scaling-schedule.js';
import type { ScalingStrategy } from './scaling.js';

describe('schedules', () => {
  const schedule: Extract<ScalingStrategy, { kind: 'scheduled' }> = {
    id: 's',
    kind: 'scheduled',
    timeZone: 'Asia/Shanghai',
    holidays: ['2026-10-01'],
    rules: [
      {
        days: ['mon', 'tue', 'wed', 'thu', 'fri'],
        from: '08:00',
        to: '20:00',
        machines: 10,
        holidays: 'except',
      },
      { days: ['fri'], from: '22:00', to: '02:00', machines: 6, holidays: 'also' },
      { days: ['mon'], from: '00:00', to: '23:59', machines: 4, holidays: 'only' },
    ],
  };

  it.each([
    ['a working day, 08:00 there', '2026-11-11T00:00:00Z', 10],
    ['the same day, 07:59 there', '2026-11-10T23:59:00Z', undefined],
    ['a Saturday, 01:00 there, since Friday night', '2026-11-13T17:00:00Z', 6],
    ['a Sunday, 01:00 there', '2026-11-14T17:00:00Z', undefined],
    ['a holiday that is a Thursday', '2026-10-01T04:00:00Z', 4],
  ])('%s', (_when, now, machines) => {
    expect(ruleInForce(schedule, now)?.machines).toBe(machines);
  });

  it('follow the wall clock when the zone changes to winter time', () => {
    const berlin = { ...schedule, timeZone: 'Europe/Berlin', holidays: [] };
    expect(ruleInForce(berlin, '2026-10-23T06:00:00Z')?.machines).toBe(10);
    expect(ruleInForce(berlin, '2026-10-26T06:00:00Z')).toBeUndefined();
    expect(ruleInForce(berlin, '2026-10-26T07:00:00Z')?.machines).toBe(10);
  });

  it('refuse a zone that there is not', () => {
    expect(() => ruleInForce({ ...schedule, timeZone: 'Mars/Olympus' }, '2026-11-11T00:00:00Z')).toThrow(
      /is no time zone/,
    );
  });
});
