import { HOUR, SpringtideError, addMs, decimal, money, parseInstant, type Instant } from '@springtide/kernel';
import type { BillFacet, BillSpan, CallOptions, Charge, Page } from '@springtide/provider-kit';
import type { BillDetail } from 'tencentcloud-sdk-nodejs/tencentcloud/services/billing/v20180709/billing_models.js';
import type { TencentAccount } from './account.js';
import { tencentCodeOf } from './error-map.js';
import { instantOf } from './mapping.js';
import type { TencentApi, TencentScope } from './tencent-api.js';

const PAGE_SIZE = 300;
const BEIJING_MS = 8 * HOUR;
/** Accounts that count months by the day of payment have the last hours of a month in the next one. */
const PAID_LATER_MS = 24 * HOUR;

type Place = Readonly<{ month: string; offset: number; context: string }>;

/** The detailed bill (L3) of what is paid for by use. It is one for all regions, and is asked for by whole months. */
export class TencentBills implements BillFacet {
  constructor(
    private readonly account: TencentAccount,
    private readonly api: TencentApi,
  ) {}

  /**
   * A month is read until a page is short: its total is a day old, and may be lower than what there is. It is never
   * higher, so a list that ends before it was cut.
   */
  async *listCharges(span: BillSpan, options: CallOptions): AsyncIterable<Page<Charge>> {
    const at = { region: this.account.regions[0] ?? '', ...options };
    const months = monthsOf(span);
    const seen = new Set<string>();
    for (const month of months) {
      for (let offset = 0, context = ''; ;) {
        const { DetailSet: rows = [], Total = 0, Context } = await this.#read(at, { month, offset, context });
        offset += rows.length;
        context = Context ?? '';
        const atEnd = rows.length < PAGE_SIZE;
        if (atEnd && offset < Total) throw cutShort(month, offset, Total);
        const items = freshOf(rows, seen).map((row) => toCharge(row, this.account.currency));
        yield {
          items: items.filter((charge) => touches(charge, span)),
          complete: atEnd && month === months.at(-1),
        };
        if (atEnd) break;
      }
    }
  }

  #read(at: TencentScope, { month, offset, context }: Place) {
    return this.api.call('billing', 'DescribeBillDetail', at, {
      Month: month,
      PayMode: 'postPay',
      Offset: offset,
      Limit: PAGE_SIZE,
      NeedRecordNum: 1,
      ...(context === '' ? {} : { Context: context }),
    });
  }
}

/** Whether the bill may be read; that it is not made yet is no answer to that. */
export async function tryBills(api: TencentApi, at: TencentScope, now: Instant): Promise<void> {
  try {
    await api.call('billing', 'DescribeBillDetail', at, { Month: monthOf(now), Offset: 0, Limit: 1 });
  } catch (thrown) {
    if (thrown instanceof SpringtideError && tencentCodeOf(thrown).startsWith('FailedOperation.')) return;
    throw thrown;
  }
}

/** Months of Beijing, as the vendor names them. */
function monthsOf({ from, to }: BillSpan): readonly string[] {
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
function freshOf(rows: readonly BillDetail[], seen: Set<string>): readonly BillDetail[] {
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
function toCharge(row: BillDetail, currency: string): Charge {
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
function touches({ from, to }: Charge, span: BillSpan): boolean {
  const [start, end] = [parseInstant(span.from), parseInstant(span.to)];
  const [begins, ends] = [parseInstant(from), parseInstant(to)];
  return begins < end && (ends > start || begins >= start);
}

function cutShort(month: string, seen: number, total: number): SpringtideError {
  return new SpringtideError(
    'unavailable',
    `the Tencent Cloud bill of ${month} ended after ${seen} of ${total} rows: what machines cost in it is not known; nothing was changed`,
    { effect: 'none', retry: 'same', nextStep: 'Nothing: the bill is read again later.' },
  );
}

function unreadable({ Id = '', ResourceId = '' }: BillDetail, why: string): SpringtideError {
  return new SpringtideError(
    'internal',
    `row ${Id} of the Tencent Cloud bill, for ${ResourceId}, cannot be read: ${why}; the bill is not known, nothing was changed`,
    { effect: 'none', nextStep: 'Compare the row in the billing console, and report it.' },
  );
}
