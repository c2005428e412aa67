import type { Usage } from './usage-book.js';

const HOUR_MS = 3_600_000;
/** The vendor's day and month begin in Beijing. */
const BEIJING_MS = 8 * HOUR_MS;
/** Amounts are counted in units of 1e-8 yuan, the vendor's last place. */
const UNITS_PER_FEN = 1_000_000;

/** `cost` at the list price, `real` after discounts, `voucher` what vouchers paid of that. */
export type BillComponent = Readonly<{
  usage: Usage;
  seconds: number;
  price: bigint;
  cost: bigint;
  real: bigint;
  voucher: bigint;
}>;

export type BillTotal = Pick<BillComponent, 'cost' | 'real' | 'voucher'>;

/** As the settings of the yard have them. */
export type BillTerms = Readonly<{ billLagMs: number; discountPercent: number; voucherPercent: number }>;

/** What one resource cost in one hour. */
export type BillLine = Readonly<{
  id: string;
  from: number;
  to: number;
  usage: Usage;
  components: readonly BillComponent[];
}>;

/** Month as `2026-11`. Hours that are not over yet, or not for long enough, are in no bill. */
export function billLines(
  usages: readonly Usage[],
  month: string,
  now: number,
  terms: BillTerms,
): readonly BillLine[] {
  const settledUntil = Math.floor((now - terms.billLagMs) / HOUR_MS) * HOUR_MS;
  const lines = new Map<string, BillComponent[]>();
  for (const usage of usages) {
    const end = Math.min(usage.to ?? settledUntil, settledUntil);
    for (let hour = Math.floor(usage.from / HOUR_MS) * HOUR_MS; hour < end; hour += HOUR_MS) {
      if (monthOf(hour) !== month) continue;
      const seconds = secondsIn(usage, hour, end);
      if (seconds === 0) continue;
      const key = `${hour}/${usage.resourceId}`;
      lines.set(key, [...(lines.get(key) ?? []), componentOf(usage, seconds, terms)]);
    }
  }
  return [...lines]
    .map(([id, components]) => lineOf(id, components))
    .toSorted((one, other) => one.from - other.from);
}

export function monthOf(at: number): string {
  return new Date(at + BEIJING_MS).toISOString().slice(0, 7);
}

/** `0.44000000` */
export function yuanText(units: bigint): string {
  const text = units.toString().padStart(9, '0');
  return `${text.slice(0, -8)}.${text.slice(-8)}`;
}

export function totalOf(lines: readonly BillLine[]): BillTotal {
  const sum = (part: keyof BillTotal) =>
    lines.flatMap(({ components }) => components).reduce((total, component) => total + component[part], 0n);
  return { cost: sum('cost'), real: sum('real'), voucher: sum('voucher') };
}

function secondsIn(usage: Usage, hour: number, end: number): number {
  return Math.max(0, Math.ceil((Math.min(end, hour + HOUR_MS) - Math.max(usage.from, hour)) / 1_000));
}

function componentOf(usage: Usage, seconds: number, terms: BillTerms): BillComponent {
  const price = BigInt(Math.round(usage.fenPerHour * UNITS_PER_FEN));
  const cost = (price * BigInt(seconds) + 1_800n) / 3_600n;
  const real = percentOf(cost, terms.discountPercent);
  return { usage, seconds, price, cost, real, voucher: percentOf(real, terms.voucherPercent) };
}

function percentOf(units: bigint, percent: number): bigint {
  return (units * BigInt(percent) + 50n) / 100n;
}

function lineOf(id: string, components: readonly BillComponent[]): BillLine {
  const [first] = components;
  if (first === undefined) throw new Error('a bill line without components');
  const hour = Number(id.split('/')[0]);
  const from = Math.max(hour, first.usage.from);
  return { id, from, to: from + first.seconds * 1_000, usage: first.usage, components };
}
