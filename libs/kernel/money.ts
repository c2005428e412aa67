import { Decimal as BaseDecimal } from 'decimal.js';
import { SpringtideError } from './errors.js';

/** Exact decimals with 40 significant digits, half-even, never in exponent form: enough for any bill. */
export const Decimal = BaseDecimal.clone({
  precision: 40,
  rounding: BaseDecimal.ROUND_HALF_EVEN,
  toExpNeg: -40,
  toExpPos: 40,
});
export type Decimal = BaseDecimal;

/** An exact amount. `currency` is ISO 4217; `amount` is a plain decimal string, so that it crosses JSON unharmed. */
export type Money = Readonly<{ currency: string; amount: string }>;

/** @throws invalid-argument when the text is not a plain finite decimal or the currency not three capitals. */
export function money(currency: string, amount: string | number | Decimal): Money {
  if (!/^[A-Z]{3}$/.test(currency)) {
    throw new SpringtideError('invalid-argument', `"${currency}" is not an ISO 4217 currency code`);
  }
  return { currency, amount: decimal(amount).toString() };
}

/** @throws invalid-argument when the text is not a finite decimal. */
export function decimal(value: string | number | Decimal): Decimal {
  try {
    const parsed = new Decimal(value);
    if (parsed.isFinite()) return parsed;
  } catch (cause) {
    throw new SpringtideError('invalid-argument', `"${String(value)}" is not a decimal number`, { cause });
  }
  throw new SpringtideError('invalid-argument', `"${String(value)}" is not a finite number`);
}

export function zero(currency: string): Money {
  return money(currency, '0');
}

/** @throws invalid-argument when the currencies differ: a conversion needs a dated rate, never a silent sum. */
export function addMoney(a: Money, b: Money): Money {
  return money(sameCurrency(a, b), decimal(a.amount).plus(b.amount));
}

export function subtractMoney(a: Money, b: Money): Money {
  return money(sameCurrency(a, b), decimal(a.amount).minus(b.amount));
}

export function multiplyMoney(a: Money, factor: string | number | Decimal): Money {
  return money(a.currency, decimal(a.amount).times(decimal(factor)));
}

export function sumMoney(currency: string, amounts: Iterable<Money>): Money {
  let total = zero(currency);
  for (const amount of amounts) total = addMoney(total, amount);
  return total;
}

/** Negative when a < b, zero when equal, positive when a > b. */
export function compareMoney(a: Money, b: Money): number {
  sameCurrency(a, b);
  return decimal(a.amount).comparedTo(b.amount);
}

/** For display and settled totals only; sums are kept exact and rounded once, at the end. */
export function roundMoney(a: Money, places: number): Money {
  return money(a.currency, decimal(a.amount).toDecimalPlaces(places));
}

/** For limits that must hold what they were made from. */
export function ceilMoney(a: Money, places: number): Money {
  return money(a.currency, decimal(a.amount).toDecimalPlaces(places, Decimal.ROUND_UP));
}

function sameCurrency(a: Money, b: Money): string {
  if (a.currency !== b.currency) {
    throw new SpringtideError(
      'invalid-argument',
      `amounts in ${a.currency} and ${b.currency} cannot be combined without a dated exchange rate`,
    );
  }
  return a.currency;
}
