import type { CalendarBody } from '@springtide/contracts';
import { dayInChina, instantInChina, marksByDay, weeksOf } from './calendar-days.js';

const calendar: CalendarBody = {
  events: [
    {
      ...{ key: 'double-11', name: 'Double 11', nameZh: '双十一', kind: 'sale', phases: [] },
      ...{ startsAt: '2026-11-10T16:00:00.000Z', endsAt: '2026-11-11T16:00:00.000Z' },
    },
  ],
  campaigns: [
    { id: 'a', name: 'flash', startsAt: '2026-11-10T14:00:00.000Z', endsAt: '2026-11-11T18:00:00.000Z' },
  ],
  freezes: [],
  clashes: [],
};

describe('days of the calendar', () => {
  it('are days in China', () => {
    expect(dayInChina('2026-11-10T16:00:00.000Z')).toBe('2026-11-11');
    expect(dayInChina('2026-11-10T15:59:59.999Z')).toBe('2026-11-10');
    expect(instantInChina('2026-11-11T00:00')).toBe('2026-11-10T16:00:00.000Z');
  });

  it('carry what touches them, and an end at midnight touches the day before only', () => {
    const days = marksByDay(calendar, ({ nameZh }) => nameZh);
    expect([...days.keys()].toSorted()).toEqual(['2026-11-10', '2026-11-11', '2026-11-12']);
    expect(days.get('2026-11-11')?.get('sale')).toEqual(['双十一']);
    expect(days.get('2026-11-12')?.has('sale')).toBe(false);
    expect(days.get('2026-11-12')?.get('campaign')).toEqual(['flash']);
  });

  it('stand in weeks that begin on Monday', () => {
    const weeks = weeksOf(2026, 10);
    expect(weeks[0]).toEqual([null, null, null, null, null, null, '2026-11-01']);
    expect(weeks.flat().filter((day) => day !== null)).toHaveLength(30);
    expect(weeksOf(2028, 1).flat().filter(Boolean)).toHaveLength(29);
  });
});
