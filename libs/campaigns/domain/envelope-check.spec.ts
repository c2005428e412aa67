import type { Envelope } from '@springtide/contracts';
import { money } from '@springtide/kernel';
import fc from 'fast-check';
import { envelopeBreaches, residualOf, type ResidualPlan } from './envelope-check.js';

const envelope: Envelope = {
  planId: '30000000-0000-4000-8000-000000000001',
  planHash: 'h',
  poolIds: ['a', 'b'],
  maxMachines: 10,
  budget: money('CNY', 100),
  maxPerHour: money('CNY', 20),
  latestStart: '2026-11-11T00:00:00.000Z',
  priceBasis: null,
  priceDriftLimit: 0.1,
};

const inside: ResidualPlan = {
  planHash: 'h',
  poolIds: ['a', 'b'],
  machines: 10,
  perHour: money('CNY', 20),
  cost: money('CNY', 100),
  startsAt: '2026-11-11T00:00:00.000Z',
};

const codes = (change: Partial<ResidualPlan>) =>
  envelopeBreaches(envelope, { ...inside, ...change }).map(({ code }) => code);

describe('a residual plan', () => {
  it('runs without asking up to every limit, the limits included', () => {
    expect(codes({})).toEqual([]);
    expect(codes({ poolIds: ['b'], machines: 0, cost: money('CNY', 0) })).toEqual([]);
  });

  it.each<readonly [string, Partial<ResidualPlan>]>([
    ['other-plan', { planHash: 'g' }],
    ['other-pools', { poolIds: ['a', 'c'] }],
    ['too-many-machines', { machines: 11 }],
    ['too-dear-per-hour', { perHour: money('CNY', '20.01') }],
    ['over-budget', { cost: money('CNY', '100.0000000001') }],
    ['over-budget', { cost: money('USD', 1) }],
    ['too-late', { startsAt: '2026-11-11T00:00:00.001Z' }],
  ])('must be asked for when it is %s: %j', (code, change) => {
    expect(codes(change)).toEqual([code]);
  });

  it('names everything that would be new at once', () => {
    expect(codes({ poolIds: ['c'], machines: 99, startsAt: '2027-01-01T00:00:00.000Z' })).toEqual([
      'other-pools',
      'too-many-machines',
      'too-late',
    ]);
    const [pools] = envelopeBreaches(envelope, { ...inside, poolIds: ['a', 'c', 'd'] });
    expect(pools?.params).toEqual({ pools: 'c, d' });
  });

  it('never gets inside by asking for more', () => {
    const more = fc.record({ machines: fc.nat(40), cents: fc.nat(30_000), perHour: fc.nat(60) });
    fc.assert(
      fc.property(more, more, (less, extra) => {
        const asked = (one: typeof less) => ({
          machines: one.machines,
          cost: money('CNY', one.cents / 100),
          perHour: money('CNY', one.perHour),
        });
        const sum = {
          machines: less.machines + extra.machines,
          cents: less.cents + extra.cents,
          perHour: less.perHour + extra.perHour,
        };
        expect(codes(asked(sum))).toEqual(expect.arrayContaining(codes(asked(less))));
      }),
      { seed: 27 },
    );
  });
});

describe('the rest of a run as one residual plan', () => {
  const pool = (id: string, price: string) => ({
    id,
    accountId: '10000000-0000-4000-8000-000000000001',
    accountName: 'one',
    provider: 'simulated',
    region: 'r',
    zone: 'z',
    machineType: 't',
    purchaseOption: 'on-demand' as const,
    pricePerHour: money('CNY', price),
    cap: 9,
  });
  const rest = {
    pools: [pool('a', '1'), pool('b', '2')],
    phases: [
      { name: 'peak' as const, startsAt: '2026-11-11T00:00:00.000Z', endsAt: '2026-11-11T02:00:00.000Z' },
      { name: 'decay' as const, startsAt: '2026-11-11T02:00:00.000Z', endsAt: '2026-11-11T02:30:00.000Z' },
    ],
    allocations: [
      { service: 's', poolId: 'a', phase: 'peak' as const, machines: 4 },
      { service: 't', poolId: 'b', phase: 'peak' as const, machines: 3 },
      { service: 's', poolId: 'a', phase: 'decay' as const, machines: 2 },
      { service: 's', poolId: 'unused', phase: 'decay' as const, machines: 0 },
    ],
  };

  it('counts its busiest phase, its dearest hour, and what was spent before', () => {
    const approved = { planHash: 'h', startsAt: '2026-11-11T00:00:00.000Z' };
    const residual = residualOf(approved, rest, money('CNY', '70'));
    expect(residual).toEqual({
      ...approved,
      poolIds: ['a', 'b'],
      machines: 7,
      perHour: money('CNY', 10),
      // 70 spent, two hours at 10, half an hour at 2.
      cost: money('CNY', 91),
    });
    expect(envelopeBreaches(envelope, residual)).toEqual([]);
    expect(envelopeBreaches(envelope, residualOf(approved, rest, money('CNY', 80)))).toMatchObject([
      { code: 'over-budget', params: { approved: '100 CNY', asked: '101 CNY' } },
    ]);
  });
});
