import type { BillFacet, BillSpan, CallOptions, Charge, Page } from '@springtide/provider-kit';
import type { AlibabaAccount } from './account.js';
import type { AlibabaApi, Scope } from './api.js';
import { daysOf, isUse, toCharge } from './bill-mapping.js';
import { tokenPages } from './paging.js';
import { billAnswer, type WireBillItem } from './wire.js';

const PAGE_SIZE = 300;

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
function questionOf(day: string) {
  return { BillingCycle: day.slice(0, 7), BillingDate: day, Granularity: 'DAILY', IsBillingItem: true };
}
