import { HOUR, SpringtideError, addMs, decimal, money, type Instant } from '@springtide/kernel';
import type { BillSpan, Charge } from '@springtide/provider-kit';
import type { WireBillItem } from './wire.js';

const BEIJING_MS = 8 * HOUR;
const DAY_MS = 24 * HOUR;

/** The day of Beijing in which an instant lies. */
function dayOf(instant: Instant): string {
  return addMs(instant, BEIJING_MS).slice(0, 10);
}

export function daysOf({ from, to }: BillSpan): readonly string[] {
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
export function isUse({ InstanceID, SubscriptionType }: WireBillItem): boolean {
  return InstanceID !== undefined && InstanceID !== '-' && SubscriptionType !== 'Subscription';
}

/**
 * List price less discounts and coupons, before it is rounded down per product. Cash coupons (vouchers), prepaid cards
 * and cash say only how it was paid (DescribeInstanceBill, alibabacloud.com/help/en/boa/latest/api-query-instance-billing-service).
 */
export function toCharge(item: WireBillItem, day: string): Charge {
  const { InstanceID = '', BillingDate, Currency } = item;
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
