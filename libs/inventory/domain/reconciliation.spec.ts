import { addMs } from '@springtide/kernel';
import fc from 'fast-check';
import {
  RECONCILIATION_POLICY,
  WATCH_RHYTHM,
  changesBetween,
  driftOf,
  judgeAbsence,
  ledgerMachines,
  listAgainAfterMs,
  takeOver,
  type Absence,
  type Known,
  type ListingEnd,
  type ObservedMachine,
} from './index.js';

type Thing = { id: string; state: string };

const AT = '2026-11-11T00:00:00.000Z';
const thing = fc.record({
  id: fc.integer({ min: 0, max: 30 }).map((n) => `i-${n}`),
  state: fc.constantFrom('running', 'stopped'),
});
const things = fc.uniqueArray(thing, { selector: (item) => item.id, maxLength: 30 });
const knownRow = fc.tuple(
  thing.map((item) => item.id),
  fc.record({
    firstSeen: fc.integer({ min: 0, max: 60_000 }).map((ms) => addMs(AT, -ms)),
    missed: fc.integer({ min: 0, max: 3 }),
    leaving: fc.boolean(),
  }),
);
const knownRows = fc
  .uniqueArray(knownRow, { selector: ([id]) => id, maxLength: 30 })
  .map((rows) => new Map<string, Known>(rows));

function judge(
  known: ReadonlyMap<string, Known>,
  seen: readonly string[],
  over: Partial<ListingEnd> = {},
): Absence {
  const end = { complete: true, at: AT, reason: null, ...over };
  return judgeAbsence(known, new Set(seen), end, RECONCILIATION_POLICY);
}

function fleet(count: number, over: Partial<Known> = {}): Map<string, Known> {
  const old = { firstSeen: addMs(AT, -3_600_000), missed: 0, leaving: false, ...over };
  return new Map(Array.from({ length: count }, (_, i) => [`i-${i}`, old]));
}

function ids(items: readonly Thing[]): string[] {
  return items.map((item) => item.id).toSorted();
}

describe('what a page says', () => {
  it('is accounted for exactly once, however often the page names it', () => {
    fc.assert(
      fc.property(things, things, things, (stored, items, again) => {
        const before = new Map(stored.map((item) => [item.id, item]));
        const taken = takeOver(before, [...again, ...items]);
        const all = [
          ...taken.appeared,
          ...taken.changed.map((change) => change.resource),
          ...taken.unchanged,
        ];
        expect(ids(all)).toEqual([...new Set(ids([...items, ...again]))].toSorted());
        for (const one of all) expect(items.find((item) => item.id === one.id) ?? one).toEqual(one);
      }),
    );
  });

  it('changes nothing when it was stored like this', () => {
    fc.assert(
      fc.property(things, (items) => {
        const before = new Map(items.map((item) => [item.id, { ...item }]));
        expect(takeOver(before, items)).toEqual({ appeared: [], changed: [], unchanged: items });
      }),
    );
  });

  it('names the field that changed, from what to what', () => {
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

describe('what a listing lacks', () => {
  it('is nothing when the listing was cut', () => {
    fc.assert(
      fc.property(knownRows, things, (known, items) => {
        const result = judge(known, ids(items), { complete: false });
        expect(result).toMatchObject({ suspects: [], missed: [], believed: false });
        expect(result.reason).not.toBeNull();
      }),
    );
  });

  it('is never something that was seen', () => {
    fc.assert(
      fc.property(knownRows, things, fc.boolean(), (known, items, complete) => {
        const { suspects, missed } = judge(known, ids(items), { complete });
        for (const id of [...suspects, ...missed]) expect(ids(items)).not.toContain(id);
      }),
    );
  });

  it('is suspected only when it is old, and never a surprising fifth of all at once', () => {
    fc.assert(
      fc.property(knownRows, things, (known, items) => {
        const suspects = judge(known, ids(items)).suspects.map((id) => known.get(id));
        for (const row of suspects)
          expect(row !== undefined && row.firstSeen <= addMs(AT, -10_000)).toBe(true);
        const surprising = suspects.filter((row) => row && !row.leaving && row.missed < 2);
        expect(surprising.length).toBeLessThanOrEqual(known.size * 0.2);
      }),
    );
  });

  it('is missed more, and suspected no less, by every listing that lacks it', () => {
    fc.assert(
      fc.property(knownRows, things, (known, items) => {
        let rows = known;
        for (let turn = 0; turn < RECONCILIATION_POLICY.listingsToBelieveShrink; turn += 1) {
          const { missed } = judge(rows, ids(items));
          rows = new Map(
            [...rows].map(([id, row]) => [
              id,
              missed.includes(id) ? { ...row, missed: row.missed + 1 } : row,
            ]),
          );
        }
        expect(judge(rows, ids(items)).believed).toBe(true);
      }),
    );
  });

  it('is believed for a fifth, doubted for one more', () => {
    const all = [...fleet(100).keys()];
    expect(judge(fleet(100), all.slice(20))).toMatchObject({ believed: true, suspects: { length: 20 } });
    const doubted = judge(fleet(100), all.slice(21));
    expect(doubted).toMatchObject({ believed: false, suspects: [], missed: { length: 21 } });
    expect(doubted.reason).toMatch(/21 of 100/);
  });

  it('is doubted when it is everything, unless all of it was leaving', () => {
    expect(judge(fleet(3), []).believed).toBe(false);
    expect(judge(fleet(3, { leaving: true }), [])).toMatchObject({
      believed: true,
      suspects: { length: 3 },
    });
    expect(judge(new Map(), []).believed).toBe(true);
  });

  it('is believed, however much it is, when the third complete listing in a row agrees', () => {
    expect(judge(fleet(10, { missed: 1 }), []).believed).toBe(false);
    expect(judge(fleet(10, { missed: 2 }), [])).toMatchObject({ believed: true, suspects: { length: 10 } });
  });
});

describe('how often everything is listed', () => {
  it('takes no more than its part of the time, within bounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 600_000 }), (tookMs) => {
        const wait = listAgainAfterMs(tookMs, WATCH_RHYTHM);
        expect(wait).toBeGreaterThanOrEqual(WATCH_RHYTHM.closestMs);
        expect(wait).toBeLessThanOrEqual(WATCH_RHYTHM.farthestMs);
        if (wait < WATCH_RHYTHM.farthestMs)
          expect(tookMs / (tookMs + wait)).toBeLessThanOrEqual(WATCH_RHYTHM.listingShare + 1e-9);
      }),
    );
  });
});

describe('drift', () => {
  const place = { accountId: 'acc', region: 'r1' };
  const network = { id: 'n-1', name: 'front', region: 'r1', freeAddresses: 7, cidr: '10.0.0.0/16' };
  const nobody = { ledger: ledgerMachines([]), installation: 'here' };

  it('tells what changed, and not that a network has one address more or less', () => {
    const change = (before: object) => ({
      appeared: [],
      changed: [{ resource: network, changes: changesBetween(before, network) }],
    });
    const of = (before: object) =>
      driftOf({ ...place, resourceType: 'network' }, change(before), [], AT, nobody).map(
        (event) => event.changes,
      );
    expect(of({ ...network, freeAddresses: 8 })).toEqual([]);
    expect(of({ ...network, freeAddresses: 8, name: 'old' })).toEqual([
      [{ field: 'name', before: 'old', after: 'front' }],
    ]);
  });

  it('tells each fact and label for itself, and not how busy or full a host is', () => {
    const facts = { cores: 32, machines: 4, usedCpuMhz: 900, usedMemoryMib: 2_048, maintenance: false };
    const host = {
      kind: 'host',
      id: 'h-1',
      name: 'h-1',
      region: 'r1',
      facts,
      labels: {},
      relations: [],
    } as const;
    const of = (before: object) => {
      const found = { appeared: [], changed: [{ resource: host, changes: changesBetween(before, host) }] };
      return driftOf({ ...place, resourceType: 'host' }, found, [], AT, nobody).flatMap((one) => one.changes);
    };
    const busier = { ...facts, machines: 9, usedCpuMhz: 7_000, usedMemoryMib: 9_000 };
    expect(of({ ...host, facts: busier })).toEqual([]);
    expect(of({ ...host, facts: { ...busier, maintenance: true }, labels: { owner: 'ann' } })).toEqual([
      { field: 'facts.maintenance', before: 'true', after: 'false' },
      { field: 'labels.owner', before: 'ann', after: '' },
    ]);
  });

  const machine: ObservedMachine = {
    id: 'i-1',
    name: 'shop-1',
    state: 'running',
    region: 'r1',
    zone: 'r1-a',
    machineType: 'm.large',
    purchaseOption: 'on-demand',
    addresses: [],
    labels: {},
    stateReason: 'user initiated',
  };
  const ours = { ...machine, ownership: { installation: 'here', tenant: 't', intent: 'in-1', token: 'k' } };
  const ledger = (releasingAt: string | null) =>
    ledgerMachines([
      {
        id: 'in-1',
        runId: 'run-1',
        campaignId: 'c-1',
        region: 'r1',
        items: [{ machineId: 'i-1', state: 'running', releasingAt, goneAt: null }],
      },
    ]);
  const us = { by: 'springtide', intentId: 'in-1', runId: 'run-1', campaignId: 'c-1' };
  const outside = { by: 'outside', trail: 'user initiated' };
  const to = (resource: ObservedMachine, over: Partial<ObservedMachine>) => ({
    resource,
    changes: changesBetween({ ...resource, ...over }, resource),
  });

  it.each([
    ['appeared and carries our mark', { appeared: [ours], changed: [] }, [], null, us],
    ['appeared and does not', { appeared: [{ ...machine, id: 'i-9' }], changed: [] }, [], null, outside],
    ['started after we bought it', { appeared: [], changed: [to(ours, { state: 'pending' })] }, [], null, us],
    [
      'was stopped',
      { appeared: [], changed: [to({ ...ours, state: 'stopped' }, { state: 'running' })] },
      [],
      null,
      outside,
    ],
    [
      'was resized while it started',
      { appeared: [], changed: [to(ours, { state: 'pending', machineType: 's' })] },
      [],
      null,
      outside,
    ],
    [
      'goes because we released it',
      { appeared: [], changed: [to({ ...ours, state: 'terminating' }, { state: 'running' })] },
      [],
      AT,
      us,
    ],
    ['is gone because we released it', { appeared: [], changed: [] }, [ours], AT, us],
    ['is gone, and we wanted it', { appeared: [], changed: [] }, [ours], null, outside],
    [
      'got its address after it ran',
      { appeared: [], changed: [to({ ...ours, addresses: ['10.0.0.1'] }, { addresses: [] })] },
      [],
      null,
      us,
    ],
    [
      'got another address',
      { appeared: [], changed: [to({ ...ours, addresses: ['10.0.0.1'] }, { addresses: ['10.0.0.2'] })] },
      [],
      null,
      outside,
    ],
  ])('says who did it of a machine that %s', (_, found, gone, releasingAt, who) => {
    const suspicion = { ledger: ledger(releasingAt), installation: 'here' };
    const events = driftOf({ ...place, resourceType: 'machine' }, found, gone, AT, suspicion);
    expect(events.map((event) => event.who)).toEqual([who]);
  });

  it('takes a machine for ours whose deletion is under way, though the cloud has not answered yet', () => {
    const items = [{ machineId: 'i-1', state: 'running', releasingAt: null, goneAt: null }];
    const intents = [{ id: 'in-1', runId: 'run-1', campaignId: 'c-1', region: 'r1', items }];
    const whoWith = (deletions: Parameters<typeof ledgerMachines>[1]) => {
      const suspicion = { ledger: ledgerMachines(intents, deletions), installation: 'here' };
      return driftOf(
        { ...place, resourceType: 'machine' },
        { appeared: [], changed: [] },
        [ours],
        AT,
        suspicion,
      )[0]?.who;
    };
    expect(whoWith([{ spec: { machineIds: ['i-1', 'i-7'] } }])).toEqual(us);
    expect(whoWith([{ spec: { machineIds: ['i-7'] } }, { spec: { satellite: 'i-1' } }])).toEqual(outside);
  });

  it('tells disks and cards of a machine by who ended the machine', () => {
    const disk = (id: string, of: string) => {
      const relations = [{ kind: 'attached-to', to: 'machine', id: of }] as const;
      return { kind: 'disk', id, name: id, region: 'r1', facts: {}, labels: {}, relations } as const;
    };
    const gone = [disk('d-1', 'i-1'), disk('d-2', 'i-2')];
    const whoIs = (releasingAt: string | null) =>
      driftOf({ ...place, resourceType: 'disk' }, { appeared: [], changed: [] }, gone, AT, {
        ledger: ledger(releasingAt),
        installation: 'here',
      }).map(({ who }) => who.by);
    expect(whoIs(AT)).toEqual(['springtide', 'outside']);
    expect(whoIs(null)).toEqual(['outside', 'outside']);
  });

  it('says that another installation of ours is not us', () => {
    const theirs = { ...ours, id: 'i-2', ownership: { ...ours.ownership, installation: 'there' } };
    const found = { appeared: [theirs], changed: [] };
    const [event] = driftOf({ ...place, resourceType: 'machine' }, found, [], AT, nobody);
    expect(event?.who).toEqual(outside);
  });
});
