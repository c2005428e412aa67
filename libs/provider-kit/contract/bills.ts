import type { Instant, Money } from '@springtide/kernel';
import type { CallOptions, Page } from './compute.js';

/** What the cloud charges for one resource and one span of time. A resource may have several for the same span. */
export type Charge = Readonly<{
  /** As machines and satellites have it elsewhere. */
  resourceId: string;
  /** In the cloud's words. */
  product: string;
  /** As close as the cloud tells it: a whole day of its calendar where it tells no more. */
  from: Instant;
  to: Instant;
  /** What is to be paid, discounts and coupons taken off, before tax, exactly as the cloud counts it. Below zero: money back. */
  amount: Money;
}>;

/** `from` is inside, `to` is not. */
export type BillSpan = Readonly<{ from: Instant; to: Instant }>;

export interface BillFacet {
  /**
   * Every charge for use inside the span, of all regions of the account, each once; those that only touch it are among
   * them. What the cloud has not counted yet is missing without a word: `limits.billLagMs` says for how long.
   */
  listCharges(span: BillSpan, options: CallOptions): AsyncIterable<Page<Charge>>;
}
