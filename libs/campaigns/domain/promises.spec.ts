import type { Phase } from '@springtide/contracts';
import { stockId, type PlanLimit } from './plan-limits.js';
import { heldBy, heldReasons, overdrafts, sumHeld, windowsOf, type Holder } from './promises.js';

const HOUR = 3_600_000;
const at = (hour: number) => new Date(Date.UTC(2026, 10, 11) + hour * HOUR).toISOString();
const phase = (name: Phase['name'], from: number, until: number): Phase => ({
  name,
  startsAt: at(from),
  endsAt: at(until),
});

const pool = {
  id: 'cloud/a/c2/on-demand',
  accountId: 'acc',
  accountName: 'cloud',
  provider: 'simulated',
  region: 'east',
  zone: 'a',
  machineType: 'c2',
  purchaseOption: 'on-demand' as const,
  pricePerHour: { currency: 'CNY', amount: '1' },
  cap: 20,
};
const quota: PlanLimit = {
  ...{ id: 'quota/acc/east/std', kind: 'quota', name: 'cloud/east/std', unit: 'vCPU', free: 40 },
  takes: [{ poolId: pool.id, each: 2 }],
};

/** A web service that needs four machines from 8 to 10 and ten from 10 to 12, all of them in one pool. */
function holder(change: Partial<Holder> = {}): Holder {
  return {
    campaignId: 'other',
    name: 'Other',
    content: { pools: [pool], limits: [quota], leadMs: HOUR / 2 },
    phases: [phase('ramp', 8, 10), phase('peak', 10, 12)],
    targets: [
      { service: 'web', poolId: pool.id, phase: 'ramp', machines: 4 },
      { service: 'web', poolId: pool.id, phase: 'peak', machines: 10 },
    ],
    drainMs: HOUR / 10,
    standing: new Map(),
    ...change,
  };
}

const none = { leadMs: 0, drainMs: 0 };

function heldFrom(from: number, until: number, holders: readonly Holder[]): number {
  const held = heldBy(holders, windowsOf([phase('peak', from, until)], none));
  return sumHeld(held.get(quota.id))?.[0] ?? 0;
}

describe('what a campaign holds', () => {
  it.each([
    ['nothing before its machines are ordered', 5, 7, 0],
    ['its first machines from their order on', 7, 7.75, 8],
    ['the most of all phases that are open', 8, 11, 20],
    ['its last machines until they have drained', 12, 13, 20],
    ['nothing after that', 12.5, 14, 0],
  ])('is %s', (_what, from, until, vcpu) => {
    expect(heldFrom(from, until, [holder()])).toBe(vcpu);
  });

  it('is not counted twice: what stood when the cloud was asked is used by its own word', () => {
    expect(heldFrom(10.6, 11, [holder({ standing: new Map([[pool.id, 7]]) })])).toBe(6);
    expect(heldFrom(10.6, 11, [holder({ standing: new Map([[pool.id, 12]]) })])).toBe(0);
  });

  it('adds up over campaigns, and over services, of which each keeps its own machines', () => {
    expect(heldFrom(10.6, 11, [holder(), holder({ campaignId: 'third', name: 'Third' })])).toBe(40);
    const handOver = [
      { service: 'web', poolId: pool.id, phase: 'ramp' as const, machines: 4 },
      { service: 'api', poolId: pool.id, phase: 'peak' as const, machines: 3 },
    ];
    expect(heldFrom(9.75, 10.25, [holder({ targets: handOver })])).toBe(14);
  });

  it('is stock at least where its plan kept no limits', () => {
    const { content } = holder();
    const old = holder({ content: { pools: content.pools, leadMs: content.leadMs } });
    const held = heldBy([old], windowsOf([phase('peak', 10, 11)], none));
    expect([...held.keys()]).toEqual([stockId(pool)]);
  });
});

describe('a plan beside others', () => {
  const planned = (machines: number) => ({
    phases: [phase('peak', 10, 12)],
    allocations: [{ service: 'shop', poolId: pool.id, phase: 'peak' as const, machines }],
    limits: [quota],
  });
  const held = heldBy([holder()], windowsOf([phase('peak', 10, 12)], none));

  it('may use what they leave, to the last machine', () => {
    expect(overdrafts(planned(10), held)).toEqual([]);
    expect(overdrafts(planned(11), held)).toEqual([
      { limit: quota, phase: 'peak', own: 22, held: 20, by: ['Other'] },
    ]);
  });

  it('is not in their way where it takes nothing, however full it is there', () => {
    const tight = { ...planned(0), limits: [{ ...quota, free: 4 }] };
    expect(overdrafts(tight, held)).toEqual([]);
  });

  it('names who holds what, and says whether that leaves too little', () => {
    expect(heldReasons(planned(10), held).map(({ text }) => text)).toEqual([
      'Campaign "Other" holds 20 vCPU (cloud/east/std) at the same time; this plan uses up all that is left of it.',
    ]);
    expect(heldReasons(planned(3), held)).toMatchObject([{ code: 'held', params: { campaign: 'Other' } }]);
  });
});
