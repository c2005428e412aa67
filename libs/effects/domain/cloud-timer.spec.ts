import { HOUR, MINUTE, addMs } from '@springtide/kernel';
import { STANDARD_EFFECTS } from '../effects-policy.js';
import { START, anIntent, anItem } from '../testing/effect-fixtures.js';
import { isTooNear, timerFor, timerMoved, timersDue, tokenOf, withTimer } from './index.js';

const policy = STANDARD_EFFECTS;
const { leaseMs, timerMarginMs, timerLeastMs } = policy;
const BORN = addMs(START, leaseMs + timerMarginMs);
const at = (ms: number) => addMs(START, ms);

describe('the timer that machines are born with', () => {
  it('is the margin after the lease, and never after one that is over', () => {
    expect(timerFor(at(HOUR), START, policy)).toBe(at(HOUR + timerMarginMs));
    expect(timerFor(at(-HOUR), START, policy)).toBe(BORN);
    expect(timerFor(null, START, policy)).toBe(BORN);
  });

  it('is fixed for the token, whatever time passes and however the lease is renewed', () => {
    const written = withTimer(anIntent(), START, policy);
    expect(written.releaseAt).toBe(BORN);
    expect(withTimer({ ...written, releaseBy: at(9 * HOUR) }, at(HOUR), policy)).toMatchObject({
      releaseAt: BORN,
    });
    const sent = { ...written, state: 'sent' as const };
    expect(withTimer(sent, at(24 * HOUR), policy)).toBe(sent);
    // A call of an earlier version went out without one, and is repeated without one.
    expect(withTimer({ ...sent, releaseAt: null }, START, policy).releaseAt).toBeNull();
  });

  it('is given up together with its token when it has come too near', () => {
    const written = withTimer(anIntent(), START, policy);
    const late = at(timerMarginMs - timerLeastMs + 1);
    expect([isTooNear(written, late, policy), isTooNear(written, addMs(late, -1), policy)]).toEqual([
      true,
      false,
    ]);
    const afresh = withTimer(written, late, policy);
    expect(afresh.releaseAt).toBe(addMs(late, leaseMs + timerMarginMs));
    expect(tokenOf(afresh)).not.toBe(tokenOf(written));
  });
});

describe('timers that are due', () => {
  const until = at(timerMarginMs + leaseMs - timerLeastMs);
  const born = { state: 'settled', releaseAt: BORN, count: 1 } as const;

  it('are those with less than the least between lease and end', () => {
    const intent = anIntent({ ...born, items: [anItem({ state: 'ready' })] });
    expect(timersDue([intent], until, policy)).toEqual([]);
    expect(timersDue([intent], addMs(until, 1), policy)).toEqual([
      { intent, machineIds: ['m-1'], endsAt: BORN },
    ]);
    expect(timersDue([timerMoved(intent, ['m-1'], at(9 * HOUR))], addMs(until, HOUR), policy)).toEqual([]);
  });

  it('are only those of machines that are wanted', () => {
    const items = (['failed', 'releasing', 'gone', 'lost', 'refused', 'absent'] as const).map(
      (state, index) => anItem({ index, state, machineId: `m-${index}` }),
    );
    expect(timersDue([anIntent({ ...born, items })], addMs(until, HOUR), policy)).toEqual([]);
  });

  it('do not count on the timer of the last generation where machines of an earlier one may have come', () => {
    const again = { ...born, generation: 2, releaseAt: at(12 * HOUR), items: [anItem({ state: 'running' })] };
    expect(timersDue([anIntent(again)], addMs(until, 1), policy)).toMatchObject([{ endsAt: BORN }]);
    const unsent = { ...again, releaseAt: null };
    expect(timersDue([anIntent(unsent)], addMs(until, 1), policy)).toMatchObject([{ endsAt: BORN }]);
  });

  it('come nearest first, those without any last', () => {
    const due = timersDue(
      [
        anIntent({ ...born, releaseAt: null, items: [anItem({ machineId: 'none' })] }),
        anIntent({ ...born, releaseAt: at(3 * MINUTE), items: [anItem({ machineId: 'later' })] }),
        anIntent({ ...born, releaseAt: at(2 * MINUTE), items: [anItem({ machineId: 'soon' })] }),
      ],
      until,
      policy,
    );
    expect(due.map(({ machineIds }) => machineIds[0])).toEqual(['soon', 'later', 'none']);
  });
});
