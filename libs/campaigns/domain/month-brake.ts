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

type Braked = Readonly<{ machines: number; text: string | null }>;

/**
 * First the floor's money until the end is set aside; every machine above it must fit into the rest for another hour. So
 * fewer and fewer stay while the money goes, down to the floor, which stays also where the limit is broken by it.
 */
export function withinMonth(question: MonthQuestion): Braked {
  const { wanted, limit, costOf } = question;
  const floor = Math.min(question.floor, wanted);
  const { currency } = costOf(floor);
  if (currency !== limit.currency) {
    const text = `the month's money is limited in ${limit.currency} and the group pays in ${currency}, so what fits is not known: it holds at its floor of ${floor}. Set the limit in ${currency}`;
    return { machines: floor, text: wanted === floor ? null : text };
  }
  const hours = decimal(Math.max(0, msBetween(question.now, question.until))).dividedBy(HOUR);
  const floorCost = decimal(costOf(floor).amount);
  const free = decimal(limit.amount).minus(question.spent.amount).minus(floorCost.times(hours));
  const fits = (machines: number) =>
    decimal(costOf(machines).amount).minus(floorCost).lessThanOrEqualTo(free);
  const machines = fits(wanted) ? wanted : most(floor, wanted, fits);
  return { machines, text: textOf({ ...question, floor, machines, free }) };
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

function textOf({ wanted, floor, machines, free, limit, spent, until }: Told): string | null {
  const month = `of ${limit.amount} ${limit.currency} for this month (UTC) ${text(spent.amount)} are spent`;
  const held =
    machines === wanted
      ? []
      : [
          `${month}: ${wanted - machines} of ${wanted} machines do not fit, so ${machines} stay or come and the others are not bought or go back; expect slow answers, or raise the limit`,
        ];
  const broken = free.isNegative()
    ? [
        `the floor of ${floor} is kept until ${until} all the same, and costs ${text(free.negated())} ${limit.currency} more than the limit; lower the floor, or raise the limit`,
      ]
    : [];
  return held.length + broken.length === 0 ? null : [...held, ...broken].join('; ');
}

function text(amount: Decimal | string): string {
  return decimal(amount).toDecimalPlaces(2).toString();
}
