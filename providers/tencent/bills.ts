import { SpringtideError } from '@springtide/kernel';
import type { BillFacet, BillSpan, CallOptions, Charge, Page } from '@springtide/provider-kit';
import type { TencentAccount } from './account.js';
import { freshOf, monthsOf, toCharge, touches } from './bill-mapping.js';
import type { TencentApi, TencentScope } from './tencent-api.js';

const PAGE_SIZE = 300;

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

function cutShort(month: string, seen: number, total: number): SpringtideError {
  return new SpringtideError(
    'unavailable',
    `the Tencent Cloud bill of ${month} ended after ${seen} of ${total} rows: what machines cost in it is not known; nothing was changed`,
    { effect: 'none', retry: 'same', nextStep: 'Nothing: the bill is read again later.' },
  );
}
