import { HOUR, addMs, money } from '@springtide/kernel';
import { START } from '../../effects/testing/effect-fixtures.js';
import {
  ASKED,
  aListing,
  closedStory,
  evidenceOf,
  machineOf,
  marksOf,
  minutesBefore,
} from '../testing/evidence-fixtures.js';
import {
  CLOSED,
  STORY,
  abandonedAtClose,
  acknowledged,
  armed,
  at,
  bookedGone,
  cameBack,
  closedWith,
  cut,
  deletes,
  doubted,
  emptied,
  entranceWith,
  falseLoss,
  heldTwice,
  keptForNothing,
  lapsed,
  leaving,
  lost,
  neighbour,
  openAtClose,
  orphanDeletion,
  owners,
  raisedBudget,
  reserving,
  sharesOrdered,
  sixMachines,
  stoppedAt,
  stray,
  tooYoung,
  trail,
  twoRows,
  twoRuns,
  twoTokens,
  unanswered,
  unbooked,
  unmarked,
  unsealed,
  registeredTwice,
  fractions,
  orderedCluster,
  probedAtClose,
  lostOnTheWay,
  whole,
  withApproval,
  withAudit,
  withChain,
  withIntent,
  withMandate,
  withoutFirst,
} from '../testing/tales.js';
import { INVARIANTS, NO_HISTORY, judge, observed, type Evidence, type InvariantId } from './index.js';

const MINUTE = 60_000;

type Tale = Readonly<{ title: string; evidence: () => Evidence | readonly Evidence[] }>;

/** For each invariant what breaks it, and what comes near and does not. */
const TALES: Readonly<Record<InvariantId, Readonly<{ broken: readonly Tale[]; near: readonly Tale[] }>>> = {
  I1: {
    broken: [
      {
        title: 'an old machine of an intent that the ledger does not have',
        evidence: stray({ createdAt: minutesBefore(40) }),
      },
      {
        title: 'an old machine that its settled intent does not have',
        evidence: unbooked(minutesBefore(40)),
      },
      {
        title: 'a machine without an age that was seen for longer than the grace',
        evidence: () => [at(stray({ createdAt: null })(), -30), stray({ createdAt: null })()],
      },
      { title: 'a machine of the ledger without our marks', evidence: () => unmarked() },
      { title: 'a machine whose run nobody drives', evidence: () => lapsed('holding', 7 * 60) },
      { title: 'one machine in two live rows', evidence: () => heldTwice() },
      {
        title: 'a machine that is booked as gone since long',
        evidence: () => bookedGone(minutesBefore(30)),
      },
    ],
    near: [
      { title: 'a lease that lapsed an hour ago', evidence: () => lapsed('holding', 60) },
      { title: 'a run that is on its way back for long', evidence: () => lapsed('stuck', 7 * 60) },
      { title: 'a young machine', evidence: stray({ createdAt: minutesBefore(10) }) },
      {
        title: 'a young machine that was looked at often',
        evidence: () =>
          [-20, -10, 0].map((minutes) => at(stray({ createdAt: minutesBefore(25) })(), minutes)),
      },
      {
        title: 'a machine that is on its way out',
        evidence: stray({ createdAt: minutesBefore(40), state: 'ending' }),
      },
      {
        title: 'a machine of another Springtide',
        evidence: stray({
          createdAt: minutesBefore(40),
          marks: marksOf({ id: 'x' }, { installation: 'other' }),
        }),
      },
      { title: 'a machine whose call has no answer yet', evidence: () => unanswered() },
      {
        title: 'a machine that ended after the cloud was asked',
        evidence: () => bookedGone(addMs(ASKED, 500)),
      },
    ],
  },
  I2: {
    broken: [
      {
        title: 'a machine that two listings in a row do not show',
        evidence: () => [at(withoutFirst(), -12), withoutFirst()],
      },
      {
        title: 'a lost machine of which nobody was told',
        evidence: () => [at(lost([]), -12), lost([])],
      },
    ],
    near: [
      {
        title: 'a machine that ended by itself on the way back',
        evidence: () => [at(lostOnTheWay(), -12), lostOnTheWay()],
      },

      { title: 'a machine that is missing for the first time', evidence: () => withoutFirst() },
      {
        title: 'a machine that the listing cannot show yet',
        evidence: () => [at(tooYoung(), -12), tooYoung()],
      },
      {
        title: 'a machine on its way out',
        evidence: () => [at(leaving(), -12), leaving()],
      },
      {
        title: 'a lost machine with an alert',
        evidence: () => [at(lost(['guard.lost']), -12), lost(['guard.lost'])],
      },
      {
        title: 'a listing that is cut',
        evidence: () => [at(cut(), -12), cut()],
      },
    ],
  },
  I3: {
    broken: [
      { title: 'six machines for an intent of five', evidence: () => sixMachines('alive') },
      {
        title: 'six machines, one of which has ended before this look',
        evidence: () => [at(sixMachines('alive'), -1), whole()],
      },
    ],
    near: [
      { title: 'a cloud that is registered twice', evidence: () => registeredTwice() },

      { title: 'five machines for an intent of five', evidence: () => whole() },
      {
        title: 'the same machines seen again and again',
        evidence: () => [at(whole(), -2), at(whole(), -1), whole()],
      },
    ],
  },
  I4: {
    broken: [
      {
        title: 'an order to delete a machine of somebody else',
        evidence: () => [at(neighbour(), -5), deletes('m-foreign')],
      },
      { title: 'a deletion of ours that the ledger does not have', evidence: () => trail('m-1') },
    ],
    near: [
      { title: 'an order to delete a machine of ours', evidence: () => deletes('m-1') },
      { title: 'a machine of others that its owner deleted', evidence: () => [at(neighbour(), -5), whole()] },
      { title: 'a deletion by the timer', evidence: () => trail('m-1', 'timer') },
    ],
  },
  I5: {
    broken: [
      { title: 'a machine of a closed run', evidence: () => closedWith([machineOf(CLOSED.intent, 'm-1')]) },
      {
        title: 'a disk of a closed run',
        evidence: () => closedWith([], [{ id: 'd-1', marks: null, machineId: 'm-2' }]),
      },
      {
        title: 'a machine with the campaign’s mark and a forgotten intent',
        evidence: () =>
          closedWith([
            machineOf(CLOSED.intent, 'm-9', {
              marks: marksOf({ id: 'gone' }, { campaign: CLOSED.campaign }),
            }),
          ]),
      },
      {
        title: 'a purchase that nobody has brought to rest',
        evidence: () => [at(openAtClose(), -27), openAtClose()],
      },
    ],
    near: [
      { title: 'a purchase that is being brought to rest', evidence: () => openAtClose() },
      { title: 'a machine that a person took on', evidence: () => abandonedAtClose() },
      { title: 'a machine of another run for the same campaign', evidence: () => probedAtClose() },
      {
        title: 'a machine that is ending',
        evidence: () => closedWith([machineOf(CLOSED.intent, 'm-1', { state: 'ending' })]),
      },
      { title: 'a machine of a run that is open', evidence: () => whole() },
      {
        title: 'a run that was closed after the clouds were asked',
        evidence: () => evidenceOf({ ...closedStory(ASKED), machines: [machineOf(CLOSED.intent, 'm-1')] }),
      },
    ],
  },
  I6: {
    broken: [
      { title: 'money set aside beyond the budget and one batch', evidence: () => reserving('26', '26') },
      { title: 'more machines than approved', evidence: () => withMandate({ maxMachines: 4 }) },
      { title: 'a mandate that books less than its machines cost', evidence: () => reserving('5', '4') },
      { title: 'a mandate that forgot a machine', evidence: () => withMandate({ machines: 4 }) },
      {
        title: 'money set aside for nothing',
        evidence: () => keptForNothing({ reserved: money('CNY', '1') }),
      },
      { title: 'an hourly rate of nothing', evidence: () => keptForNothing({ perHour: money('CNY', '1') }) },
    ],
    near: [
      { title: 'room that an extension took for all', evidence: () => reserving('5', '7') },

      { title: 'the whole budget', evidence: () => reserving('20', '20') },
      { title: 'everything back and settled', evidence: () => evidenceOf(closedStory(minutesBefore(5))) },
    ],
  },
  I7: {
    broken: [
      { title: 'an order of 90 %', evidence: () => sharesOrdered({ home: 40, east: 50 }) },
      {
        title: 'shares that point at dead machines for minutes',
        evidence: () => [at(entranceWith(0), -4), entranceWith(0)],
      },
      {
        title: 'an entrance that has forgotten everything',
        evidence: () => [at(emptied(true), -4), emptied(true)],
      },
    ],
    near: [
      {
        title: 'an entrance that was never told anything',
        evidence: () => [at(emptied(false), -4), emptied(false)],
      },
      { title: 'fractions of a product that shares by members', evidence: () => fractions() },

      { title: 'an order of 100 %', evidence: () => sharesOrdered({ home: 40, east: 60 }) },
      { title: 'dead machines at one look', evidence: () => entranceWith(0) },
      {
        title: 'dead machines that came back',
        evidence: () => [at(entranceWith(0), -4), at(entranceWith(5), -2), entranceWith(0)],
      },
      { title: 'nothing healthy anywhere', evidence: () => [at(entranceWith(0, 0), -4), entranceWith(0, 0)] },
    ],
  },
  I8: {
    broken: [
      { title: 'an order that is on no record', evidence: () => orderedCluster(false) },

      { title: 'a purchase without a mandate', evidence: () => withIntent({ mandateId: null }) },
      { title: 'a pool that is not approved', evidence: () => withIntent({ poolId: 'west/huge' }) },
      {
        title: 'a purchase after the window',
        evidence: () => withMandate({ validUntil: addMs(START, -MINUTE) }),
      },
      { title: 'a purchase after the stop switch', evidence: () => stoppedAt(addMs(START, -10_000)) },
      { title: 'another plan than the approved one', evidence: () => withApproval({ planHash: 'other' }) },
      { title: 'an approval that was withdrawn', evidence: () => withApproval({ status: 'withdrawn' }) },
      {
        title: 'an approval that had expired',
        evidence: () => withApproval({ expiresAt: addMs(START, -MINUTE) }),
      },
      {
        title: 'a run armed after the latest start',
        evidence: () => withApproval({ latestStart: addMs(START, -HOUR) }),
      },
      {
        title: 'a group that came back after its approval had expired',
        evidence: () => cameBack({ expiresAt: addMs(START, -MINUTE) }),
      },
      { title: 'a budget that nobody raised', evidence: () => withApproval({ budget: money('CNY', '10') }) },
      { title: 'a mandate for more machines', evidence: () => withApproval({ maxMachines: 9 }) },
    ],
    near: [
      { title: 'a cluster that one person ordered, on record', evidence: () => orderedCluster(true) },

      {
        title: 'a purchase that was on its way when the stop was pulled',
        evidence: () => stoppedAt(addMs(START, -1_000)),
      },
      { title: 'a budget that an approver raised', evidence: () => raisedBudget() },
      { title: 'a group that came back while its approval held', evidence: () => cameBack({}) },
      {
        title: 'an approval that expired after the run was armed',
        evidence: () => withApproval({ expiresAt: addMs(START, 1) }),
      },
    ],
  },
  I9: {
    broken: [
      { title: 'an acknowledged campaign that is not there', evidence: () => acknowledged(false) },
      { title: 'an armed run that nothing waits for and nobody took', evidence: () => armed([]) },
    ],
    near: [
      { title: 'an acknowledged campaign that is there', evidence: () => acknowledged(true) },
      { title: 'an armed run whose message waits', evidence: () => armed(['run']) },
      {
        title: 'a run that was armed a moment ago, however often one looks',
        evidence: () => [-1.5, -0.5, 0].map((minutes) => at(armed([], minutesBefore(1.7)), minutes)),
      },
    ],
  },
  I10: {
    broken: [
      { title: 'machines under two tokens of one intent', evidence: () => twoTokens() },
      { title: 'an effect that is in the ledger twice', evidence: () => twoRows(0) },
      { title: 'an owner that acts after it was replaced', evidence: () => owners(10) },
      { title: 'two open runs of one campaign', evidence: () => twoRuns(null) },
    ],
    near: [
      { title: 'an owner whose call crossed its replacement', evidence: () => owners(1) },
      { title: 'two batches of one step', evidence: () => twoRows(1) },
      { title: 'a closed run and an open one', evidence: () => twoRuns(minutesBefore(20)) },
    ],
  },
  I11: {
    broken: [
      { title: 'effects of a run that nobody armed', evidence: () => withAudit({ records: [] }) },
      {
        title: 'a chain that was changed',
        evidence: () => withChain({ broken: 'record number 3 is missing' }),
      },
      {
        title: 'records that nobody seals',
        evidence: () => [at(unsealed(), -11), unsealed()],
      },
    ],
    near: [
      {
        title: 'records that were written a minute ago',
        evidence: () => withChain({ oldestUnsealedAt: minutesBefore(1) }),
      },
      { title: 'a deletion of the reconciler', evidence: () => orphanDeletion(true) },
    ],
  },
  I12: {
    broken: [
      { title: 'a lost machine that its cloud shows', evidence: () => falseLoss() },
      {
        title: 'a deletion while the listing is doubted',
        evidence: () => [at(doubted(), -20), orphanDeletion(false)],
      },
    ],
    near: [
      { title: 'a lost machine that is gone', evidence: () => lost(['guard.lost']) },
      {
        title: 'a deletion before the doubt began',
        evidence: () => [at(whole(), -20), at(orphanDeletion(true), -1), orphanDeletion(false)],
      },
    ],
  },
};

const EVERY = Object.entries(TALES).flatMap(([invariant, { broken, near }]) => [
  ...broken.map((tale) => ({ invariant: invariant as InvariantId, found: true, ...tale })),
  ...near.map((tale) => ({ invariant: invariant as InvariantId, found: false, ...tale })),
]);

function verdicts(tale: Evidence | readonly Evidence[]) {
  let judgement = judge({ ...NOTHING, listings: [] }, NO_HISTORY);
  let history = NO_HISTORY;
  for (const evidence of 'books' in tale ? [tale] : tale) {
    judgement = judge(evidence, history);
    history = judgement.history;
  }
  return new Map(judgement.verdicts.map((verdict) => [verdict.invariant, verdict]));
}

const NOTHING = whole();

describe('the oracle', () => {
  it('has nothing against a run in the middle of its peak', () => {
    const outcomes = [...verdicts(whole()).values()].map(({ invariant, outcome, because }) => [
      invariant,
      outcome,
      because,
    ]);
    expect(outcomes).toEqual(Object.keys(INVARIANTS).map((invariant) => [invariant, 'holds', null]));
  });

  it.each(EVERY.filter(({ found }) => found))('$invariant finds $title', ({ invariant, evidence }) => {
    const verdict = verdicts(evidence()).get(invariant);
    expect(verdict?.outcome).toBe('violated');
    for (const { happened, means, next, evidence: ids } of verdict?.violations ?? []) {
      expect([happened, means, next].every((text) => text.length > 20)).toBe(true);
      expect(ids.filter((id) => id !== '')).not.toEqual([]);
    }
  });

  it.each(EVERY.filter(({ found }) => !found))(
    '$invariant does not take offence at $title',
    ({ invariant, evidence }) => {
      expect(verdicts(evidence()).get(invariant)?.violations).toEqual([]);
    },
  );

  it('judges nothing that it was not shown', () => {
    const { runs, approvals, audit, acknowledged: _answers, ...books } = whole().books;
    expect([runs, approvals, audit].every((part) => part !== undefined)).toBe(true);
    const { entrances: _entrances, ...rest } = whole();
    const blind = verdicts({ ...rest, listings: [], books });
    const unjudged = [...blind.values()].filter(({ outcome }) => outcome === 'not judged');
    expect(unjudged.map(({ invariant }) => invariant)).toEqual([
      'I1',
      'I2',
      'I3',
      'I5',
      'I7',
      'I8',
      'I9',
      'I11',
    ]);
    expect(unjudged.every(({ because }) => (because ?? '').length > 10)).toBe(true);
  });

  it('knows what lived between two judgements from whoever looked meanwhile', () => {
    const extra = aListing([...STORY.machines, machineOf(STORY.intent, 'm-6')], {
      askedAt: minutesBefore(3),
    });
    const seen = observed(NO_HISTORY, [extra]);
    const { verdicts: after } = judge(whole(), seen);
    expect(after.find(({ invariant }) => invariant === 'I3')?.outcome).toBe('violated');
  });
});
