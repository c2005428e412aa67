import { joinDrafts } from './meanwhile.js';
import { NOTHING_YET, draftOf, withStrategy, type ScalingDraft } from './scaling-draft.js';

const campaigns = { id: 'campaigns', kind: 'campaign' } as const;
const byHand = (machines: number, id = 'by-hand') => ({ id, kind: 'manual', machines, until: null }) as const;
const base = draftOf({ ...NOTHING_YET, strategies: [byHand(3), campaigns] });
const names = ({ strategies }: ScalingDraft) => strategies.map(({ strategy }) => strategy.id);

describe('changes of two people', () => {
  it('stand beside each other where they are in different places', () => {
    const mine = withStrategy({ ...base, floor: 2 }, 'scheduled', 'UTC');
    const others = draftOf({
      ...{ ...NOTHING_YET, ceiling: 40, moneyPerMonth: { currency: 'CNY', amount: '900' } },
      strategies: [byHand(5), byHand(1, 'night')],
    });
    const { draft, theirs, both } = joinDrafts(base, mine, others);
    expect(draft).toMatchObject({ floor: 2, ceiling: 40, money: { amount: '900' } });
    expect(names(draft)).toEqual(['by-hand', 'night', 'schedule']);
    expect(draft.strategies[0]?.strategy).toMatchObject({ machines: 5 });
    expect(both).toEqual([]);
    expect(theirs).toEqual([
      { kind: 'limit', limit: 'ceiling' },
      { kind: 'limit', limit: 'money' },
      { kind: 'strategy', name: 'by-hand' },
      { kind: 'strategy', name: 'night' },
      { kind: 'strategy', name: 'campaigns' },
    ]);
  });

  it('keep what was typed in the same place, and tell it', () => {
    const mine = draftOf({ ...NOTHING_YET, floor: 2, strategies: [byHand(4)] });
    const others = draftOf({ ...NOTHING_YET, floor: 3, strategies: [byHand(5), campaigns] });
    const { draft, theirs, both } = joinDrafts(base, mine, others);
    expect(draft).toEqual(mine);
    expect(theirs).toEqual([]);
    expect(both).toEqual([
      { kind: 'limit', limit: 'floor' },
      { kind: 'strategy', name: 'by-hand' },
    ]);
  });

  it('are one where both made the same', () => {
    const same = draftOf({ ...NOTHING_YET, floor: 2, strategies: [campaigns] });
    expect(joinDrafts(base, same, same)).toEqual({ draft: same, theirs: [], both: [] });
  });
});
