import { sentence, type Sentence } from '@springtide/contracts';
import { HOUR, decimal, msBetween, type Decimal, type Instant, type Money } from '@springtide/kernel';

/** How many machines of a group a month's money carries. Machines are those of the group, without the standing fleet. */
type MonthQuestion = Readonly<{
  now: Instant;
  wanted: number;
  /** Kept whatever it costs. */
  floor: number;
  /** When the month ends, or the group where that is earlier. */
  until: Instant;
  limit: Money;
  spent: Money;
  /** Of so many machines for an hour; never less for more machines. Undefined in another currency than the limit. */
  costOf: (machines: number) => Money;
}>;

/** `told`: empty where the money carries everything. */
type Braked = Readonly<{ machines: number; told: readonly Sentence[] }>;

/**
 * First the floor's money until the end is set aside; every machine above it must fit into the rest for another hour. So
 * fewer and fewer stay while the money goes, down to the floor, which stays also where the limit is broken by it.
 */
export function withinMonth(question: MonthQuestion): Braked {
  const { wanted, limit, costOf } = question;
  const floor = Math.min(question.floor, wanted);
  const { currency } = costOf(floor);
  if (currency !== limit.currency) {
    const told = sentence('month.currency', { limited: limit.currency, paid: currency, floor });
    return { machines: floor, told: wanted === floor ? [] : [told] };
  }
  const hours = decimal(Math.max(0, msBetween(question.now, question.until))).dividedBy(HOUR);
  const floorCost = decimal(costOf(floor).amount);
  const free = decimal(limit.amount).minus(question.spent.amount).minus(floorCost.times(hours));
  const fits = (machines: number) =>
    decimal(costOf(machines).amount).minus(floorCost).lessThanOrEqualTo(free);
  const machines = fits(wanted) ? wanted : most(floor, wanted, fits);
  return { machines, told: toldOf({ ...question, floor, machines, free }) };
}

/** The greatest number from `least` on that fits; `least` whether it fits or not. */
function most(least: number, limit: number, fits: (machines: number) => boolean): number {
  let [low, high] = [least, limit];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

type Told = Omit<MonthQuestion, 'costOf'> & Readonly<{ machines: number; free: Decimal }>;

function toldOf({ wanted, floor, machines, free, limit, spent, until }: Told): readonly Sentence[] {
  const { amount, currency } = limit;
  const over = wanted - machines;
  const month = { limit: amount, currency, spent: text(spent.amount) };
  const held = over === 0 ? [] : [sentence('month.held', { ...month, over, wanted, machines })];
  const broken = free.isNegative()
    ? [sentence('month.floor', { floor, until, over: text(free.negated()), currency })]
    : [];
  return [...held, ...broken];
}

function text(amount: Decimal | string): string {
  return decimal(amount).toDecimalPlaces(2).toString();
}
