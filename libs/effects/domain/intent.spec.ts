import { SpringtideError, addMs, compareMoney, decimal, money, multiplyMoney } from '@springtide/kernel';
import fc from 'fast-check';
import { ACCOUNT, PRICE, START, anIntent, anItem } from '../testing/effect-fixtures.js';
import {
  LIVE_ITEM_STATES,
  absence,
  adopted,
  afterAbsence,
  answered,
  answeredLate,
  callRefused,
  nextGeneration,
  isTakenBack,
  observed,
  refusedWhole,
  releasedIfEmpty,
  reopened,
  reservationFor,
  sending,
  tokenOf,
  type Intent,
  type ItemOutcome,
  type ItemState,
  type Observation,
} from './index.js';

const machine = fc.integer({ min: 1, max: 12 }).map((n) => `m-${n}`);
const machines = fc.uniqueArray(machine, { maxLength: 8 });
const outcomes: fc.Arbitrary<readonly ItemOutcome[]> = fc.array(
  fc.oneof(
    machine.map((machineId) => ({ outcome: 'accepted' as const, machineId })),
    fc.constant({ outcome: 'refused' as const, code: 'quota-exceeded' as const, message: 'no' }),
  ),
  { maxLength: 8 },
);
const refusal = fc.constantFrom(
  new SpringtideError('quota-exceeded', 'no quota'),
  new SpringtideError('rate-limited', 'slower'),
  new SpringtideError('permission-denied', 'locked'),
);

/** Whatever may happen to an intent between writing and release. Each step says which machines it told the ledger of. */
type Step = Readonly<{ name: string; told: readonly string[]; apply: (intent: Intent) => Intent }>;

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constant(quiet('send', trySend)),
  outcomes.map((list) => told('answered', idsOf(list), (i) => answered(i, list, START))),
  outcomes.map((list) => told('answered late', idsOf(list), (i) => answeredLate(i, list, START))),
  machines.map((ids) => told('adopted', ids, (i) => adopted(i, ids, START, 'open'))),
  machines.map((ids) => told('adopted, rest absent', ids, (i) => adopted(i, ids, START, 'absent'))),
  machines.map((ids) =>
    told('after absence', ids, (i) =>
      i.state === 'sent' ? afterAbsence(i, ids, START) : adopted(i, ids, START, 'open'),
    ),
  ),
  refusal.map((error) => quiet('refused', (i) => callRefused(i, error))),
  fc.constant(quiet('empty?', releasedIfEmpty)),
);

function told(name: string, ids: readonly string[], apply: Step['apply']): Step {
  return { name, told: ids, apply };
}
function quiet(name: string, apply: Step['apply']): Step {
  return { name, told: [], apply };
}
function idsOf(list: readonly ItemOutcome[]): readonly string[] {
  return list.flatMap((each) => (each.outcome === 'accepted' ? [each.machineId] : []));
}
function trySend(intent: Intent): Intent {
  if (intent.state !== 'written' && intent.state !== 'sent') return intent;
  return sending(intent, { fence: 1, at: START, deadline: addMs(START, 60_000) });
}
const fresh = () => anIntent({ count: 5 });
const machineIds = (intent: Intent) => intent.items.flatMap((item) => item.machineId ?? []);

describe('an intent', () => {
  it('never loses or doubles a machine that it was told of, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let intent = fresh();
        const heard = new Set<string>();
        for (const { told: ids, apply } of steps) {
          intent = apply(intent);
          for (const id of ids) heard.add(id);
          const known = machineIds(intent);
          expect(new Set(known)).toEqual(heard);
          expect(known).toHaveLength(heard.size);
          expect(intent.items.map((item) => item.index)).toEqual(intent.items.map((_, index) => index));
          expect(intent.items.length).toBeGreaterThanOrEqual(5);
        }
      }),
    );
  });

  it('is at rest only with an outcome for every item, and released only with nothing alive', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const intent = steps.reduce((current, { apply }) => apply(current), fresh());
        const open = intent.items.some((item) => item.state === 'open');
        const alive = intent.items.some((item) => LIVE_ITEM_STATES.includes(item.state));
        if (intent.state === 'settled') expect({ open, alive }).toEqual({ open: false, alive: true });
        if (intent.state === 'released') expect({ open, alive }).toEqual({ open: false, alive: false });
        if (intent.state === 'written') expect(intent.unanswered).toBe(0);
      }),
    );
  });

  it('never goes from rest back to the road: nothing sends it again', () => {
    const rank = { written: 0, sent: 0, settled: 1, released: 1 };
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let intent = fresh();
        for (const { apply } of steps) {
          const next = apply(intent);
          expect(rank[next.state]).toBeGreaterThanOrEqual(rank[intent.state]);
          intent = next;
        }
      }),
    );
  });

  it('takes the same answer twice for once', () => {
    fc.assert(
      fc.property(outcomes, (list) => {
        const once = answered(trySend(fresh()), list, START);
        expect(answered(once, list, addMs(START, 5))).toBe(once);
      }),
    );
  });

  it('believes a refusal only when no other call of its generation is unaccounted for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), refusal, (calls, error) => {
        let intent = fresh();
        for (let n = 0; n < calls; n += 1) intent = trySend(intent);
        for (let n = 1; n < calls; n += 1) {
          intent = callRefused(intent, error);
          expect(intent.state).toBe('sent');
          expect(intent.items.every((item) => item.state === 'open')).toBe(true);
        }
        intent = callRefused(intent, error);
        expect(intent.state).toBe(error.retry === 'same' ? 'written' : 'released');
      }),
    );
  });

  it('is refused to an older owner and after rest', () => {
    const call = { at: START, deadline: START };
    expect(() => sending(anIntent({ fence: 2 }), { ...call, fence: 1 })).toThrow('newer owner');
    expect(() => sending(anIntent({ state: 'settled' }), { ...call, fence: 1 })).toThrow('cannot be sent');
    expect(() => sending(anIntent({ state: 'released' }), { ...call, fence: 1 })).toThrow('cannot be sent');
  });

  it('has a token per generation, readable and at most 64 characters', () => {
    const intent = anIntent({ id: ACCOUNT });
    const tokens = [
      tokenOf(intent),
      tokenOf(nextGeneration(intent)),
      tokenOf({ ...intent, generation: 9_999 }),
    ];
    expect(new Set(tokens).size).toBe(3);
    for (const token of tokens) expect(token).toMatch(/^st-[0-9a-f]{32}-\d+$/);
    expect(Math.max(...tokens.map((token) => token.length))).toBeLessThanOrEqual(64);
  });

  it('opens a set again for every further sending, and for another content', () => {
    const set = anIntent({ kind: 'set', items: [], count: 0, state: 'settled' });
    expect(reopened(set, set.spec, 'hash', 0)).toMatchObject({ state: 'written', generation: 1 });
    const sent = { ...set, state: 'sent' as const };
    expect(reopened(sent, sent.spec, 'hash', 0)).toBe(sent);
    expect(reopened(sent, { weights: 1 }, 'other', 0)).toMatchObject({ generation: 1, specHash: 'other' });
  });
});

describe('absence', () => {
  const lag = 2_000;
  const at = (ms: number) => addMs(START, ms);

  it('is proven only by two answers a lag apart, the first a lag after the deadline', () => {
    const times = fc.array(fc.integer({ min: 0, max: 200_000 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(times, (asked) => {
        let intent: Intent = { ...trySend(fresh()), deadline: at(60_000) };
        const counted: number[] = [];
        for (const ms of asked.toSorted((a, b) => a - b)) {
          const { verdict, intent: next, waitMs } = absence(intent, at(ms), lag);
          if (verdict === 'proven') {
            expect(counted.some((first) => ms - first >= lag)).toBe(true);
            expect(Math.min(...counted)).toBeGreaterThanOrEqual(60_000 + lag);
            return;
          }
          expect(waitMs).toBeGreaterThan(0);
          if (verdict === 'noted') counted.push(ms);
          intent = next;
        }
      }),
    );
  });

  it('starts anew with every call that is sent', () => {
    const noted = absence({ ...trySend(fresh()), deadline: START }, at(lag), lag).intent;
    expect(noted.firstAbsentAt).toBe(at(lag));
    expect(trySend(noted).firstAbsentAt).toBeNull();
  });

  it('leads to a new generation only with nothing there and nothing refused', () => {
    const sent = trySend(fresh());
    expect(afterAbsence(sent, [], START)).toMatchObject({ state: 'written', generation: 1, unanswered: 0 });
    expect(afterAbsence(sent, ['m-1'], START)).toMatchObject({ state: 'settled', generation: 0 });
    expect(afterAbsence(adopted(sent, ['m-1'], START, 'open'), [], START)).toMatchObject({
      state: 'settled',
    });
    const problem = { code: 'quota-exceeded' as const, message: 'no quota' };
    const refused = afterAbsence({ ...sent, problem }, [], START);
    expect(refused.state).toBe('released');
    expect(refused.items.every((item) => item.refusal?.code === 'quota-exceeded')).toBe(true);
  });
});

describe('an item', () => {
  const RANK: Readonly<Record<ItemState, number>> = {
    open: 0,
    accepted: 1,
    running: 2,
    ready: 3,
    failed: 4,
    releasing: 5,
    gone: 6,
    lost: 6,
    refused: 6,
    absent: 6,
  };
  const seen: fc.Arbitrary<Observation> = fc.record(
    {
      state: fc.constantFrom(
        'pending',
        'running',
        'stopping',
        'stopped',
        'terminating',
        'failed',
        'unknown',
        'gone',
      ),
      address: fc.constantFrom('127.0.0.1', '127.0.0.2'),
      reason: fc.string(),
    },
    { requiredKeys: ['state'] },
  );

  it('never goes backwards and keeps its machine, whatever the cloud shows', () => {
    const start = fc.constantFrom<ItemState>(
      'accepted',
      'running',
      'ready',
      'failed',
      'releasing',
      'gone',
      'lost',
    );
    fc.assert(
      fc.property(start, fc.array(seen, { maxLength: 8 }), (state, list) => {
        let item = anItem({ state });
        for (const each of list) {
          const next = observed(item, each, addMs(START, 1));
          expect(RANK[next.state]).toBeGreaterThanOrEqual(RANK[item.state]);
          expect(next.machineId).toBe('m-1');
          expect(next.acceptedAt).toBe(START);
          if (next.state === 'lost') expect(item.state === 'releasing').toBe(false);
          item = next;
        }
      }),
    );
  });

  it('ends as gone only after its release was asked for', () => {
    expect(observed(anItem({ state: 'releasing' }), { state: 'gone' }, START).state).toBe('gone');
    expect(observed(anItem({ state: 'ready' }), { state: 'gone' }, START)).toMatchObject({
      state: 'lost',
      goneAt: START,
    });
  });
});

describe('a machine that its cloud takes back', () => {
  const notice = 'spot capacity is taken back';

  it.each(['accepted', 'running', 'ready'] as const)(
    'counts for nothing from the notice on, when %s',
    (state) => {
      const seen = { state: 'running', address: '10.0.0.1', notice } as const;
      const item = observed(anItem({ state }), seen, START);
      expect(item).toMatchObject({ state: 'failed', refusal: { code: 'unavailable', message: notice } });
      expect(isTakenBack(item)).toBe(true);
      expect(observed(item, { state: 'gone' }, START).state).toBe('lost');
    },
  );

  it('is let go on as it was, when it leaves already', () => {
    const leaving = anItem({ state: 'releasing' });
    expect(observed(leaving, { state: 'running', notice }, START)).toBe(leaving);
    const broken = anItem({ state: 'failed', refusal: { code: 'internal', message: 'broken' } });
    expect(isTakenBack(observed(broken, { state: 'running', notice }, START))).toBe(false);
  });
});

describe('a reservation', () => {
  it('covers the planned time with its margin and the minimum, exactly and never below', () => {
    const hours = fc.double({ min: 0, max: 100, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        hours,
        fc.integer({ min: 0, max: 200 }).map((n) => n * 36),
        (count, h, minimum) => {
          const amount = reservationFor(PRICE, count, h, minimum, 0.1);
          const least = (billed: number | string) => multiplyMoney(PRICE, decimal(billed).times(count));
          expect(compareMoney(amount, multiplyMoney(least(h), '1.1'))).toBeGreaterThanOrEqual(0);
          expect(
            compareMoney(amount, least(decimal(minimum).dividedBy(3_600).toString())),
          ).toBeGreaterThanOrEqual(0);
          expect(decimal(amount.amount).decimalPlaces()).toBeLessThanOrEqual(10);
        },
      ),
    );
    expect(reservationFor(PRICE, 5, 2, 60, 0.1)).toEqual(money('CNY', '4.29'));
  });

  it('is refused whole with the cause in every item', () => {
    const refused = refusedWhole(fresh(), new SpringtideError('balance', 'the account is empty'));
    expect(refused).toMatchObject({ state: 'released', problem: { code: 'balance' } });
    expect(refused.items.every((item) => item.state === 'refused')).toBe(true);
  });
});
