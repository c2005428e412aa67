import { HOUR, SpringtideError, addMs, decimal, money, parseInstant, type Instant } from '@springtide/kernel';
import type { BillSpan, Charge } from '@springtide/provider-kit';
import type { BillDetail } from 'tencentcloud-sdk-nodejs/tencentcloud/services/billing/v20180709/billing_models.js';
import { instantOf } from './mapping.js';

const BEIJING_MS = 8 * HOUR;
/** Accounts that count months by the day of payment have the last hours of a month in the next one. */
const PAID_LATER_MS = 24 * HOUR;

/** Months of Beijing, as the vendor names them. */
export function monthsOf({ from, to }: BillSpan): readonly string[] {
  const last = monthOf(addMs(to, PAID_LATER_MS));
  const months = [monthOf(from)];
  for (let month = months[0] ?? ''; month < last;) {
    month = monthAfter(month);
    months.push(month);
  }
  return months;
}

function monthOf(instant: Instant): string {
  return addMs(instant, BEIJING_MS).slice(0, 7);
}

function monthAfter(month: string): string {
  const [year, number] = month.split('-').map(Number);
  return new Date(Date.UTC(year ?? 0, number ?? 0, 1)).toISOString().slice(0, 7);
}

/** A bill grows while it is read, and rows that move onto the next page come twice. What belongs to no resource is left out. */
export function freshOf(rows: readonly BillDetail[], seen: Set<string>): readonly BillDetail[] {
  return rows.filter((row) => {
    const { Id = '', BillId = '', ResourceId = '', FeeBeginTime, FeeEndTime, ActionType } = row;
    const key = [Id, BillId, ResourceId, FeeBeginTime, FeeEndTime, ActionType].join('/');
    const isNew = Id === '' || !seen.has(key);
    seen.add(key);
    return isNew && ResourceId !== '' && ResourceId !== '-';
  });
}

/**
 * `RealCost` is the price after discounts, reserved instances and savings plans ("优惠后总价" of BillDetailComponent,
 * billing 2018-07-09). Vouchers, free credit and cash say only how it was paid: VoucherPayAmount, IncentivePayAmount and
 * CashPayAmount add up to it.
 */
export function toCharge(row: BillDetail, currency: string): Charge {
  const from = instantOf(row.FeeBeginTime);
  const to = instantOf(row.FeeEndTime);
  if (from === undefined || to === undefined) throw unreadable(row, 'it has no time');
  let amount = decimal('0');
  for (const { RealCost = '' } of row.ComponentSet ?? []) {
    if (!/^-?\d+(\.\d+)?$/.test(RealCost)) throw unreadable(row, `its amount is "${RealCost}"`);
    amount = amount.plus(RealCost);
  }
  return {
    resourceId: row.ResourceId ?? '',
    product: row.ProductCodeName || row.BusinessCodeName || row.BusinessCode || '',
    from,
    to,
    amount: money(currency, amount),
  };
}

/** One that has no length is inside where it begins. */
export function touches({ from, to }: Charge, span: BillSpan): boolean {
  const [start, end] = [parseInstant(span.from), parseInstant(span.to)];
  const [begins, ends] = [parseInstant(from), parseInstant(to)];
  return begins < end && (ends > start || begins >= start);
}

function unreadable({ Id = '', ResourceId = '' }: BillDetail, why: string): SpringtideError {
  return new SpringtideError(
    'internal',
    `row ${Id} of the Tencent Cloud bill, for ${ResourceId}, cannot be read: ${why}; the bill is not known, nothing was changed`,
    { effect: 'none', nextStep: 'Compare the row in the billing console, and report it.' },
  );
}
