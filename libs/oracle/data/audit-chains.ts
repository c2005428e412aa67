import { createHash } from 'node:crypto';
import { genesis, sealHash, type AuditRecord } from '@springtide/identity/domain';
import { z } from 'zod';
import type { AuditChain } from '../domain/index.js';
import { camel, type Row } from './book-rows.js';

export type Ask = (sql: string, parameters?: readonly unknown[]) => Promise<readonly Row[]>;

/** How far a tenant's chain was found to hold. */
type Head = Readonly<{ seq: number; hash: string }>;

const PAGE = 2_000;

const SealRow = z.object({
  seq: z.coerce.number(),
  previous: z.string(),
  hash: z.string(),
  record_id: z.string(),
  id: z.string().nullable(),
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * Recomputes the chains of all tenants from the rows. What held at an earlier look is not read again, but its end must
 * still be there: a chain that was cut short shows.
 */
export class AuditChains {
  private readonly heads = new Map<string, Head>();

  async read(ask: Ask): Promise<readonly AuditChain[]> {
    const tenants = await ask('select id from tenant order by id');
    const chains: AuditChain[] = [];
    for (const { id } of tenants) chains.push(await this.chainOf(ask, String(id)));
    return chains;
  }

  private async chainOf(ask: Ask, tenantId: string): Promise<AuditChain> {
    const broken = await this.follow(ask, tenantId);
    const [waiting] = await ask(
      `select min(r.at) as at from audit_record r where r.tenant_id = $1
         and not exists (select 1 from audit_seal s where s.tenant_id = r.tenant_id and s.record_id = r.id)`,
      [tenantId],
    );
    const oldest = z
      .date()
      .nullable()
      .parse(waiting?.['at'] ?? null);
    const records = this.heads.get(tenantId)?.seq ?? 0;
    return { tenantId, records, broken, oldestUnsealedAt: oldest?.toISOString() ?? null };
  }

  private async follow(ask: Ask, tenantId: string): Promise<string | null> {
    let head = this.heads.get(tenantId) ?? { seq: 0, hash: genesis(tenantId, sha256) };
    const missing = await this.whyMissing(ask, tenantId, head);
    if (missing !== null) return missing;
    for (;;) {
      const lines = await ask(
        `select s.seq, s.previous, s.hash, s.record_id, r.* from audit_seal s
           left join audit_record r on r.tenant_id = s.tenant_id and r.id = s.record_id
          where s.tenant_id = $1 and s.seq > $2 order by s.seq limit ${PAGE}`,
        [tenantId, head.seq],
      );
      for (const line of lines) {
        const why = faultOf(line, tenantId, head);
        if (why !== null) return why;
        head = { seq: head.seq + 1, hash: String(line['hash']) };
      }
      this.heads.set(tenantId, head);
      if (lines.length < PAGE) return null;
    }
  }

  private async whyMissing(ask: Ask, tenantId: string, head: Head): Promise<string | null> {
    if (head.seq === 0) return null;
    const [end] = await ask('select hash from audit_seal where tenant_id = $1 and seq = $2', [
      tenantId,
      head.seq,
    ]);
    return end?.['hash'] === head.hash
      ? null
      : `its record number ${head.seq} is another one than at an earlier look`;
  }
}

function faultOf(line: Row, tenantId: string, head: Head): string | null {
  const seal = SealRow.parse(line);
  if (seal.seq !== head.seq + 1) return `record number ${head.seq + 1} is missing`;
  if (seal.previous !== head.hash) return `record number ${seal.seq} does not follow the one before it`;
  if (seal.id === null) return `the record of seal ${seal.seq} was removed`;
  const {
    at,
    actorKind,
    actorId,
    actorName,
    requestId,
    action,
    targetKind,
    targetId,
    before,
    after,
    result,
  } = camel(line) as Record<string, string>;
  const record = {
    ...{
      id: seal.id,
      tenantId,
      at,
      actor: { kind: actorKind, id: actorId, name: actorName },
      requestId,
      action,
    },
    ...{ target: { kind: targetKind, id: targetId }, before, after, result },
  } as AuditRecord;
  const same = sealHash(head.hash, record, sha256) === seal.hash;
  return same ? null : `record number ${seal.seq} was changed after it was sealed`;
}
