import { clashReasons, endedBy, groupEndsBy, routeRefusal, type RouteHolder } from './shared-routes.js';

const at = (hour: number) => `2026-11-11T${String(hour).padStart(2, '0')}:00:00.000Z`;
const holder = (follows: boolean, from: number, to: number): RouteHolder => ({
  ...{ name: follows ? 'group' : 'sale', follows, leadMs: 600_000 },
  phases: [{ name: 'peak', startsAt: at(from), endsAt: at(to) }],
});
const group = (from: number, to: number) => holder(true, from, to);
const sale = (from: number, to: number) => holder(false, from, to);
const HOUR_MS = 3_600_000;

describe('a group and a campaign on one route', () => {
  it('ends the group an hour before the first campaign is prepared', () => {
    const holders = [sale(14, 16), sale(12, 13), group(5, 20)];
    expect(groupEndsBy(holders, HOUR_MS)).toBe('2026-11-11T10:50:00.000Z');
    expect(groupEndsBy([group(5, 20)], HOUR_MS)).toBeUndefined();
    const { phases } = group(5, 20);
    expect(endedBy(phases, at(10))).toEqual([{ name: 'peak', startsAt: at(5), endsAt: at(10) }]);
    expect(endedBy([...phases, { name: 'decay', startsAt: at(20), endsAt: at(22) }], at(10))).toHaveLength(1);
  });
});

describe('two runs on one route', () => {
  it.each([
    ['a group beside a group', group(5, 20), group(21, 22), 1, /has its route already/],
    ['a campaign that is far enough away', sale(12, 13), group(5, 20), 10, undefined],
    ['a campaign that begins too soon', sale(12, 13), group(5, 20), 11, /about 60 minutes/],
    ['a group before a campaign', group(5, 20), sale(12, 13), 10, undefined],
    ['a group while a campaign runs', group(5, 20), sale(12, 13), 12, /"sale" needs its route/],
    ['two campaigns at once', sale(12, 13), sale(12, 13), 5, /"sale" has its route from 2026-11-11T11:50/],
    ['one that is prepared while the other goes', sale(12, 14), sale(10, 11), 5, /until about 2026-11-11T12/],
    ['one that is prepared after the other is gone', sale(13, 14), sale(10, 11), 5, undefined],
    ['one that begins after this one is gone', sale(10, 11), sale(13, 14), 5, undefined],
    ['one that did not close in time', sale(13, 14), sale(5, 6), 12, /until about 2026-11-11T13/],
  ])('%s', (_what, own, other, now, refusal) => {
    const said = routeRefusal(own, [other], HOUR_MS, at(now));
    if (refusal === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(refusal);
  });

  it('are told of when the second is planned, with what to do', () => {
    const others = [sale(12, 14), sale(20, 21), group(5, 20)];
    const told = clashReasons(sale(13, 15), others, HOUR_MS, at(1));
    expect(told.map(({ code, params }) => [code, params])).toEqual([
      ['route-clash', { campaign: 'sale', from: at(12), until: at(14) }],
    ]);
    expect(clashReasons(group(13, 15), others, HOUR_MS, at(1))).toEqual([]);
  });
});
