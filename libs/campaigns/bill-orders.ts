import { billCheckWorkflowId, type BillCheckInput } from '@springtide/contracts';
import type { Instant } from '@springtide/kernel';
import { jobContext, postToOutbox, type Database, type OutboxMessage } from '@springtide/platform';
import { z } from 'zod';
import type { KnownRun } from './safe-hold.service.js';

/**
 * Bill checks of closed runs. Each is ordered with its close; an engine that lost its store weeks later knows of none of
 * them, and nobody would look at those bills again.
 */
export class BillOrders {
  constructor(private readonly database: Database) {}

  /** Runs of all tenants that closed since then and whose order was handed to the engine: it should know every one. */
  async handedOver(since: Instant): Promise<readonly KnownRun[]> {
    const rows = await this.database.systemWork(
      'bill-orders',
      async (tx): Promise<unknown> =>
        await tx.query(
          `select r.id, r.tenant_id from campaign_run r where r.closed_at >= $2 and not exists (
             select 1 from outbox o where o.message ->> 'kind' = 'start'
               and o.message ->> 'workflowId' = $1 || r.id) order by r.closed_at, r.id`,
          [billCheckWorkflowId(''), since],
        ),
    );
    return z
      .array(z.object({ id: z.string(), tenant_id: z.string() }))
      .parse(rows)
      .map((row) => ({ runId: row.id, tenantId: row.tenant_id }));
  }

  /** Ordered a second time, it looks at what is still due and ends at once when nothing is. */
  async order({ tenantId, runId }: KnownRun): Promise<void> {
    const context = jobContext('bill-orders', tenantId, `bill-orders/${runId}`);
    await this.database.unitOfWork(context, async (tx) => {
      await postToOutbox(tx, tenantId, billCheckOf(tenantId, runId));
    });
  }
}

/** With the close: whoever closes a run a second time, because something came to light, orders it a second time. */
export function billCheckOf(tenantId: string, runId: string): OutboxMessage {
  const input: BillCheckInput = { tenantId, runId };
  return { kind: 'start', workflow: 'billCheck', workflowId: billCheckWorkflowId(runId), input };
}
