import { amountFor, billedSeconds, wholeSeconds } from '@springtide/effects/domain';
import {
  SpringtideError,
  addMoney,
  money,
  msBetween,
  sumMoney,
  type Instant,
  type Money,
} from '@springtide/kernel';
import type { UsageInterval } from './usage.js';

/** Where the interval ends as seen from `at`: its end, or `at` while it runs. */
export function endOf(interval: UsageInterval, at: Instant): Instant {
  return interval.to !== null && msBetween(interval.to, at) > 0 ? interval.to : at;
}

/** Nothing before its start; from then on at least its minimum. */
export function billedUntil(interval: UsageInterval, at: Instant): number {
  if (msBetween(interval.from, at) < 0) return 0;
  return billedSeconds({ ...interval, to: endOf(interval, at) }, at);
}

export type RunningCostRow = Readonly<{
  interval: UsageInterval;
  runningSeconds: number;
  billedSeconds: number;
  amount: Money;
}>;

export type RunningCost = Readonly<{ total: Money; rows: readonly RunningCostRow[] }>;

/**
 * What these machines cost up to `at`: whole seconds at the offering's price per hour, not less than the minimum.
 * @throws invalid-argument when a price is in another currency: a sum needs a dated rate.
 */
export function costOfRunning(
  input: Readonly<{ intervals: readonly UsageInterval[]; at: Instant; currency: string }>,
): RunningCost {
  const rows = input.intervals.map((interval) => {
    const price = interval.pricePerHour ?? money(input.currency, 0);
    if (price.currency !== input.currency) throw otherCurrency(interval, input.currency);
    const billed = billedUntil(interval, input.at);
    return {
      interval,
      runningSeconds: wholeSeconds(interval.from, endOf(interval, input.at)),
      billedSeconds: billed,
      amount: amountFor(price, billed),
    };
  });
  const amounts = rows.map((row) => row.amount);
  return { total: sumMoney(input.currency, amounts), rows };
}

/** Sums by key; the sums of the groups add up to the sum of the rows exactly. */
export function sumBy<T>(
  currency: string,
  rows: readonly T[],
  key: (row: T) => string,
  amount: (row: T) => Money,
): ReadonlyMap<string, Money> {
  const sums = new Map<string, Money>();
  for (const row of rows) {
    sums.set(key(row), addMoney(sums.get(key(row)) ?? money(currency, 0), amount(row)));
  }
  return sums;
}

function otherCurrency(interval: UsageInterval, currency: string): SpringtideError {
  return new SpringtideError(
    'invalid-argument',
    `machine ${interval.machine} is priced in ${interval.pricePerHour?.currency ?? 'nothing'}, the campaign in ` +
      `${currency}; the two cannot be added without a dated exchange rate`,
  );
}
