import { addMs } from '@springtide/kernel';
import fc from 'fast-check';
import { ACCOUNT, OTHER_TENANT, START, TENANT, anIntent, anItem } from '../testing/effect-fixtures.js';
import {
  LIVE_ITEM_STATES,
  reconcile,
  type EarlierListing,
  type Intent,
  type IntentState,
  type ItemState,
  type ListedMachine,
  type Listing,
  type ReconcilePolicy,
} from './index.js';

const NOW = addMs(START, 10 * 3_600_000);
const POLICY: ReconcilePolicy = {
  installation: 'ours',
  tenantId: TENANT,
  visibilityLagMs: 2_000,
  graceMs: 900_000,
  maxShrink: 0.2,
};

const machineId = fc.integer({ min: 1, max: 8 }).map((n) => `m-${n}`);
const intentId = fc.constantFrom('i-1', 'i-2', 'i-3');
const before = fc.integer({ min: 0, max: 2_000_000 }).map((ms) => addMs(NOW, -ms));
const around = fc.integer({ min: -120_000, max: 120_000 }).map((ms) => addMs(NOW, ms));
const listed: fc.Arbitrary<ListedMachine> = fc.record({
  machineId,
  installation: fc.constantFrom('ours', 'ours', 'theirs', null),
  tenantId: fc.constantFrom(TENANT, TENANT, OTHER_TENANT, null),
  intentId: fc.option(fc.oneof(intentId, fc.constant('unknown'))),
  launchedAt: fc.option(before),
  terminating: fc.boolean(),
});
const itemState = fc.constantFrom<ItemState>(
  'open',
  'accepted',
  'running',
  'ready',
  'failed',
  'releasing',
  'gone',
  'lost',
);
const state = fc.constantFrom<IntentState>('written', 'sent', 'settled', 'released');
const intents: fc.Arbitrary<readonly Intent[]> = fc.uniqueArray(
  fc
    .record({
      id: intentId,
      state,
      releaseBy: around,
      region: fc.constantFrom('sim-east', 'sim-east', 'west'),
      items: fc.array(fc.record({ machineId: fc.option(machineId), state: itemState, acceptedAt: before }), {
        maxLength: 4,
      }),
    })
    .map((row) => anIntent({ ...row, items: row.items.map((item, index) => anItem({ ...item, index })) })),
  { selector: (intent) => intent.id, maxLength: 3 },
);
const listing: fc.Arbitrary<Listing> = fc.record({
  accountId: fc.constant(ACCOUNT),
  region: fc.constant('sim-east'),
  takenAt: fc.constant(NOW),
  complete: fc.boolean(),
  machines: fc.uniqueArray(listed, { selector: (machine) => machine.machineId, maxLength: 8 }),
});
const earlier: fc.Arbitrary<EarlierListing> = fc.record({
  sightings: fc.uniqueArray(fc.record({ machineId, firstSeenAt: before }), { selector: (s) => s.machineId }),
  strangers: fc.uniqueArray(
    fc.record({
      machineId,
      intentId: fc.constant('i-unknown'),
      firstSeenAt: before,
      abandoned: fc.constant(null),
    }),
    { selector: (stranger) => stranger.machineId },
  ),
  previousCount: fc.option(fc.integer({ min: 0, max: 12 })),
  releasedSince: fc.integer({ min: 0, max: 4 }),
  doubt: fc.option(
    fc.record({ count: fc.integer({ min: 0, max: 12 }), times: fc.integer({ min: 1, max: 2 }) }),
  ),
});

describe('reconcile', () => {
  it('I4: calls nothing an orphan without our tag, mark, tenant and ledger row, twice seen, past grace and lag', () => {
    fc.assert(
      fc.property(listing, intents, earlier, (now, ledger, past) => {
        for (const id of reconcile(now, ledger, past, POLICY).orphans) {
          const machine = now.machines.find((each) => each.machineId === id);
          const sighting = past.sightings.find((each) => each.machineId === id);
          const owner = ledger.find((intent) => intent.id === machine?.intentId);
          const claimedBy = ledger.filter((intent) =>
            intent.items.some((item) => item.machineId === id && LIVE_ITEM_STATES.includes(item.state)),
          );
          expect(now.complete).toBe(true);
          expect(machine).toMatchObject({ installation: 'ours', tenantId: TENANT, terminating: false });
          expect(['settled', 'released']).toContain(owner?.state);
          expect(claimedBy).toEqual([]);
          expect(sighting?.firstSeenAt.localeCompare(addMs(NOW, -2_000))).toBeLessThanOrEqual(0);
          const age = machine?.launchedAt ?? sighting?.firstSeenAt ?? NOW;
          expect(age < addMs(NOW, -900_000)).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('I1: explains every machine of ours: live, undecided, sighted for deletion, or shown to people', () => {
    fc.assert(
      fc.property(listing, intents, earlier, (now, ledger, past) => {
        const decision = reconcile(now, ledger, past, POLICY);
        if (!decision.trusted) return;
        const sighted = new Set([...decision.sightings, ...decision.strangers].map((one) => one.machineId));
        for (const machine of now.machines) {
          const ours =
            machine.installation === 'ours' && machine.tenantId === TENANT && machine.intentId !== null;
          if (!ours || machine.terminating) {
            expect(sighted.has(machine.machineId)).toBe(false);
            continue;
          }
          const owner = ledger.find((intent) => intent.id === machine.intentId);
          const live = ledger.some((intent) =>
            intent.items.some((i) => i.machineId === machine.machineId && LIVE_ITEM_STATES.includes(i.state)),
          );
          const undecided = owner?.state === 'written' || owner?.state === 'sent';
          expect(sighted.has(machine.machineId)).toBe(!live && !undecided);
        }
      }),
    );
  });

  it('I12: lets a listing that was cut off or shrank too much cause nothing, and keeps what was seen before', () => {
    fc.assert(
      fc.property(listing, intents, earlier, (now, ledger, past) => {
        const decision = reconcile(now, ledger, past, POLICY);
        const shrunk =
          past.previousCount !== null &&
          past.previousCount - past.releasedSince - decision.count > past.previousCount * POLICY.maxShrink;
        if (now.complete && !shrunk) {
          expect(decision.trusted).toBe(true);
          return;
        }
        if (!now.complete || past.doubt === null) expect(decision.trusted).toBe(false);
        if (decision.trusted) {
          expect(past.doubt?.times).toBe(2);
          return;
        }
        expect(decision).toMatchObject({ orphans: [], adoptions: [], toReread: [] });
        expect([decision.sightings, decision.strangers]).toEqual([past.sightings, past.strangers]);
      }),
    );
  });

  it('believes a shrunken listing after two further complete ones that agree, counted from the last trusted one', () => {
    const machines = (n: number): ListedMachine[] =>
      Array.from({ length: n }, (_, index) => ({
        machineId: `m-${index}`,
        installation: 'ours',
        tenantId: TENANT,
        intentId: 'i-1',
        launchedAt: START,
        terminating: false,
      }));
    const look = (n: number, past: EarlierListing, complete = true) =>
      reconcile(
        { accountId: ACCOUNT, region: 'sim-east', takenAt: NOW, complete, machines: machines(n) },
        [],
        past,
        POLICY,
      );
    const base = { sightings: [], strangers: [], previousCount: 100, releasedSince: 0, doubt: null };
    const first = look(50, base);
    expect(first).toMatchObject({ trusted: false, doubt: { count: 50, times: 1 } });
    const cut = look(0, { ...base, doubt: first.doubt }, false);
    expect(cut).toMatchObject({ trusted: false, doubt: first.doubt });
    const second = look(50, { ...base, doubt: first.doubt });
    expect(second).toMatchObject({ trusted: false, doubt: { count: 50, times: 2 } });
    expect(look(10, { ...base, doubt: second.doubt })).toMatchObject({
      trusted: false,
      doubt: { count: 10, times: 1 },
    });
    expect(look(48, { ...base, doubt: second.doubt })).toMatchObject({ trusted: true, doubt: null });
    expect(look(95, { ...base, doubt: second.doubt })).toMatchObject({ trusted: true, doubt: null });
    expect(look(50, { ...base, releasedSince: 45 })).toMatchObject({ trusted: true });
  });

  it('reports every lapsed lease of its place, trusted or not, and no other', () => {
    fc.assert(
      fc.property(listing, intents, earlier, (now, ledger, past) => {
        const due = ledger.filter(
          (i) =>
            i.region === 'sim-east' && i.state !== 'released' && i.releaseBy !== null && i.releaseBy < NOW,
        );
        expect(reconcile(now, ledger, past, POLICY).lapsed).toEqual(due.map((intent) => intent.id));
      }),
    );
  });

  it('doubts a live machine only when a trusted listing of its own place does not show it, past the lag', () => {
    fc.assert(
      fc.property(listing, intents, earlier, (now, ledger, past) => {
        const { toReread, adoptions } = reconcile(now, ledger, past, POLICY);
        for (const { intentId: owner, machineId: id } of toReread) {
          expect(now.machines.some((machine) => machine.machineId === id)).toBe(false);
          expect(ledger.find((intent) => intent.id === owner)?.region).toBe('sim-east');
        }
        for (const adoption of adoptions) {
          expect(ledger.find((intent) => intent.id === adoption.intentId)?.state).toBe('sent');
        }
      }),
    );
  });
});
