import { storyText } from '@springtide/contracts';
import { HOUR, addMs, money } from '@springtide/kernel';
import { answerReturn, type ReturnQuestion } from './group-return.js';

const at = (hour: number) => addMs('2026-11-11T00:00:00.000Z', hour * HOUR);
const cny = (amount: string) => money('CNY', amount);
const sale = (from: number, to: number, follows = false) => ({
  ...{ name: follows ? 'another group' : 'sale', follows, leadMs: 600_000 },
  phases: [{ name: 'peak' as const, startsAt: at(from), endsAt: at(to) }],
});
const question = (change: Partial<ReturnQuestion> = {}): ReturnQuestion => ({
  ...{ now: at(12), isStopped: false, isStopSwitchOn: false, holders: [], leadMs: 600_000, yieldMs: HOUR },
  phases: [
    { name: 'ramp', startsAt: at(1), endsAt: at(6) },
    { name: 'plateau', startsAt: at(6), endsAt: at(40) },
  ],
  mandate: { budget: cny('100'), committed: cny('30'), reserved: cny('0.5') },
  cheapestHour: cny('2'),
  ...{ approvalExpiresAt: at(40), priceDriftLimit: 0.1, prices: undefined, unreadPrices: 'refuse' },
  promised: undefined,
  ...change,
});

const told = (now: string, isPast: boolean) => ({
  ...{ kind: 'told' as const, now: cny(now), basis: cny('100'), ratio: Number(now) / 100, isPast },
});

describe('a group that gave way', () => {
  it('comes back for what is left of its time and of its money', () => {
    expect(answerReturn(question())).toEqual({
      comesBack: true,
      phases: [{ name: 'plateau', startsAt: at(12), endsAt: at(40) }],
      moneyLeft: cny('69.5'),
    });
    expect(answerReturn(question({ holders: [sale(20, 22)] })).comesBack).toBe(true);
    expect(answerReturn(question({ prices: told('110', false) })).comesBack).toBe(true);
    const unread = { prices: { kind: 'untold' as const, pools: ['a/z1/s'] }, unreadPrices: 'allow' as const };
    expect(answerReturn(question(unread)).comesBack).toBe(true);
  });

  it.each<[string, Partial<ReturnQuestion>, string, RegExp]>([
    ['a campaign that still has its route', { holders: [sale(8, 11)] }, 'campaign', /Rests for "sale"/],
    ['one that begins before it could be up', { holders: [sale(14, 15)] }, 'campaign', /until closed/],
    ['another group', { holders: [sale(1, 30, true)] }, 'campaign', /"another group"/],
    ['the stop switch', { isStopSwitchOn: true }, 'stop-switch', /switch is released/],
    [
      'what others were promised',
      { promised: 'zone a is full' },
      'promised',
      /zone a is full. Nothing was bought/,
    ],
    ['an approval that expired', { approvalExpiresAt: at(11) }, 'approval', /expired at .* asked for again/],
    ['an approval that is gone', { approvalExpiresAt: undefined }, 'approval', /No approval/],
    [
      'prices that rose past the limit of its approval',
      { prices: told('120', true) },
      'prices-risen',
      /risen by 20 %.* limit of 10 %: the plan costs 120 CNY now and cost 100 CNY\. Nothing is bought/,
    ],
    [
      'prices that cannot be read',
      { prices: { kind: 'untold', pools: ['a/z1/s'] } },
      'prices-unread',
      /could not be read for a\/z1\/s.*Nothing is bought/,
    ],
    ['its end', { now: at(40), approvalExpiresAt: at(50) }, 'end-over', /ended at 2026-11-12T16/],
    ['a person who stopped it', { isStopped: true }, 'stopped', /does not come back/],
    [
      'too little money for a machine',
      { mandate: { budget: cny('100'), committed: cny('98.1'), reserved: cny('0') } },
      'money-spent',
      /1.9 CNY are left/,
    ],
  ])('rests because of %s, and says so', (_what, change, reason, text) => {
    const answer = answerReturn(question(change));
    expect(answer).toMatchObject({ comesBack: false, rest: { reason } });
    if (answer.comesBack) return;
    expect(answer.rest.text).toMatch(text);
    expect(storyText(answer.rest.sentences ?? [], { language: 'zh-CN' })).toMatch(/^[^a-z]*[一-鿿]/);
  });

  it('tells about when the last campaign in its way is gone', () => {
    const answer = answerReturn(question({ holders: [sale(8, 20), sale(9, 16)] }));
    expect(answer).toMatchObject({ rest: { waitsFor: ['sale', 'sale'], expectedAt: at(21) } });
  });
});
