import { addMs } from '@springtide/kernel';
import fc from 'fast-check';
import {
  RECONCILIATION_POLICY,
  changesBetween,
  driftOf,
  reconcile,
  type Known,
  type Listing,
} from './index.js';

type Thing = { id: string; state: string };

const AT = '2026-11-11T00:00:00.000Z';
const thing = fc.record({
  id: fc.integer({ min: 0, max: 30 }).map((n) => `i-${n}`),
  state: fc.constantFrom('running', 'stopped'),
});
const things = fc.uniqueArray(thing, { selector: (item) => item.id, maxLength: 30 });
const knownRow = fc.record({
  resource: thing,
  firstSeen: fc.integer({ min: 0, max: 60_000 }).map((ms) => addMs(AT, -ms)),
  missed: fc.integer({ min: 0, max: 3 }),
  leaving: fc.boolean(),
});
const knownRows = fc.uniqueArray(knownRow, { selector: (row) => row.resource.id, maxLength: 30 });

function listing(items: readonly Thing[], over: Partial<Listing<Thing>> = {}): Listing<Thing> {
  return { items, complete: true, at: AT, reason: null, ...over };
}

function old(id: string, over: Partial<Known<Thing>> = {}): Known<Thing> {
  return {
    resource: { id, state: 'running' },
    firstSeen: addMs(AT, -3_600_000),
    missed: 0,
    leaving: false,
    ...over,
  };
}

function fleet(count: number, over: Partial<Known<Thing>> = {}): Known<Thing>[] {
  return Array.from({ length: count }, (_, i) => old(`i-${i}`, over));
}

function resources(rows: readonly Known<Thing>[]): Thing[] {
  return rows.map((row) => row.resource);
}

describe('reconciliation of a listing', () => {
  it('accounts for everything seen exactly once, and never suspects what it saw', () => {
    fc.assert(
      fc.property(knownRows, things, fc.boolean(), (known, items, complete) => {
        const result = reconcile(known, listing(items, { complete }), RECONCILIATION_POLICY);
        const taken = [
          ...result.appeared,
          ...result.changed.map((change) => change.resource),
          ...result.unchanged,
        ].map((item) => item.id);
        expect(taken.toSorted()).toEqual(items.map((item) => item.id).toSorted());
        for (const suspect of result.suspects) expect(taken).not.toContain(suspect.id);
      }),
    );
  });

  it('concludes nothing from what a cut listing lacks', () => {
    fc.assert(
      fc.property(knownRows, things, (known, items) => {
        const result = reconcile(known, listing(items, { complete: false }), RECONCILIATION_POLICY);
        expect(result).toMatchObject({ suspects: [], missed: [], believed: false });
        expect(result.reason).not.toBeNull();
      }),
    );
  });

  it('suspects only old resources, and never a surprising fifth of them at once', () => {
    fc.assert(
      fc.property(knownRows, things, (known, items) => {
        const result = reconcile(known, listing(items), RECONCILIATION_POLICY);
        const rows = new Map(known.map((row) => [row.resource.id, row]));
        const suspects = result.suspects.map((item) => rows.get(item.id));
        for (const row of suspects)
          expect(row !== undefined && row.firstSeen <= addMs(AT, -10_000)).toBe(true);
        const surprising = suspects.filter((row) => row && !row.leaving && row.missed < 2);
        expect(surprising.length).toBeLessThanOrEqual(known.length * 0.2);
      }),
    );
  });

  it('changes nothing when the same listing is seen again', () => {
    fc.assert(
      fc.property(things, (items) => {
        const known = items.map((resource) => ({ ...old(resource.id), resource }));
        expect(reconcile(known, listing(items), RECONCILIATION_POLICY)).toMatchObject({
          appeared: [],
          changed: [],
          suspects: [],
          believed: true,
        });
      }),
    );
  });

  it('believes the loss of a fifth, doubts one more', () => {
    const known = fleet(100);
    expect(reconcile(known, listing(resources(known.slice(20))), RECONCILIATION_POLICY)).toMatchObject({
      believed: true,
      suspects: { length: 20 },
    });
    const doubted = reconcile(known, listing(resources(known.slice(21))), RECONCILIATION_POLICY);
    expect(doubted).toMatchObject({ believed: false, suspects: [], missed: { length: 21 } });
    expect(doubted.reason).toMatch(/21 of 100/);
  });

  it('doubts an empty listing, unless all of it was leaving', () => {
    expect(reconcile(fleet(3), listing([]), RECONCILIATION_POLICY).believed).toBe(false);
    expect(reconcile(fleet(3, { leaving: true }), listing([]), RECONCILIATION_POLICY)).toMatchObject({
      believed: true,
      suspects: { length: 3 },
    });
    expect(reconcile([], listing([]), RECONCILIATION_POLICY).believed).toBe(true);
  });

  it('believes a great loss when the third complete listing in a row agrees', () => {
    expect(reconcile(fleet(10, { missed: 1 }), listing([]), RECONCILIATION_POLICY).believed).toBe(false);
    expect(reconcile(fleet(10, { missed: 2 }), listing([]), RECONCILIATION_POLICY)).toMatchObject({
      believed: true,
      suspects: { length: 10 },
    });
  });

  it('says which field changed from what to what', () => {
    expect(
      changesBetween(
        { id: 'a', state: 'pending', addresses: [], note: 'x' },
        { id: 'a', state: 'running', addresses: ['10.0.0.1'] },
      ),
    ).toEqual([
      { field: 'addresses', before: '[]', after: '["10.0.0.1"]' },
      { field: 'note', before: 'x', after: '' },
      { field: 'state', before: 'pending', after: 'running' },
    ]);
  });
});

describe('drift', () => {
  const place = { accountId: 'acc', region: 'r1' };
  const network = { id: 'n-1', name: 'front', region: 'r1', freeAddresses: 7, cidr: '10.0.0.0/16' };

  it('tells what changed, and not that a network has one address more or less', () => {
    const change = (before: object) => ({
      appeared: [],
      changed: [{ resource: network, changes: changesBetween(before, network) }],
    });
    const of = (before: object) =>
      driftOf({ ...place, resourceType: 'network' }, change(before), [], AT).map((event) => event.changes);
    expect(of({ ...network, freeAddresses: 8 })).toEqual([]);
    expect(of({ ...network, freeAddresses: 8, name: 'old' })).toEqual([
      [{ field: 'name', before: 'old', after: 'front' }],
    ]);
  });
});
