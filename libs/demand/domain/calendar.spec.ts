import { calendarEvents, proposedPhases } from './campaign-calendar.js';
import { calendarClashes, type CalendarCampaign } from './clashes.js';
import { lunarDay } from './lunar-calendar.js';
import { nearestNewMoon } from './new-moon.js';

const NEW_YEARS = [
  ['2020-01-25', '2021-02-12', '2022-02-01', '2023-01-22', '2024-02-10', '2025-01-29', '2026-02-17'],
  ['2027-02-06', '2028-01-26', '2029-02-13', '2030-02-03', '2031-01-23', '2032-02-11', '2033-01-31'],
  ['2034-02-19', '2035-02-08', '2036-01-28', '2037-02-15', '2038-02-04', '2039-01-24', '2040-02-12'],
].flat();

describe('lunar dates', () => {
  it.each(NEW_YEARS)('knows that a lunar year begins on %s', (day) => {
    expect(lunarDay(Number(day.slice(0, 4)), { month: 1, day: 1 })).toBe(day);
  });

  it.each([
    ['2025-05-31', 5, 5],
    ['2024-09-17', 8, 15],
    ['2025-10-06', 8, 15],
    ['2026-09-25', 8, 15],
    ['2025-08-29', 7, 7],
    ['2026-06-19', 5, 5],
  ])('finds %s as day of month %i, day %i, leap months left out', (date, month, day) => {
    expect(lunarDay(Number(date.slice(0, 4)), { month, day })).toBe(date);
  });

  it('knows the new moon to a minute', () => {
    const eclipse = Date.UTC(2024, 3, 8, 18, 21);
    expect(Math.abs(nearestNewMoon(eclipse) - eclipse)).toBeLessThan(90_000);
    const closeToMidnight = Date.UTC(2027, 1, 6, 15, 56);
    expect(Math.abs(nearestNewMoon(closeToMidnight) - closeToMidnight)).toBeLessThan(90_000);
  });
});

describe('the calendar of campaigns', () => {
  it('has the sales of a year in order, at midnight in China', () => {
    const events = calendarEvents(2026);
    expect(events.map(({ key }) => key)).toEqual([
      'new-year-goods',
      'spring-festival',
      'lantern-festival',
      '618',
      'dragon-boat-festival',
      'qixi-festival',
      'mid-autumn-festival',
      'double-11',
      'double-12',
    ]);
    expect(events.find(({ key }) => key === 'double-11')).toMatchObject({
      startsAt: '2026-11-10T16:00:00.000Z',
      endsAt: '2026-11-11T16:00:00.000Z',
    });
    expect(events[0]).toMatchObject({ startsAt: '2026-01-19T16:00:00.000Z', nameZh: '年货节' });
  });

  it('proposes phases without gaps, the peak at midnight', () => {
    const event = calendarEvents(2026).find(({ key }) => key === 'double-11');
    const phases = event === undefined ? [] : proposedPhases(event);
    expect(phases.map(({ name }) => name)).toEqual(['prewarm', 'ramp', 'peak', 'plateau', 'decay']);
    expect(phases.slice(1).map(({ startsAt }) => startsAt)).toEqual(
      phases.slice(0, -1).map(({ endsAt }) => endsAt),
    );
    expect(phases[2]).toMatchObject({ startsAt: event?.startsAt, share: 1 });
  });
});

describe('clashes', () => {
  const campaign = (id: string, day: number, accountIds: readonly string[]): CalendarCampaign => ({
    ...{ id, name: id, accountIds, routes: [`entrance of ${id}`] },
    startsAt: `2026-11-${day}T00:00:00.000Z`,
    endsAt: `2026-11-${day + 1}T12:00:00.000Z`,
  });

  it('are shared accounts at the same time, and freezes', () => {
    const campaigns = [
      campaign('a', 10, ['x', 'y']),
      campaign('b', 11, ['y']),
      campaign('c', 11, ['z']),
      campaign('d', 20, ['x', 'y', 'z']),
    ];
    const freeze = {
      id: 'f',
      name: 'month close',
      startsAt: '2026-11-21T00:00:00Z',
      endsAt: '2026-11-22T00:00:00Z',
    };
    expect(calendarClashes(campaigns, [freeze])).toEqual([
      expect.objectContaining({
        ...{ kind: 'shared-pools', campaignId: 'a', otherId: 'b', accountIds: ['y'] },
        ...{ startsAt: '2026-11-11T00:00:00.000Z', endsAt: '2026-11-11T12:00:00.000Z' },
      }),
      expect.objectContaining({ kind: 'freeze', campaignId: 'd', otherId: 'f' }),
    ]);
  });

  it('are entrances that two campaigns move at the same time', () => {
    const routes = ['shop', 'pay'];
    const one = { ...campaign('a', 10, []), routes };
    const other = { ...campaign('b', 11, []), routes: ['pay'] };
    expect(calendarClashes([one, other, campaign('c', 11, [])], [])).toEqual([
      expect.objectContaining({ kind: 'same-route', campaignId: 'a', otherId: 'b' }),
    ]);
    const later = { ...other, startsAt: one.endsAt };
    expect(calendarClashes([one, later], [])).toEqual([]);
  });

  it('are none when one begins as the other ends', () => {
    const next = { ...campaign('b', 12, ['x']), startsAt: '2026-11-11T12:00:00.000Z' };
    expect(calendarClashes([campaign('a', 10, ['x']), next], [])).toEqual([]);
  });
});
