import { addMs, type Instant } from '@springtide/kernel';
import { START, anIntent, anItem } from '../testing/effect-fixtures.js';
import { isGivenUp, isWantedBack, openItem, stuckEffects, type Intent } from './index.js';

const policy = { stuckMs: 600_000 };
const late = addMs(START, 600_001);
const kinds = (intent: Intent, at: Instant = late, deletions: readonly Intent[] = []) =>
  stuckEffects(intent, deletions, at, policy).map(({ kind, items }) => [kind, items.length]);

const abandoned = { at: START, by: 'Ada', reason: 'sold', costPerHour: null };
const settled = (...items: Intent['items']): Intent =>
  anIntent({ state: 'settled', items, createdAt: START });
const deletion = anIntent({ kind: 'delete', createdAt: START, spec: { machineIds: ['m-1'] } });

describe('a stuck effect', () => {
  it.each<[string, Intent, readonly Intent[], unknown]>([
    ['accepted and never seen running', settled(anItem()), [], [['creating', 1]]],
    ['running as it should', settled(anItem({ state: 'ready' })), [], []],
    [
      'promised to go and still there',
      settled(anItem({ state: 'releasing', releasingAt: START })),
      [],
      [['deleting', 1]],
    ],
    ['asked to go and refused', settled(anItem({ state: 'ready' })), [deletion], [['not-deleted', 1]]],
    [
      'asked without an answer',
      anIntent({ state: 'sent', sentAt: START, createdAt: START }),
      [],
      [['unknown-outcome', 5]],
    ],
    ['abandoned', settled(anItem({ state: 'releasing', releasingAt: START, abandoned })), [], []],
    ['gone', settled(anItem({ state: 'gone', releasingAt: START })), [deletion], []],
  ])('%s', (_what, intent, deletions, expected) => {
    expect(kinds(intent, late, deletions)).toEqual(expected);
    expect(kinds(intent, addMs(START, 599_999), deletions)).toEqual([]);
  });

  it('says what it costs an hour while nothing is done', () => {
    const items = [anItem(), anItem({ index: 1, machineId: 'm-2' })];
    expect(stuckEffects(settled(...items), [], late, policy)[0]?.costPerHour).toEqual({
      currency: 'CNY',
      amount: '0.78',
    });
  });
});

describe('what was abandoned', () => {
  it('is not brought back, and ends the way back of its purchase when nothing else is', () => {
    const kept = anItem({ state: 'ready', abandoned });
    expect([
      isWantedBack(kept),
      isGivenUp(settled(kept)),
      isGivenUp(settled(kept, anItem({ index: 1 }))),
    ]).toEqual([false, true, false]);
    expect(isGivenUp({ items: [{ ...openItem(0), abandoned }] })).toBe(true);
    expect(isGivenUp(settled(anItem({ state: 'gone' })))).toBe(false);
  });
});
