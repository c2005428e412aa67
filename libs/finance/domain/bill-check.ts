import { amountFor } from '@springtide/effects/domain';
import {
  MINUTE,
  addMoney,
  addMs,
  compareMoney,
  decimal,
  money,
  msBetween,
  multiplyMoney,
  subtractMoney,
  zero,
  type Decimal,
  type Instant,
  type Money,
} from '@springtide/kernel';
import { billedUntil } from './running-cost.js';
import type { UsageInterval } from './usage.js';

/** What a cloud charges for one resource and one span of time, as close as it tells it. */
export type BilledCharge = Readonly<{
  resourceId: string;
  product: string;
  from: Instant;
  to: Instant;
  amount: Money;
}>;

/** What outlived its machine and was let go: it costs what nobody priced. `until`: null while it is not let go. */
export type KnownSatellite = Readonly<{ id: string; accountId: string; until: Instant | null }>;

export const BILL_FINDINGS = [
  /** Charged for time after the ledger says it was gone: money paid unseen. */
  'after-end',
  /** Charged for time before the ledger knew it. */
  'before-start',
  /** More than was expected, and the times do not say why. */
  'above',
  /** Charged in another currency than its price was in: shown, never converted. */
  'other-currency',
  /** Charged, and the ledger knows no price for it. */
  'no-price',
  /** It ran, and its charge may still come. */
  'not-yet',
  /** It ran, its charge should have been there, and is not. */
  'no-charge',
] as const;
export type BillFindingKind = (typeof BILL_FINDINGS)[number];

export type BillFinding = Readonly<{
  kind: BillFindingKind;
  resource: 'machine' | 'satellite';
  resourceId: string;
  /** The time that the finding is about. */
  from: Instant | null;
  to: Instant | null;
  expected: Money | null;
  billed: Money | null;
  /** Of what was billed, how much nobody expected. */
  unseen: Money | null;
}>;

export type BillTolerance = Readonly<{
  /** Of what was expected. */
  share: string;
  /** In whatever currency. The larger of the two counts. */
  amount: string;
  /** Clouds count from when a machine runs until it has really ended; the ledger from call to call. */
  apartMs: number;
}>;

export const BILL_TOLERANCE: BillTolerance = { share: '0.01', amount: '0.01', apartMs: 5 * MINUTE };

/** One account as it is held against its bill. `toldUntil`: use before it must be on the bill by now. */
export type BillQuestion = Readonly<{
  usage: readonly UsageInterval[];
  satellites: readonly KnownSatellite[];
  charges: readonly BilledCharge[];
  at: Instant;
  toldUntil: Instant;
}>;

/** Expected and billed in one currency. Two currencies are two of these; nothing is converted. */
export type BillTotal = Readonly<{
  expected: Money;
  billed: Money;
  difference: Money;
  /** Of what was expected, one decimal; null where nothing was. */
  percent: string | null;
}>;

export type BillCheck = Readonly<{
  machines: number;
  totals: readonly BillTotal[];
  findings: readonly BillFinding[];
  /** Every machine is on the bill, and nothing of their time can be missing from it any more. */
  covered: boolean;
}>;

type Ran = Readonly<{ interval: UsageInterval; expected: Money | null }>;

/** Holds what the cloud charges for a campaign's machines and satellites of one account against what the ledger says ran. */
export function checkBill(question: BillQuestion, tolerance: BillTolerance = BILL_TOLERANCE): BillCheck {
  const { usage, satellites, toldUntil } = question;
  const charges = Map.groupBy(question.charges, (charge) => charge.resourceId);
  const ran = usage.map((interval) => ({ interval, expected: expectedOf(interval, toldUntil) }));
  const machines = new Set(ran.map(({ interval }) => interval.machine));
  const findings = [
    ...ran.flatMap((one) =>
      machineFindings(one, charges.get(one.interval.machine) ?? [], question, tolerance),
    ),
    ...satellites
      .filter(({ id }) => !machines.has(id))
      .flatMap((one) => satelliteFindings(one, charges.get(one.id) ?? [], tolerance)),
  ];
  const known = new Set([...machines, ...satellites.map(({ id }) => id)]);
  const counted = question.charges.filter(({ resourceId }) => known.has(resourceId));
  const waits = findings.some(({ kind }) => kind === 'not-yet' || kind === 'no-charge');
  const told = usage.every(({ to }) => to !== null && to <= toldUntil);
  return {
    machines: ran.length,
    totals: totalsOf(ran, counted),
    findings: findings.toSorted(worstFirst),
    covered: told && !waits,
  };
}

/** Whole running seconds at the price of the plan, as far as the bill can know of them. */
function expectedOf(interval: UsageInterval, toldUntil: Instant): Money | null {
  const { pricePerHour, to } = interval;
  return pricePerHour === null ? null : amountFor(pricePerHour, billedUntil(interval, to ?? toldUntil));
}

function machineFindings(
  { interval, expected }: Ran,
  charges: readonly BilledCharge[],
  { toldUntil }: BillQuestion,
  tolerance: BillTolerance,
): BillFinding[] {
  const { machine, from, to } = interval;
  const base = { resource: 'machine', resourceId: machine, from, to, expected } as const;
  if (charges.length === 0) {
    if (expected === null || isNothing(expected)) return [];
    const kind = to === null || to > toldUntil ? 'not-yet' : 'no-charge';
    return [{ ...base, kind, billed: null, unseen: null }];
  }
  return sumsOf(charges).flatMap(([billed, own]): BillFinding[] => {
    const outside = timesOutside(interval, own, tolerance.apartMs).map((time) => ({
      ...base,
      billed,
      ...time,
    }));
    if (expected === null) return [...outside, { ...base, kind: 'no-price', billed, unseen: billed }];
    if (expected.currency !== billed.currency) {
      return [...outside, { ...base, kind: 'other-currency', billed, unseen: null }];
    }
    const unseen = subtractMoney(billed, expected);
    // What lies outside its time is named as that, and not a second time as too much.
    if (outside.length > 0 || !isAbove(unseen, expected, tolerance)) return outside;
    return [{ ...base, kind: 'above', billed, unseen }];
  });
}

function satelliteFindings(
  { id, until }: KnownSatellite,
  charges: readonly BilledCharge[],
  tolerance: BillTolerance,
): BillFinding[] {
  return sumsOf(charges).flatMap(([billed, own]) => {
    const late = until === null ? undefined : timeAfter(own, addMs(until, tolerance.apartMs));
    if (late === undefined) return [];
    const base = { kind: 'after-end', resource: 'satellite', resourceId: id } as const;
    return [{ ...base, expected: null, billed, ...late }];
  });
}

type Outside = Readonly<{ kind: 'after-end' | 'before-start'; from: Instant; to: Instant; unseen: Money }>;

/** Charged time that the ledger knows nothing of. A cloud that ends a machine minutes late is not among them. */
function timesOutside(interval: UsageInterval, charges: readonly BilledCharge[], apartMs: number): Outside[] {
  const after = interval.to === null ? undefined : timeAfter(charges, addMs(interval.to, apartMs));
  const before = timeBefore(charges, addMs(interval.from, -apartMs));
  return [
    ...(after === undefined ? [] : [{ kind: 'after-end' as const, ...after }]),
    ...(before === undefined ? [] : [{ kind: 'before-start' as const, ...before }]),
  ];
}

type Part = Readonly<{ from: Instant; to: Instant; unseen: Money }>;

function timeAfter(charges: readonly BilledCharge[], edge: Instant): Part | undefined {
  return joined(
    charges.flatMap((charge) => {
      if (charge.to <= edge || (charge.from < edge && isCalendarTime(charge))) return [];
      const from = charge.from > edge ? charge.from : edge;
      return [{ from, to: charge.to, unseen: shareOf(charge, from, charge.to) }];
    }),
  );
}

function timeBefore(charges: readonly BilledCharge[], edge: Instant): Part | undefined {
  return joined(
    charges.flatMap((charge) => {
      if (charge.from >= edge || (charge.to > edge && isCalendarTime(charge))) return [];
      const to = charge.to < edge ? charge.to : edge;
      return [{ from: charge.from, to, unseen: shareOf(charge, charge.from, to) }];
    }),
  );
}

/** What was free, or came back, is no money paid unseen. */
function joined(parts: readonly Part[]): Part | undefined {
  const [first, ...rest] = parts;
  if (first === undefined) return undefined;
  const all = rest.reduce(
    (sum, part) => ({
      from: part.from < sum.from ? part.from : sum.from,
      to: part.to > sum.to ? part.to : sum.to,
      unseen: addMoney(sum.unseen, part.unseen),
    }),
    first,
  );
  return compareMoney(all.unseen, zero(all.unseen.currency)) > 0 ? all : undefined;
}

/** Clouds that tell no closer name whole hours or days; no time zone is further from them than a quarter of an hour. */
const CALENDAR_MS = 15 * MINUTE;
const EPOCH: Instant = '1970-01-01T00:00:00.000Z';

/** Then where in it the use was is not told, and only sums can be compared. */
function isCalendarTime({ from, to }: BilledCharge): boolean {
  return [from, to].every((instant) => msBetween(EPOCH, instant) % CALENDAR_MS === 0);
}

/** The part of a charge that falls into a part of its time. */
function shareOf(charge: BilledCharge, from: Instant, to: Instant): Money {
  const whole = msBetween(charge.from, charge.to);
  if (whole <= 0 || (from === charge.from && to === charge.to)) return charge.amount;
  const share = decimal(charge.amount.amount).times(msBetween(from, to)).dividedBy(whole);
  return money(charge.amount.currency, share.toDecimalPlaces(10));
}

function isAbove(unseen: Money, expected: Money, { share, amount }: BillTolerance): boolean {
  const byShare = multiplyMoney(expected, share);
  const least = money(expected.currency, amount);
  const allowed = compareMoney(byShare, least) > 0 ? byShare : least;
  return compareMoney(unseen, allowed) > 0;
}

function isNothing({ amount }: Money): boolean {
  return decimal(amount).isZero();
}

/** Sums by currency, each with its charges. */
function sumsOf(charges: readonly BilledCharge[]): (readonly [Money, readonly BilledCharge[]])[] {
  return [...Map.groupBy(charges, ({ amount }) => amount.currency)].map(([currency, own]) => {
    return [own.reduce((sum, { amount }) => addMoney(sum, amount), zero(currency)), own];
  });
}

function totalsOf(ran: readonly Ran[], charges: readonly BilledCharge[]): BillTotal[] {
  const expected = ran.flatMap((one) => (one.expected === null ? [] : [one.expected]));
  const billed = charges.map(({ amount }) => amount);
  const currencies = [...new Set([...expected, ...billed].map(({ currency }) => currency))].toSorted();
  return currencies.map((currency) => totalOf(sumIn(currency, expected), sumIn(currency, billed)));
}

function sumIn(currency: string, amounts: readonly Money[]): Money {
  return amounts
    .filter((amount) => amount.currency === currency)
    .reduce((sum, amount) => addMoney(sum, amount), zero(currency));
}

function totalOf(expected: Money, billed: Money): BillTotal {
  const difference = subtractMoney(billed, expected);
  const share = isNothing(expected) ? null : decimal(difference.amount).times(100).dividedBy(expected.amount);
  return { expected, billed, difference, percent: share === null ? null : percentText(share) };
}

/** Without a minus before nothing. */
function percentText(share: Decimal): string {
  return share.toDecimalPlaces(1).plus(0).toFixed(1);
}

function worstFirst(a: BillFinding, b: BillFinding): number {
  const kinds = BILL_FINDINGS.indexOf(a.kind) - BILL_FINDINGS.indexOf(b.kind);
  if (kinds !== 0) return kinds;
  const money = decimal(b.unseen?.amount ?? 0).comparedTo(a.unseen?.amount ?? 0);
  return money !== 0 ? money : a.resourceId.localeCompare(b.resourceId);
}
