import {
  addMoney,
  decimal,
  money,
  msBetween,
  roundMoney,
  toInstant,
  HOUR,
  type Instant,
  type Money,
} from '@springtide/kernel';
import { amountFor, wholeSeconds, type MachineUsage } from '@springtide/effects/domain';

type Month = Readonly<{ from: Instant; until: Instant }>;

/** The calendar month of an instant, in UTC: tenants have no zone of their own. */
export function monthOf(now: Instant): Month {
  const at = new Date(now);
  const first = (later: number) =>
    toInstant(new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + later, 1)));
  return { from: first(0), until: first(1) };
}

type Used = Pick<MachineUsage, 'pricePerHour' | 'minimumBillingSeconds' | 'from' | 'to'>;

/** What machines cost in a month until `at`, by currency. The least that is billed counts where a machine came. */
export function spentIn(month: Month, usages: readonly Used[], at: Instant): readonly Money[] {
  return sumsOf(
    usages.flatMap(({ pricePerHour, minimumBillingSeconds, from, to }) => {
      const end = [to ?? at, month.until].toSorted()[0] ?? at;
      if (from >= month.until || end < month.from) return [];
      const isNew = from >= month.from;
      const seconds = wholeSeconds(isNew ? from : month.from, end);
      return [amountFor(pricePerHour, isNew ? Math.max(seconds, minimumBillingSeconds) : seconds)];
    }),
  );
}

/** What a month has cost at its end, if what runs now runs on until then, or until `until` where that is earlier. */
export function projectedIn(
  month: Month,
  usages: readonly Used[],
  { at, until }: Readonly<{ at: Instant; until: Instant }>,
): readonly Money[] {
  const hours = decimal(Math.max(0, msBetween(at, until < month.until ? until : month.until))).dividedBy(
    HOUR,
  );
  const running = usages
    .filter(({ to }) => to === null)
    .map(({ pricePerHour: { currency, amount } }) => money(currency, decimal(amount).times(hours)));
  return sumsOf([...spentIn(month, usages, at), ...running]);
}

function sumsOf(amounts: readonly Money[]): readonly Money[] {
  const sums = new Map<string, Money>();
  for (const amount of amounts) {
    const before = sums.get(amount.currency);
    sums.set(amount.currency, before === undefined ? amount : addMoney(before, amount));
  }
  return [...sums.values()].map((sum) => roundMoney(sum, 10));
}
