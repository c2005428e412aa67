import { decimal, multiplyMoney, sumMoney, type Money } from '@springtide/kernel';
import type { MarketFacts, Measured } from './facts.js';
import type { ReadinessSubject } from './subject.js';

export type PriceDrift =
  /** Pools whose price is not known now: what has no price is not bought. */
  | Readonly<{ kind: 'untold'; pools: readonly string[] }>
  | Readonly<{
      kind: 'told';
      /** The plan's machine-hours at prices of now; without start cost, so that like meets like. */
      now: Money;
      /** The same at the prices that were approved. */
      basis: Money;
      /** now / basis; null where it was to cost nothing. */
      ratio: number | null;
      isPast: boolean;
    }>;

type Planned = Pick<ReadinessSubject, 'pools' | 'use' | 'currency' | 'priceBasis' | 'priceDriftLimit'>;

export type AccountMarket = Readonly<{ id: string; market: Measured<MarketFacts> }>;

export function priceDrift(subject: Planned, markets: readonly AccountMarket[]): PriceDrift {
  const priceNow = (pool: Planned['pools'][number]): Money | null => {
    const market = markets.find((one) => one.id === pool.accountId)?.market;
    if (market?.known !== true) return null;
    const price = market.value.offers.find((one) => one.poolId === pool.id)?.offer?.price ?? null;
    return price?.currency === subject.currency ? price : null;
  };
  const untold = subject.pools.filter((pool) => priceNow(pool) === null);
  if (untold.length > 0) return { kind: 'untold', pools: untold.map((pool) => pool.id) };
  const now = costAt(subject, (pool) => priceNow(pool) ?? pool.pricePerHour);
  const basis = subject.priceBasis ?? costAt(subject, (pool) => pool.pricePerHour);
  const most = multiplyMoney(basis, 1 + subject.priceDriftLimit);
  const isPast = decimal(now.amount).greaterThan(most.amount);
  const ratio = decimal(basis.amount).isZero() ? null : decimal(now.amount).div(basis.amount).toNumber();
  return { kind: 'told', now, basis, ratio, isPast };
}

function costAt(
  { pools, use, currency }: Planned,
  priceOf: (pool: Planned['pools'][number]) => Money,
): Money {
  const rows = use.flatMap(({ poolId, machines, hours }) => {
    const pool = pools.find((one) => one.id === poolId);
    return pool === undefined ? [] : [multiplyMoney(priceOf(pool), decimal(machines).times(hours))];
  });
  return sumMoney(currency, rows);
}
