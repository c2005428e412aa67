import type { AfterActionReport, ReportRole, ReportSignature, StoredReport } from '@springtide/contracts';
import type { RunFactsService } from '@springtide/campaigns';
import type { EffectLedger } from '@springtide/effects';
import { recordAudit, requirePermission, requireUser } from '@springtide/identity';
import type { Permission } from '@springtide/identity/domain';
import { SpringtideError, toInstant, type Clock, type Instant } from '@springtide/kernel';
import { hashJson, newId, type Database, type RequestContext } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import {
  findLatest,
  insertReport,
  insertSignature,
  listSignatures,
  lockLatest,
  type KeptReport,
  type KeptSignature,
} from './data/report.repository.js';
import { afterActionReport } from './domain/index.js';

type Parts = Readonly<{ database: Database; facts: RunFactsService; ledger: EffectLedger; clock: Clock }>;

export type Signing = Readonly<{ role: ReportRole; hash: string; comment: string }>;

/** Who signs for whom: what they hold in their daily work. */
const SIGNS_WITH: Readonly<Record<ReportRole, Permission>> = {
  operations: 'run:operate',
  infrastructure: 'account:write',
  finance: 'cost:write',
};

/** After-action reports: made from the facts, kept in revisions that never change, signed by three people. */
export class AfterActionService {
  constructor(private readonly parts: Parts) {}

  /** What was kept last; while the run goes on, how it looks now. @throws failed-precondition when nothing has run. */
  async show(ctx: RequestContext, campaignId: string): Promise<StoredReport> {
    requirePermission(ctx, 'campaign:read');
    const { content, runId } = await this.made(ctx, campaignId);
    return await this.parts.database.unitOfWork(ctx, async (tx) => {
      const kept = await findLatest(tx, runId);
      return kept === undefined ? asLive(content) : await asStored(tx, kept);
    });
  }

  /** Keeps the report of a closed run. The same content again is the same revision. */
  async keep(ctx: RequestContext, campaignId: string): Promise<StoredReport> {
    requirePermission(ctx, 'run:operate');
    const { content, runId } = await this.made(ctx, campaignId);
    if (content.closedAt === null) throw stillRuns(content);
    const at = this.now();
    return await this.parts.database.unitOfWork(ctx, async (tx) => {
      const before = await lockLatest(tx, runId);
      const hash = hashJson(content);
      if (before?.hash === hash) return await asStored(tx, before);
      const revision = (before?.revision ?? 0) + 1;
      const about = { id: newId(), campaignId, runId, revision, hash, content };
      const kept: KeptReport = { ...about, createdAt: at, createdBy: ctx.actor.name };
      await insertReport(tx, ctx.tenantId, kept);
      await recordAudit(tx, ctx, {
        action: 'report.keep',
        target: { kind: 'campaign', id: campaignId },
        after: { runId, revision, hash },
        show: ['runId', 'revision', 'hash'],
        at,
      });
      return await asStored(tx, kept);
    });
  }

  /** Signs exactly the content that was read. Signing the same again changes nothing. */
  async sign(
    ctx: RequestContext,
    campaignId: string,
    { role, hash, comment }: Signing,
  ): Promise<StoredReport> {
    requirePermission(ctx, SIGNS_WITH[role]);
    const user = requireUser(ctx);
    const { runId } = await this.made(ctx, campaignId);
    const at = this.now();
    return await this.parts.database.unitOfWork(ctx, async (tx) => {
      const kept = await lockLatest(tx, runId);
      if (kept === undefined) throw notKept();
      if (kept.hash !== hash || hashJson(kept.content) !== hash) throw otherContent(kept, hash);
      const signed = await listSignatures(tx, kept.id);
      const mine = signed.find((one) => one.byId === user.id);
      if (mine?.role === role) return await asStored(tx, kept);
      if (mine !== undefined || signed.some((one) => one.role === role))
        throw signedAlready(role, mine?.role);
      const about = {
        reportId: kept.id,
        role,
        byId: user.id,
        by: ctx.actor.name,
        at,
        comment,
        reportHash: hash,
      };
      const signature: KeptSignature = { ...about, digest: digestOf(about) };
      await insertSignature(tx, ctx.tenantId, signature);
      await recordAudit(tx, ctx, {
        action: 'report.sign',
        target: { kind: 'campaign', id: campaignId },
        after: { runId, revision: kept.revision, role, hash, digest: signature.digest, comment },
        show: ['runId', 'revision', 'role', 'hash', 'digest', 'comment'],
        at,
      });
      return await asStored(tx, kept);
    });
  }

  private async made(
    ctx: RequestContext,
    campaignId: string,
  ): Promise<Readonly<{ runId: string; content: AfterActionReport }>> {
    const run = await this.parts.facts.read(ctx, campaignId);
    const intents = await this.parts.ledger.listIntents(ctx.tenantId, { runId: run.runId, kind: 'create' });
    const plan = { ...run.plan, id: run.planId, hash: run.planHash };
    const content = afterActionReport({ ...run, plan, intents, until: run.closedAt ?? this.now() });
    return { runId: run.runId, content };
  }

  private now(): Instant {
    return toInstant(this.parts.clock.now());
  }
}

async function asStored(tx: EntityManager, kept: KeptReport): Promise<StoredReport> {
  const intact = hashJson(kept.content) === kept.hash;
  const signatures = await listSignatures(tx, kept.id);
  return {
    revision: kept.revision,
    createdAt: kept.createdAt,
    hash: kept.hash,
    intact,
    signatures: signatures.map((one) => asSignature(one, intact && one.reportHash === kept.hash)),
    content: kept.content,
  };
}

function asLive(content: AfterActionReport): StoredReport {
  return { revision: null, createdAt: null, hash: hashJson(content), intact: true, signatures: [], content };
}

function asSignature(signature: KeptSignature, fits: boolean): ReportSignature {
  const { role, by, at, comment, digest } = signature;
  return { role, by, at, comment, digest, valid: fits && digestOf(signature) === digest };
}

/** Binds person, time and role to the content. The audit chain holds the same digest, where nobody can change it. */
function digestOf(signature: Omit<KeptSignature, 'digest'>): string {
  const { reportId, role, byId, by, at, comment, reportHash } = signature;
  return hashJson({ reportId, role, byId, by, at, comment, reportHash });
}

function stillRuns({ name, state }: AfterActionReport): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `the run of "${name}" is ${state}: its machines and money still change, so no report was kept`,
    { nextStep: 'Keep the report when the run is closed; until then read how it looks now.' },
  );
}

function notKept(): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    'no report of this campaign was kept yet; nothing was signed',
    { nextStep: 'Keep the report of the closed run first.' },
  );
}

function otherContent(kept: KeptReport, hash: string): SpringtideError {
  const changed = hashJson(kept.content) !== kept.hash;
  return new SpringtideError(
    'conflict',
    changed
      ? 'the stored report does not match its hash: it was changed after it was made; nothing was signed'
      : `the report is now revision ${kept.revision} with another content than the one you read (${hash.slice(0, 12)}); nothing was signed`,
    {
      retry: 'never',
      nextStep: changed ? 'Have the audit log verified.' : 'Read the current one and sign that.',
    },
  );
}

function signedAlready(role: ReportRole, mine: ReportRole | undefined): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    mine === undefined
      ? `somebody has signed for ${role} already; nothing was signed`
      : `you have signed for ${mine} already, and one person signs once; nothing was signed`,
    { nextStep: 'Each of operations, infrastructure and finance is signed for by another person.' },
  );
}
