import { SpringtideError, toInstant, type Clock, type Instant } from '@springtide/kernel';
import { sha256, type Database, type RequestContext } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import { requirePermission } from './access.js';
import {
  insertAuditRecord,
  listAuditRecords,
  lastSealedSeq,
  readSealed,
  sealNextBatch,
  unsealedCount,
  type SealedLine,
} from './data/audit.repository.js';
import {
  auditVerifier,
  maskForAudit,
  type AuditRecord,
  type AuditResult,
  type AuditVerdict,
  type SealedRecord,
} from './domain/index.js';

export type AuditEntry = Readonly<{
  /** `<noun>.<verb>`, for instance `campaign.approve`. */
  action: string;
  target: Readonly<{ kind: string; id: string }>;
  before?: unknown;
  after?: unknown;
  result?: AuditResult;
  at: Instant;
  /** Names of fields of this action that may be shown beside the common ones. */
  show?: readonly string[];
}>;

/** Writes the record inside the caller's transaction: what is not recorded does not happen. */
export async function recordAudit(tx: EntityManager, ctx: RequestContext, entry: AuditEntry): Promise<void> {
  await insertAuditRecord(tx, ctx, {
    at: entry.at,
    action: entry.action,
    target: entry.target,
    before: maskForAudit(entry.before, entry.show),
    after: maskForAudit(entry.after, entry.show),
    result: entry.result ?? 'ok',
  });
}

const BATCH = 500;

/**
 * Chains what was recorded since the last call. One sealer per tenant at a time: others wait for its lock.
 * @returns how many records were sealed.
 */
export async function sealAudit(database: Database, tenantId: string): Promise<number> {
  let total = 0;
  for (;;) {
    const sealed = await database.systemWork('audit-sealer', (tx) => sealNextBatch(tx, tenantId, BATCH));
    total += sealed;
    if (sealed < BATCH) return total;
  }
}

export type AuditCheck = Readonly<{ verdict: AuditVerdict; unsealed: number }>;

export class AuditService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** For what has no transaction of its own, such as a refused request. */
  async record(ctx: RequestContext, entry: Omit<AuditEntry, 'at'>): Promise<void> {
    const at = toInstant(this.clock.now());
    await this.database.unitOfWork(ctx, (tx) => recordAudit(tx, ctx, { ...entry, at }));
  }

  /** Newest first. `before` is the id of the last record of the page before. */
  async list(
    ctx: RequestContext,
    page: Readonly<{ limit: number; before?: string; action?: string; targetId?: string }>,
  ): Promise<readonly AuditRecord[]> {
    requirePermission(ctx, 'audit:read');
    return await this.database.unitOfWork(ctx, (tx) => listAuditRecords(tx, page));
  }

  /** Seals what is waiting, then checks the whole chain and names the first broken record. */
  async verifyAuditChain(ctx: RequestContext): Promise<AuditCheck> {
    requirePermission(ctx, 'audit:read');
    await sealAudit(this.database, ctx.tenantId);
    const verifier = auditVerifier(ctx.tenantId, sha256);
    for await (const page of this.pages(ctx)) {
      for (const line of page) {
        const broken = line.record ? verifier.add({ ...line, record: line.record }) : missing(line);
        if (broken) return { verdict: broken, unsealed: 0 };
      }
    }
    const unsealed = await this.database.unitOfWork(ctx, (tx) => unsealedCount(tx));
    return { verdict: verifier.verdict(), unsealed };
  }

  /** Every sealed record in order: as JSON lines, an outsider can verify them without us. */
  async *exportSealed(ctx: RequestContext): AsyncGenerator<SealedRecord> {
    requirePermission(ctx, 'audit:read');
    await this.record(ctx, { action: 'audit.export', target: { kind: 'audit', id: ctx.tenantId } });
    await sealAudit(this.database, ctx.tenantId);
    for await (const page of this.pages(ctx)) {
      for (const { record, ...seal } of page) {
        if (!record) {
          throw new SpringtideError(
            'failed-precondition',
            `the audit chain is broken: record ${seal.recordId} (number ${seal.seq}) was removed`,
            { nextStep: 'Run the audit verification and compare with the last exported chain head.' },
          );
        }
        yield { seq: seal.seq, previous: seal.previous, hash: seal.hash, record };
      }
    }
  }

  private async *pages(ctx: RequestContext): AsyncGenerator<readonly SealedLine[]> {
    const last = await this.database.unitOfWork(ctx, lastSealedSeq);
    for (let after = 0; after < last; after += BATCH) {
      const range = { after, count: BATCH };
      yield await this.database.unitOfWork(ctx, (tx) => readSealed(tx, ctx.tenantId, range));
    }
  }
}

function missing(line: Readonly<{ seq: number; recordId: string }>): AuditVerdict {
  return {
    ok: false,
    records: line.seq - 1,
    brokenAt: { seq: line.seq, recordId: line.recordId, why: 'the sealed record was removed' },
  };
}
