import { VOUCHES_WITH, type ReadinessBody, type ReadinessSummary } from '@springtide/contracts';
import { recordAudit, requirePermission, requireUser } from '@springtide/identity';
import {
  HOUR,
  SpringtideError,
  addMs,
  msBetween,
  toInstant,
  type Clock,
  type Instant,
} from '@springtide/kernel';
import { hashJson, newId, type Database, type RequestContext } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import { insertAttestation, listAttestations } from './data/attestation.repository.js';
import {
  findLatestCheck,
  insertCheck,
  insertOverride,
  listChecks,
  listOverrides,
  type StoredCheck,
} from './data/readiness.repository.js';
import {
  countsOf,
  judgeReadiness,
  priceDrift,
  withAttestations,
  withOverrides,
  worstOf,
  type PriceDrift,
  type ReadinessSubject,
  type StoredAttestation,
  type StoredOverride,
} from './domain/index.js';
import type { FactFinder } from './fact-finder.js';

/** A check that was made this short ago is the answer to another one: clouds are not asked twice for one click. */
const SAME_CHECK_MS = 5_000;
const HISTORY = 50;

export type OverrideRequest = Readonly<{
  planId: string;
  campaignId: string;
  key: string;
  reason: string;
  /** Who wrote the campaign or changed it last: they do not answer for their own work. */
  authors: readonly string[];
}>;

export type AttestationRequest = Readonly<{
  planId: string;
  campaignId: string;
  key: string;
  /** What was looked up, where. */
  statement: string;
  until: Instant;
  /** When the campaign is over: what is vouched for must last so long. */
  endsAt: Instant;
}>;

/** Whoever looked a quarter ago does not know about tonight. */
const MOST_VOUCHED_MS = 92 * 24 * HOUR;

/** Whether the world is ready for a plan: measured, kept, and answered for by name where it is not. */
export class ReadinessService {
  constructor(
    private readonly database: Database,
    private readonly facts: FactFinder,
    private readonly clock: Clock,
  ) {}

  /** Measures afresh and keeps the result. What cannot be measured is a line of its own, not an error. */
  async check(ctx: RequestContext, subject: ReadinessSubject, freshForMs: number): Promise<ReadinessBody> {
    requirePermission(ctx, 'campaign:read');
    const before = await this.latest(ctx, subject.planId, subject.campaignId, freshForMs);
    if (before?.planHash === subject.planHash && msBetween(before.checkedAt, this.now()) < SAME_CHECK_MS) {
      return before;
    }
    const findings = judgeReadiness(subject, await this.facts.find(ctx, subject));
    const about = {
      campaignId: subject.campaignId,
      planId: subject.planId,
      planHash: subject.planHash,
      checkedAt: this.now(),
      checkedBy: ctx.actor.name,
    };
    const check: StoredCheck = { id: newId(), ...about, hash: hashJson({ ...about, findings }), findings };
    return await this.database.unitOfWork(ctx, async (tx) => {
      await insertCheck(tx, ctx.tenantId, check);
      return asBody(check, await answersFor(tx, check.campaignId), freshForMs);
    });
  }

  async latest(
    ctx: RequestContext,
    planId: string,
    campaignId: string,
    freshForMs: number,
  ): Promise<ReadinessBody | undefined> {
    requirePermission(ctx, 'campaign:read');
    return await this.database.unitOfWork(
      ctx,
      async (tx) => await this.latestIn(tx, planId, campaignId, freshForMs),
    );
  }

  /** @throws failed-precondition when the stored check was changed after it was made: it is no evidence then. */
  async latestIn(
    tx: EntityManager,
    planId: string,
    campaignId: string,
    freshForMs: number,
  ): Promise<ReadinessBody | undefined> {
    const check = await findLatestCheck(tx, planId, campaignId);
    if (check === undefined) return undefined;
    requireUntouched(check);
    return asBody(check, await answersFor(tx, campaignId), freshForMs);
  }

  /** What the plan costs at prices of now; reads markets that were not read within a quarter of an hour. */
  async priceDrift(ctx: RequestContext, subject: ReadinessSubject): Promise<PriceDrift> {
    return priceDrift(subject, await this.facts.markets(ctx, subject));
  }

  async history(ctx: RequestContext, campaignId: string): Promise<readonly ReadinessSummary[]> {
    requirePermission(ctx, 'campaign:read');
    return await this.database.unitOfWork(ctx, async (tx) => {
      const answers = await answersFor(tx, campaignId);
      return (await listChecks(tx, campaignId, HISTORY)).map((check) => summaryOf(check, answers));
    });
  }

  /** Answers for one finding of the last check, by name. It holds for that finding on that plan and nothing else. */
  async override(ctx: RequestContext, request: OverrideRequest): Promise<void> {
    requirePermission(ctx, 'campaign:approve');
    const user = requireUser(ctx);
    if (request.authors.includes(user.id)) throw ownWork();
    const at = this.now();
    await this.database.unitOfWork(ctx, async (tx) => {
      const check = await findLatestCheck(tx, request.planId, request.campaignId);
      const line = check?.findings.lines.find((one) => one.key === request.key);
      if (check === undefined || line === undefined || line.verdict === 'green')
        throw nothingToOverride(request);
      const { campaignId, planId, key, reason } = request;
      const override = { planId, key, code: line.finding.code, reason, by: ctx.actor.name, at };
      await insertOverride(tx, ctx.tenantId, { ...override, id: newId(), campaignId, byId: user.id });
      await recordAudit(tx, ctx, {
        action: 'readiness.override',
        target: { kind: 'campaign', id: campaignId },
        after: {
          planId,
          key,
          finding: line.finding.text,
          verdict: line.verdict,
          reason,
          checkHash: check.hash,
        },
        show: ['planId', 'key', 'finding', 'verdict', 'reason', 'checkHash'],
        at,
      });
    });
  }

  /** Vouches by name for what the last check could not measure. It turns amber, never green. */
  async attest(ctx: RequestContext, request: AttestationRequest): Promise<void> {
    const user = requireUser(ctx);
    const at = this.now();
    await this.database.unitOfWork(ctx, async (tx) => {
      const { campaignId, planId, key, statement, until } = request;
      const check = await findLatestCheck(tx, planId, campaignId);
      const line = check?.findings.lines.find((one) => one.key === key);
      if (check === undefined || line?.verdict !== 'unknown') throw nothingToAttest(request);
      requirePermission(ctx, VOUCHES_WITH[line.owner]);
      requireUseful(request, at);
      const { subject, finding } = line;
      const word = { key, subject, code: finding.code, statement, by: ctx.actor.name, at, until };
      await insertAttestation(tx, ctx.tenantId, { ...word, id: newId(), campaignId, byId: user.id });
      await recordAudit(tx, ctx, {
        action: 'readiness.attest',
        target: { kind: 'campaign', id: campaignId },
        after: { planId, key, finding: finding.text, statement, until, checkHash: check.hash },
        show: ['planId', 'key', 'finding', 'statement', 'until', 'checkHash'],
        at,
      });
    });
  }

  private now(): Instant {
    return toInstant(this.clock.now());
  }
}

/** What people said to the findings of a campaign. */
type Answers = Readonly<{
  overrides: readonly StoredOverride[];
  attestations: readonly StoredAttestation[];
}>;

async function answersFor(tx: EntityManager, campaignId: string): Promise<Answers> {
  return {
    overrides: await listOverrides(tx, campaignId),
    attestations: await listAttestations(tx, campaignId),
  };
}

function linesOf({ findings, checkedAt, planId }: StoredCheck, { overrides, attestations }: Answers) {
  return withOverrides(withAttestations(findings.lines, checkedAt, attestations), planId, overrides);
}

function asBody(check: StoredCheck, answers: Answers, freshForMs: number): ReadinessBody {
  const { findings, planHash } = check;
  return {
    ...summaryOf(check, answers),
    planHash,
    lines: [...linesOf(check, answers)],
    notNeeded: [...findings.notNeeded],
    freshUntil: addMs(check.checkedAt, freshForMs),
  };
}

function summaryOf(check: StoredCheck, answers: Answers): ReadinessSummary {
  const lines = linesOf(check, answers);
  const { id, planId, checkedAt, checkedBy, hash } = check;
  const verdict = worstOf(lines.map((line) => line.verdict));
  return { id, planId, checkedAt, checkedBy, hash, verdict, ...countsOf(lines) };
}

function requireUntouched({ hash, id: _id, ...about }: StoredCheck): void {
  if (hashJson(about) === hash) return;
  throw new SpringtideError(
    'failed-precondition',
    'the stored readiness check does not match its hash: it was changed after it was made, so nothing can rest on it',
    { nextStep: 'Check again, and have the audit log verified.' },
  );
}

function ownWork(): SpringtideError {
  return new SpringtideError(
    'permission-denied',
    'the author or last editor of a campaign cannot answer for what stands in its way; nothing was changed',
    { nextStep: 'Ask another approver.' },
  );
}

function nothingToOverride({ key }: OverrideRequest): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `the last check of this plan found nothing at "${key}" that could be overridden; nothing was changed`,
    { nextStep: 'Look at the last check; check first if there is none.' },
  );
}

function nothingToAttest({ key }: AttestationRequest): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `the last check of this plan left nothing unmeasured at "${key}" that could be vouched for; nothing was changed`,
    { nextStep: 'Look at the last check; check first if there is none.' },
  );
}

/** @throws invalid-argument for a word that runs out before it is needed, or that nobody can give so far ahead. */
function requireUseful({ until, endsAt }: AttestationRequest, at: Instant): void {
  const refuse = (message: string, nextStep: string): never => {
    throw new SpringtideError('invalid-argument', `${message}; nothing was changed`, {
      nextStep,
      places: [{ path: 'until', message }],
    });
  };
  if (until < endsAt) refuse('it would run out before the campaign is over', `Vouch for it until ${endsAt}.`);
  if (msBetween(at, until) > MOST_VOUCHED_MS) {
    refuse('nobody can vouch for more than 92 days ahead', 'Look again nearer to the campaign.');
  }
}
