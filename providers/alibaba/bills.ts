import { HOUR, SpringtideError, addMs, decimal, money, type Instant } from '@springtide/kernel';
import type { BillFacet, BillSpan, CallOptions, Charge, Page } from '@springtide/provider-kit';
import type { AlibabaAccount } from './account.js';
import type { AlibabaApi, Scope } from './api.js';
import { tokenPages } from './paging.js';
import { billAnswer, type WireBillItem } from './wire.js';

const PAGE_SIZE = 300;
const BEIJING_MS = 8 * HOUR;
const DAY_MS = 24 * HOUR;

/** The bill by item and day: the finest that the vendor tells through an interface. It is one for all regions. */
export class AlibabaBills implements BillFacet {
  constructor(
    private readonly account: AlibabaAccount,
    private readonly api: AlibabaApi,
  ) {}

  /** Day by day of Beijing: a day is asked for by its own chain of calls. */
  async *listCharges(span: BillSpan, options: CallOptions): AsyncIterable<Page<Charge>> {
    const at = { region: this.account.regions[0] ?? '', ...options };
    const days = daysOf(span);
    for (const day of days) {
      for await (const page of this.#itemsOf(at, day)) {
        yield {
          items: page.items.filter(isUse).map((item) => toCharge(item, day)),
          complete: page.complete && day === days.at(-1),
        };
      }
    }
  }

  #itemsOf(at: Scope, day: string): AsyncIterable<Page<WireBillItem>> {
    return tokenPages(async (NextToken) => {
      const { Data } = await this.api.read(at, {
        product: 'bssopenapi',
        action: 'DescribeInstanceBill',
        parameters: { ...questionOf(day), MaxResults: PAGE_SIZE, NextToken },
        answer: billAnswer,
      });
      return { items: Data.Items, next: Data.NextToken };
    });
  }
}

/** What is asked of the bill of a day, as `2026-11-11`. */
export function questionOf(day: string) {
  return { BillingCycle: day.slice(0, 7), BillingDate: day, Granularity: 'DAILY', IsBillingItem: true };
}

/** The day of Beijing in which an instant lies. */
export function dayOf(instant: Instant): string {
  return addMs(instant, BEIJING_MS).slice(0, 10);
}

function daysOf({ from, to }: BillSpan): readonly string[] {
  const last = dayOf(addMs(to, -1));
  const days = [dayOf(from)];
  for (let day = days[0] ?? ''; day < last;) {
    day = dayOf(addMs(beginOf(day), DAY_MS));
    days.push(day);
  }
  return days;
}

/** China has no summer time. */
function beginOf(day: string): Instant {
  return addMs(`${day}T00:00:00.000Z`, -BEIJING_MS);
}

/** What is paid for in advance is an order and no use; what is booked to no resource is nobody's. */
function isUse({ InstanceID, SubscriptionType }: WireBillItem): boolean {
  return InstanceID !== undefined && InstanceID !== '-' && SubscriptionType !== 'Subscription';
}

/**
 * List price less discounts and coupons, before it is rounded down per product. Cash coupons (vouchers), prepaid cards
 * and cash say only how it was paid (DescribeInstanceBill, alibabacloud.com/help/en/boa/latest/api-query-instance-billing-service).
 */
function toCharge(item: WireBillItem, day: string): Charge {
  const { InstanceID = '', BillingDate, Currency = '' } = item;
  if (BillingDate !== undefined && BillingDate !== day) throw otherDay(InstanceID, BillingDate, day);
  const from = beginOf(day);
  const amount = decimal(item.PretaxGrossAmount).minus(item.InvoiceDiscount).minus(item.DeductedByCoupons);
  return {
    resourceId: InstanceID,
    product: [item.ProductName ?? item.ProductCode, item.BillingItem].filter(Boolean).join(' '),
    from,
    to: addMs(from, DAY_MS),
    amount: money(Currency, amount),
  };
}

function otherDay(id: string, told: string, day: string): SpringtideError {
  return new SpringtideError(
    'internal',
    `the Alibaba Cloud bill of ${day} has a row of ${told} for ${id}: what machines cost on which day is not known; nothing was changed`,
    { effect: 'none', nextStep: 'Compare the day in the billing console, and report it.' },
  );
}
