import { randomUUID } from 'node:crypto';
import type { RequestContext } from '@springtide/platform';
import { z } from 'zod';
import type { StoredAnswer } from '../idempotency.js';

/** The only thing that is asked of a transaction here. */
type Transaction = Readonly<{ query(sql: string, parameters?: unknown[]): Promise<unknown> }>;

export type Claim =
  | Readonly<{ kind: 'claimed'; claimId: string }>
  | Readonly<{ kind: 'held'; routeId: string; requestHash: string; answer: StoredAnswer | null }>;

type ClaimRequest = Readonly<{
  key: string;
  routeId: string;
  requestHash: string;
  now: Date;
  leaseUntil: Date;
  forgetBefore: Date;
}>;

const Row = z.object({
  claim_id: z.string(),
  route_id: z.string(),
  request_hash: z.string(),
  status: z.number().nullable(),
  body: z.string().nullable(),
  etag: z.string().nullable(),
});

/**
 * Takes the key if it is free, if what was kept is too old, or if the same request was interrupted: its process died
 * and let the lease lapse. Says otherwise who holds it. One statement, so that two callers cannot both win.
 */
export async function claim(tx: Transaction, ctx: RequestContext, request: ClaimRequest): Promise<Claim> {
  const claimId = randomUUID();
  const { key, routeId, requestHash, now, leaseUntil, forgetBefore } = request;
  const taken = z.array(z.unknown()).parse(
    await tx.query(
      `insert into idempotency_key as held
         (tenant_id, actor_id, key, claim_id, route_id, request_hash, created_at, lease_until)
       values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (tenant_id, actor_id, key) do update
         set claim_id = excluded.claim_id, route_id = excluded.route_id, request_hash = excluded.request_hash,
             created_at = excluded.created_at, lease_until = excluded.lease_until,
             status = null, body = null, etag = null
         where held.created_at < $9
            or (held.status is null and held.lease_until < $7 and held.request_hash = excluded.request_hash
                and held.route_id = excluded.route_id)
       returning claim_id`,
      [ctx.tenantId, ctx.actor.id, key, claimId, routeId, requestHash, now, leaseUntil, forgetBefore],
    ),
  );
  if (taken.length > 0) return { kind: 'claimed', claimId };
  const [row] = z.array(Row).parse(
    await tx.query(
      `select claim_id, route_id, request_hash, status, body, etag from idempotency_key
        where tenant_id = $1 and actor_id = $2 and key = $3`,
      [ctx.tenantId, ctx.actor.id, key],
    ),
  );
  // Freed between the two statements: as good as in progress, the caller comes back in a moment.
  if (!row) return { kind: 'held', routeId, requestHash, answer: null };
  const { status, body, etag } = row;
  const answer = status === null ? null : { status, body, etag };
  return { kind: 'held', routeId: row.route_id, requestHash: row.request_hash, answer };
}

/** @returns false when somebody else holds the key by now: this process was away for longer than its lease. */
export async function complete(
  tx: Transaction,
  ctx: RequestContext,
  claimed: Readonly<{ key: string; claimId: string }>,
  answer: StoredAnswer,
): Promise<boolean> {
  const kept = await tx.query(
    `with kept as (
       update idempotency_key set status = $5, body = $6, etag = $7
        where tenant_id = $1 and actor_id = $2 and key = $3 and claim_id = $4 returning 1)
     select count(*)::int as n from kept`,
    [ctx.tenantId, ctx.actor.id, claimed.key, claimed.claimId, answer.status, answer.body, answer.etag],
  );
  return z.tuple([z.object({ n: z.number() })]).parse(kept)[0].n === 1;
}

export async function renew(
  tx: Transaction,
  ctx: RequestContext,
  key: string,
  claimId: string,
  leaseUntil: Date,
): Promise<void> {
  await tx.query(
    `update idempotency_key set lease_until = $5
      where tenant_id = $1 and actor_id = $2 and key = $3 and claim_id = $4 and status is null`,
    [ctx.tenantId, ctx.actor.id, key, claimId, leaseUntil],
  );
}

export async function release(
  tx: Transaction,
  ctx: RequestContext,
  key: string,
  claimId: string,
): Promise<void> {
  await tx.query(
    `delete from idempotency_key
      where tenant_id = $1 and actor_id = $2 and key = $3 and claim_id = $4 and status is null`,
    [ctx.tenantId, ctx.actor.id, key, claimId],
  );
}

/** Cross-tenant: for the system role. */
export async function purge(tx: Transaction, before: Date): Promise<number> {
  const gone = await tx.query(
    'with gone as (delete from idempotency_key where created_at < $1 returning 1) select count(*)::int as n from gone',
    [before],
  );
  return z.tuple([z.object({ n: z.number() })]).parse(gone)[0].n;
}
