import type { AccountSessions } from '@springtide/accounts';
import { SpringtideError, addMs, type Instant } from '@springtide/kernel';
import type { BillSpan, Charge, CloudClient } from '@springtide/provider-kit';

export type BillReading =
  | Readonly<{ outcome: 'told'; charges: readonly Charge[]; toldUntil: Instant }>
  | Readonly<{ outcome: 'not-told' | 'unreadable'; reason: string }>;

type Wanted = Readonly<{
  tenantId: string;
  accountId: string;
  span: BillSpan;
  resources: ReadonlySet<string>;
  at: Instant;
  withinMs: number;
}>;

/** Reads the bill page by page and keeps what is the campaign's. An account that cannot be read is an answer too. */
export async function readBill(
  sessions: Pick<AccountSessions, 'use'>,
  { tenantId, accountId, ...wanted }: Wanted,
): Promise<BillReading> {
  try {
    return await sessions.use(tenantId, accountId, async (client) => await readFrom(client, wanted));
  } catch (thrown) {
    // A process that ends says nothing about the account.
    if (!(thrown instanceof SpringtideError) || thrown.code === 'cancelled') throw thrown;
    return { outcome: 'unreadable', reason: `${thrown.code}: ${thrown.message}` };
  }
}

async function readFrom(
  client: CloudClient,
  { span, resources, at, withinMs }: Omit<Wanted, 'tenantId' | 'accountId'>,
): Promise<BillReading> {
  if (!client.offers('bills')) {
    return { outcome: 'not-told', reason: `the provider ${client.manifest.id} tells no charges` };
  }
  const charges: Charge[] = [];
  let complete = false;
  for await (const page of client.bills.listCharges(span, { deadline: addMs(at, withinMs) })) {
    charges.push(...page.items.filter(({ resourceId }) => resources.has(resourceId)));
    complete = page.complete;
  }
  if (!complete) {
    return { outcome: 'unreadable', reason: 'the list of charges ended before it was complete' };
  }
  return { outcome: 'told', charges, toldUntil: addMs(at, -(client.manifest.limits.billLagMs ?? 0)) };
}
