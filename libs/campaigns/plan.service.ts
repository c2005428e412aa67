import { planWorkflowId, type ApprovalBody, type Envelope, type PlanBody } from '@springtide/contracts';
import { ApprovalService, recordAudit, requirePermission, requireUser } from '@springtide/identity';
import type { Approval } from '@springtide/identity/domain';
import { HOUR, SpringtideError, addMs, toInstant, type Clock, type Money } from '@springtide/kernel';
import { hashJson, newId, postToOutbox, type Database, type RequestContext } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import {
  asApprovalBody,
  readEnvelope,
  readPlace,
  statusOf,
  STORED,
  type ApprovalEvidence,
} from './approval-view.js';
import { findCampaign, lockCampaign } from './campaign.service.js';
import { CampaignEntity, PlanEntity } from './data/campaign.entity.js';
import {
  APPROVAL_POLICIES,
  RUN_POLICIES,
  envelopeLimits,
  expiryOf,
  isEditable,
  latestStartOf,
  moved,
  type PlanContent,
  scaledPlan,
} from './domain/index.js';
import { lockPromises } from './plan-facts.service.js';
import { PLAN_SUBJECT, asPlanBody, findPlan, requireCurrent } from './plan-records.js';
import type { PlanSolver } from './plan-solver.js';
import { requireRoom } from './promise-check.js';
import type { ReadinessGate } from './readiness-gate.service.js';
import type { RehearsalGate } from './rehearsal-gate.js';

type Parts = Readonly<{
  database: Database;
  approvals: ApprovalService;
  solver: PlanSolver;
  gate: ReadinessGate;
  rehearsals: RehearsalGate;
  clock: Clock;
}>;

/** Immutable revisions of a campaign's plan, and the approval of one of them. */
export class PlansService {
  constructor(private readonly parts: Parts) {}

  /** Writes a revision that is `solving` and has the planner started. */
  async request(ctx: RequestContext, campaignId: string): Promise<PlanBody> {
    requirePermission(ctx, 'campaign:write');
    return await this.parts.database.unitOfWork(ctx, async (tx) => {
      const campaign = await lockCampaign(tx, campaignId);
      if (!isEditable(campaign.status)) {
        throw new SpringtideError(
          'failed-precondition',
          `campaign "${campaign.name}" is ${campaign.status}; no new plan was made`,
          { nextStep: 'While a campaign runs, change its target instead.' },
        );
      }
      const revision = 1 + (await tx.count(PlanEntity, { where: { campaignId } }));
      const row: PlanEntity = {
        id: newId(),
        tenantId: ctx.tenantId,
        campaignId,
        revision,
        campaignVersion: campaign.version,
        status: 'solving',
        hash: '',
        content: null,
        failure: null,
        createdAt: this.parts.clock.now(),
      };
      await tx.insert(PlanEntity, row);
      await recordAudit(tx, ctx, {
        action: 'plan.request',
        target: { kind: 'plan', id: row.id },
        after: { campaignId, revision, campaignVersion: campaign.version },
        show: ['campaignId', 'revision', 'campaignVersion'],
        at: toInstant(row.createdAt),
      });
      await postToOutbox(tx, ctx.tenantId, {
        kind: 'start',
        workflow: 'plan',
        workflowId: planWorkflowId(row.id),
        input: { tenantId: ctx.tenantId, planId: row.id },
      });
      return asPlanBody(row, campaign.input.budget.currency);
    });
  }

  async list(ctx: RequestContext, campaignId: string): Promise<readonly PlanBody[]> {
    requirePermission(ctx, 'campaign:read');
    return await this.parts.database.unitOfWork(ctx, async (tx) => {
      const campaign = await findCampaign(tx, campaignId);
      const rows = await tx.find(PlanEntity, {
        where: { campaignId },
        order: { revision: 'DESC' },
        take: 100,
      });
      return rows.map((row) => asPlanBody(row, campaign.input.budget.currency));
    });
  }

  async get(ctx: RequestContext, planId: string): Promise<PlanBody> {
    requirePermission(ctx, 'campaign:read');
    return await this.parts.database.unitOfWork(ctx, async (tx) => {
      const row = await findPlan(tx, planId);
      return asPlanBody(row, (await findCampaign(tx, row.campaignId)).input.budget.currency);
    });
  }

  /** For the plan workflow: reads prices, stock and quota of every account afresh. */
  async refreshMarket(ctx: RequestContext, planId: string): Promise<void> {
    const campaign = await this.campaignOf(ctx, planId);
    await this.parts.solver.refreshMarket(ctx, campaign.input.accountIds);
  }

  /** For the plan workflow: solves and stores. Repeating it on a plan that is done changes nothing. */
  async solve(ctx: RequestContext, planId: string): Promise<void> {
    const plan = await this.parts.database.unitOfWork(ctx, async (tx) => await findPlan(tx, planId));
    if (plan.status !== 'solving') return;
    const campaign = await this.campaignOf(ctx, planId);
    const content = await this.contentOf(ctx, campaign);
    await this.store(ctx, planId, content);
  }

  /** Solved; or, for a campaign that rehearses a share of another one's plan, that share. */
  private async contentOf(ctx: RequestContext, campaign: CampaignEntity): Promise<PlanContent> {
    const { rehearses, phases } = campaign.input;
    if (rehearses === undefined) return await this.parts.solver.solve(ctx, campaign);
    const whole = await this.parts.database.unitOfWork(
      ctx,
      async (tx) => await findPlan(tx, rehearses.planId),
    );
    if (
      whole.content === null ||
      whole.hash !== rehearses.planHash ||
      hashJson(whole.content) !== whole.hash
    ) {
      throw new SpringtideError(
        'failed-precondition',
        'the plan that this campaign rehearses is not the one that was asked for; no plan was made',
        { nextStep: 'Ask for the rehearsal again from the plan as it is now.' },
      );
    }
    return scaledPlan(whole.content, rehearses, phases);
  }

  async fail(ctx: RequestContext, planId: string, reason: string): Promise<void> {
    await this.parts.database.unitOfWork(ctx, async (tx) => {
      const row = await findPlan(tx, planId);
      if (row.status !== 'solving') return;
      await tx.save(PlanEntity, Object.assign(row, { status: 'failed' as const, failure: reason }));
    });
  }

  /** Asks for approval of exactly this plan: its hash, its pools, the campaign's budget. */
  async requestApproval(ctx: RequestContext, planId: string): Promise<ApprovalBody> {
    requirePermission(ctx, 'campaign:write');
    return await this.parts.database.unitOfWork(ctx, async (tx) => {
      const plan = await findPlan(tx, planId);
      const campaign = await lockCampaign(tx, plan.campaignId);
      const approval = await this.requestIn(tx, ctx, campaign, plan, null);
      return asApprovalBody(approval, plan.campaignId, toInstant(this.parts.clock.now()));
    });
  }

  /**
   * An approval that no longer holds is asked for again, of the same plan: the campaign waits for a decision as before.
   * @param priceBasis what its machine-hours cost now, for the approver to decide on.
   */
  async askAgain(ctx: RequestContext, campaignId: string, priceBasis: Money | null): Promise<Approval> {
    return await this.parts.database.unitOfWork(ctx, async (tx) => {
      const campaign = await lockCampaign(tx, campaignId);
      const plan = await findPlan(tx, campaign.currentPlanId ?? '');
      const approval = await this.requestIn(tx, ctx, campaign, plan, priceBasis);
      if (campaign.status === 'approved') await this.changeStatus(tx, campaign, 'planned');
      return approval;
    });
  }

  /** A scaling group that rests needs approval again to come back, of the same plan. Asking twice asks once.
   * @param asked with what its machine-hours cost now, where that is why. */
  async askToComeBack(
    tx: EntityManager,
    ctx: RequestContext,
    asked: Readonly<{ campaign: CampaignEntity; plan: PlanEntity; priceBasis: Money | null }>,
  ): Promise<void> {
    await this.requestIn(tx, ctx, asked.campaign, asked.plan, asked.priceBasis);
  }

  private async requestIn(
    tx: EntityManager,
    ctx: RequestContext,
    campaign: CampaignEntity,
    plan: PlanEntity,
    priceBasis: Money | null,
  ): Promise<Approval> {
    const content = requireCurrent(plan, campaign);
    const now = toInstant(this.parts.clock.now());
    const { budget, policy, lateStart } = campaign.input;
    const envelope: Envelope = {
      planId: plan.id,
      planHash: plan.hash,
      poolIds: content.pools.map((pool) => pool.id),
      budget,
      latestStart: latestStartOf(campaign.input, campaign.currentRunId !== null) ?? now,
      ...(lateStart !== undefined && { lateStart }),
      priceBasis,
      priceDriftLimit: APPROVAL_POLICIES[policy].priceDriftLimit,
      ...envelopeLimits(content),
    };
    return await this.parts.approvals.requestIn(tx, ctx, {
      subject: { kind: PLAN_SUBJECT, id: plan.id },
      envelope,
      ceiling: budget,
      authorId: campaign.authorId,
      lastEditorId: campaign.lastEditorId,
      expiresAt: expiryOf(campaign.input, addMs(now, RUN_POLICIES[policy].approvalHours * HOUR)),
    });
  }

  /** The decision and its consequence in one transaction. A second click changes nothing. */
  async decide(
    ctx: RequestContext,
    approvalId: string,
    input: Readonly<{ decision: 'approve' | 'reject'; comment?: string | undefined }>,
  ): Promise<ApprovalBody> {
    requirePermission(ctx, 'campaign:approve');
    requireUser(ctx);
    const seen = await this.parts.approvals.get(ctx, approvalId);
    return await this.parts.database.unitOfWork(ctx, async (tx) => {
      const plan = await findPlan(tx, readEnvelope(seen).planId);
      const campaign = await lockCampaign(tx, plan.campaignId);
      const isFirst = input.decision === 'approve' && seen.status === 'pending';
      if (isFirst) {
        requireCurrent(plan, campaign);
        await lockPromises(tx, ctx.tenantId);
        await requireRoom(tx, { campaign, plan, to: 'approved' });
      }
      const evidence = isFirst ? await this.evidenceIn(tx, campaign, plan) : null;
      const approval = await this.parts.approvals.decideIn(
        tx,
        ctx,
        {
          approvalId,
          verdict: input.decision === 'approve' ? 'approved' : 'rejected',
          envelopeHash: seen.envelopeHash,
          evidence,
          ...(input.comment === undefined ? {} : { reason: input.comment }),
        },
        'campaign:approve',
      );
      if (
        approval.status === 'approved' &&
        campaign.status === 'planned' &&
        campaign.currentPlanId === plan.id
      ) {
        await this.changeStatus(tx, campaign, 'approved');
      }
      return asApprovalBody(approval, plan.campaignId, toInstant(this.parts.clock.now()));
    });
  }

  /** @throws failed-precondition where the campaign requires evidence that is not there. */
  private async evidenceIn(
    tx: EntityManager,
    campaign: CampaignEntity,
    plan: PlanEntity,
  ): Promise<ApprovalEvidence | null> {
    const readiness = await this.parts.gate.evidenceIn(tx, campaign, plan);
    const rehearsal = await this.parts.rehearsals.evidenceIn(tx, campaign, plan);
    const shares = await this.parts.rehearsals.sharesIn(tx, campaign, plan);
    const isNone = readiness === null && rehearsal === null && shares.length === 0;
    return isNone ? null : { readiness, rehearsal, shares };
  }

  async listApprovals(
    ctx: RequestContext,
    page: Readonly<{
      limit: number;
      cursor?: string | undefined;
      status?: ApprovalBody['status'] | undefined;
    }>,
  ): Promise<{ items: ApprovalBody[]; next: string | null }> {
    requirePermission(ctx, 'campaign:read');
    const now = toInstant(this.parts.clock.now());
    const found: Approval[] = [];
    let after = readPlace(page.cursor);
    for (;;) {
      const rows = await this.parts.approvals.list(ctx, {
        limit: page.limit + 1,
        ...(page.status === undefined ? {} : { status: STORED[page.status] }),
        ...(after === undefined ? {} : { after }),
      });
      // What waits and what expired while it waited look alike in the books.
      const wanted = (row: Approval) => page.status === undefined || statusOf(row, now) === page.status;
      found.push(...rows.filter((row) => row.subject.kind === PLAN_SUBJECT && wanted(row)));
      after = rows.at(-1);
      if (found.length > page.limit || rows.length <= page.limit) break;
    }
    const items = found.slice(0, page.limit);
    const last = items.at(-1);
    const next = found.length > page.limit && last ? `${last.requestedAt}~${last.id}` : null;
    const campaigns = await this.campaignsOf(
      ctx,
      items.map((row) => row.subject.id),
    );
    return { items: items.map((row) => asApprovalBody(row, campaigns.get(row.subject.id) ?? '', now)), next };
  }

  /** Campaign ids by plan id. */
  private async campaignsOf(
    ctx: RequestContext,
    planIds: readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    const rows = await this.parts.database.unitOfWork(
      ctx,
      async (tx) =>
        await tx
          .createQueryBuilder(PlanEntity, 'plan')
          .select(['plan.id', 'plan.campaignId'])
          .where('plan.id = any(:planIds)', { planIds })
          .getMany(),
    );
    return new Map(rows.map((row) => [row.id, row.campaignId]));
  }

  private async campaignOf(ctx: RequestContext, planId: string): Promise<CampaignEntity> {
    return await this.parts.database.unitOfWork(ctx, async (tx) => {
      const plan = await findPlan(tx, planId);
      return await findCampaign(tx, plan.campaignId);
    });
  }

  private async store(ctx: RequestContext, planId: string, content: PlanContent): Promise<void> {
    await this.parts.database.unitOfWork(ctx, async (tx) => {
      const row = await findPlan(tx, planId);
      if (row.status !== 'solving') return;
      const short = content.capacity.some((line) => line.short > 0);
      const done = Object.assign(row, {
        status: short ? ('infeasible' as const) : ('ready' as const),
        content,
        hash: hashJson(content),
      });
      await tx.save(PlanEntity, done);
      const campaign = await lockCampaign(tx, row.campaignId);
      // A plan of an older version of the campaign is kept for comparison, and is not the current one.
      if (campaign.version === row.campaignVersion && isEditable(campaign.status)) {
        campaign.currentPlanId = row.id;
        await this.changeStatus(tx, campaign, 'planned');
      }
      await recordAudit(tx, ctx, {
        action: 'plan.solve',
        target: { kind: 'plan', id: planId },
        after: { hash: done.hash, status: done.status, cost: content.cost.amount },
        show: ['hash', 'status', 'cost'],
        at: toInstant(this.parts.clock.now()),
      });
    });
  }

  private async changeStatus(
    tx: EntityManager,
    campaign: CampaignEntity,
    to: CampaignEntity['status'],
  ): Promise<void> {
    campaign.status = moved(campaign.status, to);
    campaign.updatedAt = this.parts.clock.now();
    await tx.save(CampaignEntity, campaign);
  }
}
