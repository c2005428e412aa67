import type { BillFacet, BillSpan, CallOptions, Charge, Page } from '@springtide/provider-kit';
import type { CloudApi } from './cloud-api.js';

export function simulatedBills(api: CloudApi): BillFacet {
  return { listCharges: (span, options) => pages(api, span, options) };
}

async function* pages(
  api: CloudApi,
  { from, to }: BillSpan,
  options: CallOptions,
): AsyncIterable<Page<Charge>> {
  let cursor: string | undefined;
  do {
    const answer = await api.call('ListCharges', { from, to, cursor }, options);
    cursor = answer.next;
    const items = answer.charges.map(({ id, price, ...charge }) => {
      return { ...charge, resourceId: id, amount: price };
    });
    yield { items, complete: cursor === undefined };
  } while (cursor !== undefined);
}
