import { SpringtideError, toInstant, type Clock, type Instant, type Money } from '@springtide/kernel';
import { hashJson, newId, type Database, type RequestContext } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import { requirePermission, requireUser } from './access.js';
import { recordAudit } from './audit.service.js';
import {
  findApproval,
  findGrantedOf,
  insertApproval,
  listApprovals,
  lockApproval,
  lockPendingOf,
  saveDecision,
  type ApprovalPage,
} from './data/approval.repository.js';
import { decide, isExpired, type Approval, type DecisionRefusal, type Permission } from './domain/index.js';

export type ApprovalRequest = Readonly<{
  subject: Readonly<{ kind: string; id: string }>;
  /** What is asked for, whole: its hash is what the approver grants. JSON-safe. */
  envelope: unknown;
  /** The most it may cost. */
  ceiling: Money;
  authorId: string;
  lastEditorId: string;
  expiresAt: Instant;
}>;

export type ApprovalDecision = Readonly<{
  approvalId: string;
  verdict: 'approved' | 'rejected';
  /** Of the envelope the decider looked at. */
  envelopeHash: string;
  reason?: string;
  /** JSON-safe; kept with the decision. */
  evidence?: unknown;
}>;

const REFUSALS: Readonly<Record<DecisionRefusal, readonly [string, string]>> = {
  'own-work': ['its author or last editor cannot decide on it', 'Ask another approver of your tenant.'],
  expired: ['the request has expired', 'Ask the author to submit it again.'],
  'other-envelope': ['it was changed since you looked at it', 'Open the current version and decide on that.'],
  'decided-otherwise': ['it was decided already', 'Look at the decision; the author may submit it again.'],
  withdrawn: ['its author withdrew it', 'Wait for the next version.'],
};

/**
 * Four eyes for anything that costs money. The methods that take a transaction let a context decide and act in one:
 * an approval that committed without its consequence would be a promise nobody keeps.
 */
export class ApprovalService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async request(ctx: RequestContext, input: ApprovalRequest): Promise<Approval> {
    return await this.database.unitOfWork(ctx, (tx) => this.requestIn(tx, ctx, input));
  }

  /** Idempotent for the same envelope; a pending request of an older version of the subject is withdrawn. */
  async requestIn(tx: EntityManager, ctx: RequestContext, input: ApprovalRequest): Promise<Approval> {
    const at = toInstant(this.clock.now());
    const envelopeHash = hashJson(input.envelope);
    if (isExpired(input, at)) {
      throw new SpringtideError(
        'invalid-argument',
        'an approval must expire in the future; none was requested',
      );
    }
    const pending = await lockPendingOf(tx, input.subject);
    if (pending?.envelopeHash === envelopeHash && !isExpired(pending, at)) return pending;
    if (pending) await this.close(tx, ctx, pending, at);
    const approval: Approval = {
      ...input,
      id: newId(),
      envelopeHash,
      status: 'pending',
      requestedAt: at,
      deciderId: null,
      decidedAt: null,
      reason: null,
      evidence: null,
    };
    await insertApproval(tx, ctx.tenantId, approval);
    await audit(tx, ctx, 'approval.request', undefined, approval, at);
    return approval;
  }

  async decide(ctx: RequestContext, decision: ApprovalDecision, permission: Permission): Promise<Approval> {
    return await this.database.unitOfWork(ctx, (tx) => this.decideIn(tx, ctx, decision, permission));
  }

  /**
   * Idempotent: the same decision by the same person again changes nothing.
   * @param permission what deciding on this kind of subject needs.
   * @throws failed-precondition, permission-denied or conflict with the reason; nothing was changed then.
   */
  async decideIn(
    tx: EntityManager,
    ctx: RequestContext,
    decision: ApprovalDecision,
    permission: Permission,
  ): Promise<Approval> {
    requirePermission(ctx, permission);
    const user = requireUser(ctx);
    const at = toInstant(this.clock.now());
    const before = await lockApproval(tx, decision.approvalId);
    if (!before) throw notFound();
    const { verdict, envelopeHash, reason = null, evidence = null } = decision;
    const outcome = decide(before, { verdict, by: user.id, at, envelopeHash, reason, evidence });
    if (outcome.kind === 'refused') throw refusal(outcome.why);
    if (outcome.kind === 'unchanged') return outcome.approval;
    await saveDecision(tx, outcome.approval);
    const action = verdict === 'approved' ? 'approval.approve' : 'approval.reject';
    await audit(tx, ctx, action, before, outcome.approval, at);
    return outcome.approval;
  }

  /** What the author does when the subject changes or is no longer wanted. Idempotent. */
  async withdrawIn(tx: EntityManager, ctx: RequestContext, subject: Approval['subject']): Promise<void> {
    const pending = await lockPendingOf(tx, subject);
    if (pending) await this.close(tx, ctx, pending, toInstant(this.clock.now()));
  }

  /** What lets the subject start, expired or not; the caller checks what it grants. */
  async grantedIn(tx: EntityManager, subject: Approval['subject']): Promise<Approval | undefined> {
    return await findGrantedOf(tx, subject);
  }

  async get(ctx: RequestContext, id: string): Promise<Approval> {
    requirePermission(ctx, 'campaign:read');
    const approval = await this.database.unitOfWork(ctx, (tx) => findApproval(tx, id));
    if (!approval) throw notFound();
    return approval;
  }

  async list(ctx: RequestContext, page: ApprovalPage): Promise<readonly Approval[]> {
    requirePermission(ctx, 'campaign:read');
    return await this.database.unitOfWork(ctx, (tx) => listApprovals(tx, page));
  }

  private async close(tx: EntityManager, ctx: RequestContext, pending: Approval, at: Instant): Promise<void> {
    const after: Approval = { ...pending, status: 'withdrawn', deciderId: ctx.actor.id, decidedAt: at };
    await saveDecision(tx, after);
    await audit(tx, ctx, 'approval.withdraw', pending, after, at);
  }
}

async function audit(
  tx: EntityManager,
  ctx: RequestContext,
  action: string,
  before: Approval | undefined,
  after: Approval,
  at: Instant,
): Promise<void> {
  const target = { kind: 'approval', id: after.id };
  await recordAudit(tx, ctx, { action, target, before: brief(before), after: brief(after), at });
}

/** The envelope is bound by its hash; the record need not repeat it. */
function brief(approval: Approval | undefined): unknown {
  if (!approval) return undefined;
  const { envelope: _, ...rest } = approval;
  return rest;
}

function refusal(why: DecisionRefusal): SpringtideError {
  const [what, nextStep] = REFUSALS[why];
  const code =
    why === 'own-work' ? 'permission-denied' : why === 'other-envelope' ? 'conflict' : 'failed-precondition';
  return new SpringtideError(code, `this approval cannot be decided: ${what}; nothing was changed`, {
    retry: 'never',
    nextStep,
    facts: { reason: why },
  });
}

function notFound(): SpringtideError {
  return new SpringtideError('not-found', 'there is no such approval');
}
