import { sentence, type RunBody, type RunCommand, type TimelineEntry } from '@springtide/contracts';
import { effectTransaction, type EffectLedger } from '@springtide/effects';
import type { Mandate } from '@springtide/effects/domain';
import { recordAudit, requirePermission, requireUser, type ApprovalService } from '@springtide/identity';
import { SpringtideError, addMs, money, toInstant, type Clock } from '@springtide/kernel';
import { newId, type Database, type RequestContext } from '@springtide/platform';
import type { RoutesService } from '@springtide/traffic';
import type { EntityManager } from 'typeorm';
import { giveCommand } from './run-commands.js';
import { findWayBack } from './data/way-back.repository.js';
import { readEnvelope } from './approval-view.js';
import { lockCampaign } from './campaign.service.js';
import type { CampaignEntity, PlanEntity } from './data/campaign.entity.js';
import { RUN_POLICIES, inUtc, routeRefusal, type PlanContent } from './domain/index.js';
import { PLAN_SUBJECT, findPlan, requireCurrent } from './plan-records.js';
import { lockRoutes, otherHolders } from './route-holders.js';
import { listOpenRuns, openIn } from './run-book.js';
import { startRun } from './run-start.js';
import { stopRun } from './run-stop.js';
import { note, readTimeline } from './run-timeline.js';
import { runView } from './run-view.js';
import type { StartCheck } from './start-check.service.js';

/** Starting, watching and steering runs. Every command is a row first; then the run is told to read afresh. */
export class RunsService {
  constructor(
    private readonly database: Database,
    private readonly approvals: ApprovalService,
    private readonly ledger: EffectLedger,
    private readonly routes: RoutesService,
    private readonly startCheck: StartCheck,
    private readonly clock: Clock,
  ) {}

  /** Arms the approved plan: opens its mandate and starts its run, in one transaction. Arming twice gives the same run. */
  async arm(ctx: RequestContext, campaignId: string): Promise<RunBody> {
    requirePermission(ctx, 'run:operate');
    await this.startCheck.requireHolding(ctx, campaignId);
    const runId = await this.database.unitOfWork(ctx, async (tx) => {
      const campaign = await lockCampaign(tx, campaignId);
      if (campaign.currentRunId !== null) return campaign.currentRunId;
      return await this.armIn(tx, ctx, campaign);
    });
    return await this.get(ctx, runId);
  }

  async get(ctx: RequestContext, runId: string): Promise<RunBody> {
    requirePermission(ctx, 'run:read');
    const { open, wayBack } = await this.database.unitOfWork(ctx, async (tx) => ({
      open: await openIn(tx, runId),
      wayBack: await findWayBack(tx, runId),
    }));
    const intents = await this.ledger.listIntents(ctx.tenantId, { runId });
    const mandate = await this.ledger.findMandate(ctx.tenantId, runId);
    return await runView(ctx, open, { intents, mandate, wayBack, routes: this.routes, at: this.now() });
  }

  async timeline(
    ctx: RequestContext,
    runId: string,
    afterId: number,
    limit: number,
  ): Promise<TimelineEntry[]> {
    requirePermission(ctx, 'run:read');
    return await this.database.unitOfWork(ctx, async (tx) => {
      await openIn(tx, runId);
      return await readTimeline(tx, runId, afterId, limit);
    });
  }

  /** @param version what the caller has seen; without it the command stands whatever happened since. */
  async command(ctx: RequestContext, runId: string, command: RunCommand, version?: number): Promise<RunBody> {
    requirePermission(ctx, command.command === 'abort' ? 'run:stop' : 'run:operate');
    const at = this.now();
    await this.database.unitOfWork(ctx, async (tx) => {
      await giveCommand({ tx, ctx, at }, runId, command, version);
    });
    return await this.get(ctx, runId);
  }

  /** On: nothing more is bought for this tenant, at once, and every open run scales back. */
  async stopSwitch(
    ctx: RequestContext,
    wanted: Readonly<{ engaged: boolean; reason: string }>,
  ): Promise<{ engaged: boolean; runs: number }> {
    requirePermission(ctx, 'run:stop');
    return await this.database.unitOfWork(ctx, async (tx) => {
      await effectTransaction(tx, ctx.tenantId).saveStopSwitch({ ...wanted, at: this.now() });
      await recordAudit(tx, ctx, {
        action: wanted.engaged ? 'stop-switch.on' : 'stop-switch.off',
        target: { kind: 'tenant', id: ctx.tenantId },
        after: wanted,
        show: ['engaged', 'reason'],
        at: this.now(),
      });
      if (!wanted.engaged) return { engaged: false, runs: 0 };
      const running = await listOpenRuns(tx);
      for (const run of running) await stopRun({ tx, ctx, at: this.now() }, run, wanted.reason);
      return { engaged: true, runs: running.length };
    });
  }

  private async armIn(tx: EntityManager, ctx: RequestContext, campaign: CampaignEntity): Promise<string> {
    const user = requireUser(ctx);
    if (campaign.status !== 'approved' || campaign.currentPlanId === null) {
      throw new SpringtideError(
        'failed-precondition',
        `campaign "${campaign.name}" is ${campaign.status}; only an approved one can be armed, and nothing was bought`,
        { nextStep: 'Have it planned, ask for approval, and arm it then.' },
      );
    }
    const plan = await findPlan(tx, campaign.currentPlanId);
    const content = requireCurrent(plan, campaign);
    // A campaign of an earlier version may be kept in another zone, and a run compares instants as text.
    campaign.input = inUtc(campaign.input);
    await this.requireFreeRoutes(tx, campaign, content);
    const mandate = await this.mandateFor(tx, campaign, plan);
    const runId = mandate.runId;
    const follows = campaign.input.follows === 'strategies';
    await startRun(tx, ctx, {
      ...{ campaign, mandate, planId: plan.id, cameBackFrom: null, now: this.clock.now() },
      phases: campaign.input.phases,
      // A scaling group begins with nothing; its strategies say how much of the plan it takes.
      targets: follows ? [] : content.allocations.map((row) => ({ ...row })),
      told: sentence('now.armed', { who: ctx.actor.name }),
    });
    await note(
      tx,
      ctx,
      runId,
      { step: 'armed', sentences: [sentence('armed', { who: ctx.actor.name })], once: 'armed' },
      this.now(),
    );
    await recordAudit(tx, ctx, {
      action: 'run.arm',
      target: { kind: 'run', id: runId },
      after: { planHash: plan.hash, by: user.id },
      show: ['planHash'],
      at: this.now(),
    });
    return runId;
  }

  /** @throws failed-precondition where two runs would hold one entrance at a time. */
  private async requireFreeRoutes(
    tx: EntityManager,
    campaign: CampaignEntity,
    { services, leadMs }: PlanContent,
  ): Promise<void> {
    await lockRoutes(tx, campaign.tenantId);
    const { name, follows, phases, policy } = campaign.input;
    const own = { name, follows: follows === 'strategies', phases, leadMs };
    const others = await otherHolders(
      tx,
      campaign.id,
      services.map(({ route }) => route),
    );
    const refusal = routeRefusal(own, others, RUN_POLICIES[policy].yieldMs, this.now());
    if (refusal === undefined) return;
    throw new SpringtideError(
      'failed-precondition',
      `campaign "${name}" was not armed, and nothing was bought: ${refusal}`,
      {
        nextStep:
          'Let the other one end, or stop it (springtide run abort), and arm again when it is closed; or move this campaign. What must happen at the same time is planned as one campaign.',
      },
    );
  }

  /** The approval's envelope becomes the mandate of the run's effects. @throws failed-precondition without a valid one. */
  private async mandateFor(
    tx: EntityManager,
    campaign: CampaignEntity,
    { id: planId, hash: planHash }: PlanEntity,
  ): Promise<Mandate> {
    const approval = await this.approvals.grantedIn(tx, { kind: PLAN_SUBJECT, id: planId });
    const envelope = approval === undefined ? undefined : readEnvelope(approval);
    const now = this.now();
    if (approval === undefined || envelope === undefined || envelope.planHash !== planHash) {
      throw new SpringtideError('failed-precondition', 'this plan has no approval; nothing was bought', {
        nextStep: 'Ask for approval of exactly this plan.',
      });
    }
    if (approval.expiresAt <= now) {
      throw new SpringtideError(
        'failed-precondition',
        `the approval of this plan expired at ${approval.expiresAt}; nothing was bought`,
        { nextStep: 'Ask for approval again.' },
      );
    }
    if (Date.parse(envelope.latestStart) < Date.parse(now)) {
      throw new SpringtideError(
        'failed-precondition',
        `this plan was approved to start by ${envelope.latestStart}, which is over; nothing was bought`,
        { nextStep: 'Move the campaign, have it planned again and ask for approval of that.' },
      );
    }
    const end = campaign.input.phases.at(-1)?.endsAt ?? now;
    const currency = envelope.budget.currency;
    return {
      id: newId(),
      tenantId: campaign.tenantId,
      campaignId: campaign.id,
      runId: newId(),
      approvalId: approval.id,
      planHash,
      poolIds: envelope.poolIds,
      maxMachines: envelope.maxMachines,
      budget: envelope.budget,
      maxPerHour: envelope.maxPerHour,
      validUntil: toInstant(new Date(Date.parse(addMs(end, RUN_POLICIES[campaign.input.policy].overrunMs)))),
      state: 'open',
      machines: 0,
      reserved: money(currency, 0),
      committed: money(currency, 0),
      perHour: money(currency, 0),
    };
  }

  private now(): string {
    return toInstant(this.clock.now());
  }
}
