import { roundMoney, type Money } from '@springtide/kernel';
import type { PriceDrift } from '@springtide/readiness/domain';

type Told = Extract<PriceDrift, { kind: 'told' }>;

/** That prices rose further than an approval allows, with both sums. @param limit share by which they might rise. */
export function riseText({ ratio, now, basis }: Told, limit: number): string {
  const by = ratio === null ? 'from nothing' : `by ${Math.round((ratio - 1) * 1000) / 10} %`;
  return (
    `prices have risen ${by} since the approval, past its limit of ${Math.round(limit * 100)} %: ` +
    `the plan costs ${moneyText(now)} now and cost ${moneyText(basis)}`
  );
}

export function moneyText(amount: Money): string {
  const { amount: digits, currency } = roundMoney(amount, 2);
  return `${digits} ${currency}`;
}
