type Queryable = { query(sql: string, parameters?: unknown[]): Promise<unknown> };

/** A call of an hour ago of which nobody knows what it bought. */
export async function stuckPurchase(
  tx: Queryable,
  tenantId: string,
  { id, runId, accountId }: Readonly<{ id: string; runId: string; accountId: string }>,
): Promise<void> {
  const at = new Date(Date.now() - 3_600_000).toISOString();
  await tx.query(
    `insert into effect_intent (id, tenant_id, run_id, step, batch, kind, account_id, region, spec, spec_hash, count, state,
       generation, fence, unanswered, sent_at, deadline, currency, price_per_hour, minimum_billing_seconds, created_at)
     values ($1, $2, $3, 'provision', 0, 'create', $4, 'eu-central-1', '{}', 'hash', 1, 'sent', 0, 1, 1, $5, $5, 'EUR', 0.1,
       60, $5)`,
    [id, tenantId, runId, accountId, at],
  );
  await tx.query(`insert into effect_item (tenant_id, intent_id, index, state) values ($1, $2, 0, 'open')`, [
    tenantId,
    id,
  ]);
}
