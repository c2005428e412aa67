import type { PlanPool } from '@springtide/contracts';
import { refusedAlongWith, spreadFallbacks } from './fallback-pools.js';

function pool(id: string, changes: Partial<PlanPool> = {}): PlanPool {
  const [accountId = '', zone = '', machineType = ''] = id.split('/');
  const place = {
    id,
    accountId,
    accountName: accountId,
    provider: accountId,
    region: 'r',
    zone,
    machineType,
  };
  const price = { currency: 'CNY', amount: '1' };
  return { ...place, purchaseOption: 'on-demand', pricePerHour: price, cap: 9, ...changes };
}

describe('where to fall back to', () => {
  const pools = ['a/z1/s', 'a/z1/l', 'a/z2/s', 'a/z3/s', 'b/z1/s', 'b/z2/s'].map((id) => pool(id));

  it('spreads over accounts, then over zones, the best of each first', () => {
    const ranked = pools.map(({ id }) => id);
    expect(spreadFallbacks(ranked, pools, 4)).toEqual(['a/z1/s', 'b/z1/s', 'a/z2/s', 'b/z2/s']);
  });

  it('takes what there is, and nothing that is no pool', () => {
    expect(spreadFallbacks(['x', 'a/z2/s'], pools, 4)).toEqual(['a/z2/s']);
  });
});

describe('what a refusal says of other pools', () => {
  const pools = [
    pool('a/z1/s'),
    pool('a/z2/s'),
    pool('a/z3/s', { purchaseOption: 'spot' }),
    pool('a/z4/s', { region: 'other' }),
    pool('b/z1/s'),
  ];

  it.each([
    ['insufficient-capacity', ['a/z1/s']],
    ['quota-exceeded', ['a/z1/s', 'a/z2/s']],
    ['balance', ['a/z1/s', 'a/z2/s', 'a/z3/s', 'a/z4/s']],
  ])('%s', (code, refused) => {
    expect([...refusedAlongWith([{ poolId: 'a/z1/s', code }], pools)].toSorted()).toEqual(refused);
  });
});
