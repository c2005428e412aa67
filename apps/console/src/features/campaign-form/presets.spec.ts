import type { CalendarBody } from '@springtide/contracts';
import { emptyDraft, spansOf } from './draft.js';
import { salesAhead, usualShares, withSale } from './presets.js';

const calendar: CalendarBody = {
  ...{ freezes: [], campaigns: [], clashes: [] },
  events: [
    {
      ...{ key: 'qixi', name: 'Qixi', nameZh: 'Qixi', kind: 'festival', phases: [] },
      ...{ startsAt: '2026-08-18T16:00:00.000Z', endsAt: '2026-08-19T16:00:00.000Z' },
    },
    {
      ...{ key: 'double-11', name: 'Double 11', nameZh: 'D11', kind: 'sale' },
      ...{ startsAt: '2026-11-10T16:00:00.000Z', endsAt: '2026-11-11T16:00:00.000Z' },
      phases: [
        {
          name: 'ramp',
          startsAt: '2026-11-10T15:30:00.000Z',
          endsAt: '2026-11-10T16:00:00.000Z',
          share: 0.6,
        },
        { name: 'peak', startsAt: '2026-11-10T16:00:00.000Z', endsAt: '2026-11-10T17:00:00.000Z', share: 1 },
      ],
    },
  ],
};

describe('sales of the calendar', () => {
  it('are offered while their course lies ahead', () => {
    const years = [{ year: 2026, calendar }];
    expect(salesAhead(years, Date.parse('2026-01-01T00:00:00Z')).map(({ key }) => key)).toEqual([
      '2026/double-11',
    ]);
    expect(salesAhead(years, Date.parse('2026-11-10T15:45:00Z'))).toEqual([]);
    expect(usualShares([calendar]).get('ramp')).toBe(0.6);
  });

  it('give their dates in the zone of the campaign, and a name where there is none', () => {
    const [sale] = salesAhead([{ year: 2026, calendar }], 0);
    if (!sale) throw new Error('the sale is missing');
    const draft = withSale(emptyDraft('Europe/Berlin'), sale, ({ name }) => name);
    expect(draft).toMatchObject({ name: 'Double 11 2026', startsAt: '2026-11-10T16:30' });
    expect(new Date(spansOf(draft).at(-1)?.until ?? 0).toISOString()).toBe('2026-11-10T17:00:00.000Z');
    expect(withSale({ ...draft, name: 'Ours' }, sale, ({ name }) => name).name).toBe('Ours');
  });
});
