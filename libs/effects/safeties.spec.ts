import { addMs, money } from '@springtide/kernel';
import type { ProviderManifest } from '@springtide/provider-kit';
import { manifest as simulated } from '../../providers/simulated/index.js';
import { STANDARD_EFFECTS } from './effects-policy.js';
import { POOL, START } from './testing/effect-fixtures.js';
import { INSTALLATION } from './testing/effect-world.js';
import { changedProvider, forgetfulOfTokens } from './testing/interruption.js';
import {
  blindCloud,
  crowd,
  deadRun,
  everybodyDead,
  lateAnswer,
  lateRepetition,
  longHold,
  lostAnswer,
  machineOfOthers,
  outside,
  plainPurchase,
  stopPulled,
  wokenOwner,
  type Story,
  type Without,
} from './testing/safety-stories.js';
import {
  allMarkedOurs,
  blindReads,
  bornUntagged,
  bornWithoutTimer,
  withEverythingSeen,
  withFreshTimers,
  withMandate,
  withoutFence,
  withoutLeases,
  withoutLedgerCheck,
  withoutReservation,
  withoutStop,
} from './testing/taken-away.js';

const MINUTE = 60_000;

/**
 * `caughtBy`: which invariant finds the story out once the safety is gone. `peak` and `delay` are found by the story itself:
 * nothing is lost or paid twice then, but capacity is not there when it is wanted.
 */
type Safety = Readonly<{ name: string; without: Without; story: Story; caughtBy: string }>;

const noTokens: ProviderManifest = {
  ...simulated,
  capabilities: { ...simulated.capabilities, idempotencyToken: { supported: false, reason: 'forgets' } },
};
const noTimers: ProviderManifest = {
  ...simulated,
  capabilities: { ...simulated.capabilities, timeToLive: { supported: false, reason: 'none' } },
};
const cloud = { blind: false };
const blindable = changedProvider(simulated, [blindReads(() => cloud.blind)]);

const SAFETIES: readonly Safety[] = [
  {
    name: 'the token of the call',
    without: { manifest: changedProvider(simulated, [forgetfulOfTokens()]) },
    story: lostAnswer(simulated),
    caughtBy: 'I3',
  },
  {
    name: 'the wait for proof of absence',
    without: { policy: { visibilityLagMs: 0, callDeadlineMs: 500 } },
    story: lostAnswer(changedProvider(noTokens, [forgetfulOfTokens()])),
    caughtBy: 'I3',
  },
  {
    name: 'the ownership tag in the create call',
    without: { manifest: changedProvider(simulated, [bornUntagged()]) },
    story: plainPurchase,
    caughtBy: 'I1',
  },
  {
    name: 'the creator mark before a deletion',
    without: { manifest: changedProvider(simulated, [allMarkedOurs(INSTALLATION)]) },
    story: machineOfOthers({ installation: 'another-springtide' }),
    caughtBy: 'I4',
  },
  {
    name: 'the ledger row before a deletion',
    without: { store: withoutLedgerCheck },
    story: machineOfOthers({ intent: '00000000-0000-4000-8000-00000000dead' }),
    caughtBy: 'I4',
  },
  { name: 'the fence number', without: { store: withoutFence }, story: wokenOwner, caughtBy: 'I10' },
  { name: 'the stop switch', without: { store: withoutStop }, story: stopPulled, caughtBy: 'I8' },
  {
    name: 'the reservation of machines',
    without: { store: withoutReservation },
    story: crowd({ maxMachines: 12 }),
    caughtBy: 'I6',
  },
  {
    name: 'the reservation of money',
    without: { store: withoutReservation },
    story: crowd({ budget: money('CNY', '9') }),
    caughtBy: 'I6',
  },
  {
    name: 'the approved pools',
    without: { store: (store) => withMandate(store, { poolIds: [POOL] }) },
    story: outside({ poolIds: ['west/other'] }),
    caughtBy: 'I8',
  },
  {
    name: 'the approval’s window',
    without: { store: (store) => withMandate(store, { validUntil: addMs(START, 24 * 60 * MINUTE) }) },
    story: outside({ validUntil: addMs(START, -MINUTE) }),
    caughtBy: 'I8',
  },
  { name: 'the lease', without: { store: withoutLeases }, story: deadRun(noTimers), caughtBy: 'I1' },
  {
    name: 'the timer in the cloud',
    without: { manifest: changedProvider(simulated, [bornWithoutTimer()]) },
    story: everybodyDead,
    caughtBy: 'I1',
  },
  {
    name: 'the timer moved in time',
    without: { policy: { timerLeastMs: -STANDARD_EFFECTS.timerMarginMs } },
    story: longHold,
    caughtBy: 'peak',
  },
  {
    name: 'the timer of the generation',
    without: { store: withFreshTimers },
    story: lateRepetition,
    caughtBy: 'delay',
  },
  {
    name: 'the grace period',
    without: { policy: { graceMs: 0 } },
    story: lateAnswer({ passes: 3, everyMs: MINUTE }),
    caughtBy: 'I2',
  },
  {
    name: 'the second listing',
    without: { store: (store, world) => withEverythingSeen(store, () => world.look(), START) },
    story: lateAnswer({ passes: 1, everyMs: 20 * MINUTE }),
    caughtBy: 'I2',
  },
  {
    name: 'the guard against shrunken listings',
    without: { policy: { maxShrink: 1 } },
    story: blindCloud(cloud, blindable),
    caughtBy: 'I12',
  },
];

describe('every safety is needed', () => {
  const table: string[] = [];

  it.each(SAFETIES)('$name: with it the story ends well', async ({ story }) => {
    expect(await story({})).toEqual([]);
  });

  it.each(SAFETIES)('$name: without it $caughtBy finds the same story out', async (safety) => {
    const found = await safety.story(safety.without);
    const by = [...new Set(found.map((text) => text.split(':', 1)[0] ?? ''))];
    table.push(`${safety.name.padEnd(38)} ${by.join(', ').padEnd(12)} ${found[0] ?? ''}`.slice(0, 150));
    expect(by).toContain(safety.caughtBy);
  });

  afterAll(() => {
    process.stdout.write(`${['', 'safety taken away, and what finds it out', ...table, ''].join('\n')}\n`);
  });
});
