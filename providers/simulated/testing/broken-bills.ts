import { HOUR, addMs } from '@springtide/kernel';
import type { BillFacet, BillSpan, Charge, Page, ProviderSession } from '@springtide/provider-kit';
import { defect, over } from './broken-facets.js';
import type { Defect } from './broken-providers.js';

const MONTH_MS = 30 * 24 * HOUR;

/** Defects of what a provider tells of its bill. */
export const BILL_DEFECTS: readonly Defect[] = [
  defect('machines that ended are not charged', ['P-100', 'P-101', 'P-102', 'P-103'], (session) => {
    const { compute } = session;
    if (compute === undefined) throw new Error('the simulated cloud has machines');
    const ended = new Set<string>();
    return {
      compute: over(compute, {
        terminate: (ids, ...rest) => {
          for (const id of ids) ended.add(id);
          return compute.terminate(ids, ...rest);
        },
      }),
      ...charges((items) => items.filter(({ resourceId }) => !ended.has(resourceId)))(session),
    };
  }),
  defect(
    'charges have ids of their own instead of those of machines',
    ['P-100', 'P-103'],
    charges((items) => items.map((charge) => ({ ...charge, resourceId: `bill-${charge.resourceId}` }))),
  ),
  defect(
    'every charge is told twice',
    ['P-100', 'P-103'],
    charges((items) => [...items, ...items]),
  ),
  defect(
    'amounts are in units of their own',
    ['P-100', 'P-103'],
    charges((items) =>
      items.map((charge) => ({
        ...charge,
        amount: { ...charge.amount, amount: `${charge.amount.amount} yuan` },
      })),
    ),
  ),
  defect(
    'what only touches the span is left out',
    ['P-101', 'P-102'],
    charges((items, span) => items.filter(({ from, to }) => from >= span.from && to <= span.to)),
  ),
  defect('the whole month is told, whatever was asked for', ['P-101'], (session) => ({
    bills: {
      listCharges: ({ from, to }, options) =>
        billsOf(session).listCharges({ from: addMs(from, -MONTH_MS), to: addMs(to, MONTH_MS) }, options),
    },
  })),
  defect('the first page is taken for all', ['P-103'], (session) => ({
    bills: {
      listCharges: async function* listCharges(span, options): AsyncGenerator<Page<Charge>> {
        for await (const { items } of billsOf(session).listCharges(span, options)) {
          yield { items, complete: true };
          return;
        }
      },
    },
  })),
];

type Change = (items: readonly Charge[], span: BillSpan) => readonly Charge[];

function charges(change: Change) {
  return (session: ProviderSession): Partial<ProviderSession> => ({
    bills: {
      listCharges: async function* listCharges(span, options) {
        for await (const page of billsOf(session).listCharges(span, options)) {
          yield { ...page, items: change(page.items, span) };
        }
      },
    },
  });
}

function billsOf({ bills }: ProviderSession): BillFacet {
  if (bills === undefined) throw new Error('the simulated cloud tells its bill');
  return bills;
}
