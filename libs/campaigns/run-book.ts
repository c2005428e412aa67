import { RUN_CHANGED, runWorkflowId, type Sentence } from '@springtide/contracts';
import { findWayBack } from './data/way-back.repository.js';
import { PlanEntity, RunEntity } from './data/campaign.entity.js';
import { SpringtideError, toInstant, type Clock, type Instant } from '@springtide/kernel';
import {
  jobContext,
  postToOutbox,
  type Database,
  type OutboxMessage,
  type RequestContext,
} from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import { findPlan } from './plan-records.js';
import { findCampaign, lockCampaign } from './campaign.service.js';
import { CampaignEntity } from './data/campaign.entity.js';
import {
  RUN_POLICIES,
  moved,
  type CampaignStatus,
  type PlanContent,
  type RunPolicy,
} from './domain/index.js';
import { note, summaryOf, type TimelineNote } from './run-timeline.js';

/** A run with everything a step of it needs to know. */
export type OpenRun = Readonly<{
  run: RunEntity;
  plan: PlanContent;
  planHash: string;
  campaign: CampaignEntity;
  policy: RunPolicy;
}>;

/** Of which campaign a run is, and when its bills should be complete; nulls while it is open. */
type BillsOfRun = Readonly<{ campaignId: string; closedAt: Instant | null; dueAt: Instant | null }>;

/** Reads and writes what a run says about itself. The only place that changes its row. */
export class RunBook {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  now(): Instant {
    return toInstant(this.clock.now());
  }

  context(tenantId: string, runId: string): RequestContext {
    return jobContext('run', tenantId, `run/${runId}`);
  }

  async open(tenantId: string, runId: string): Promise<OpenRun> {
    return await this.database.unitOfWork(
      this.context(tenantId, runId),
      async (tx) => await openIn(tx, runId),
    );
  }

  async billsOf(tenantId: string, runId: string): Promise<BillsOfRun> {
    return await this.within(tenantId, runId, async (tx) => {
      const { run } = await openIn(tx, runId);
      const { campaignId } = run;
      if (run.closedAt === null) return { campaignId, closedAt: null, dueAt: null };
      const kept = await findWayBack(tx, runId);
      const closedAt = toInstant(run.closedAt);
      return { campaignId, closedAt, dueAt: kept?.progress.billCheckAt ?? closedAt };
    });
  }

  /** Names of the routes that runs which are not closed look after: nobody else touches their shares. */
  async routesInUse(context: RequestContext): Promise<ReadonlySet<string>> {
    const rows = await this.database.unitOfWork(
      context,
      async (tx) =>
        await tx.query<{ route: string }[]>(
          `select distinct service->>'route' as route
           from campaign_run run join campaign_plan plan on plan.id = run.plan_id,
             jsonb_array_elements(plan.content->'services') service
           where run.closed_at is null`,
        ),
    );
    return new Set(rows.map(({ route }) => route));
  }

  /** One transaction of the run's own. */
  async within<T>(tenantId: string, runId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return await this.database.unitOfWork(this.context(tenantId, runId), work);
  }

  async note(tenantId: string, runId: string, entry: TimelineNote): Promise<void> {
    const ctx = this.context(tenantId, runId);
    await this.database.unitOfWork(ctx, async (tx) => {
      await note(tx, ctx, runId, entry, this.now());
    });
  }

  /** What the run does now, in one sentence. Said often, so it is one statement. */
  async say(tenantId: string, runId: string, sentence: Sentence): Promise<void> {
    const { summary, summarySentences } = summaryOf(sentence);
    await this.database.unitOfWork(this.context(tenantId, runId), async (tx) => {
      await tx.query('update campaign_run set summary = $2, summary_sentences = $3 where id = $1', [
        runId,
        summary,
        JSON.stringify(summarySentences),
      ]);
    });
  }

  /**
   * Changes the run's row, and the campaign's status with it where the state says so.
   * @param order what the workflow engine is to do because of it.
   */
  async change(
    tenantId: string,
    runId: string,
    apply: (run: RunEntity) => Partial<RunEntity>,
    entry?: TimelineNote,
    campaignStatus?: CampaignStatus,
    order?: OutboxMessage,
  ): Promise<RunEntity> {
    const ctx = this.context(tenantId, runId);
    return await this.database.unitOfWork(ctx, async (tx) => {
      const run = await lockRun(tx, runId);
      const change = apply(run);
      if (change.state !== undefined && change.state !== run.state) run.since = this.clock.now();
      Object.assign(run, change);
      await tx.save(RunEntity, run);
      if (campaignStatus !== undefined) await this.moveCampaign(tx, run.campaignId, campaignStatus);
      if (entry !== undefined) await note(tx, ctx, runId, entry, this.now());
      if (order !== undefined) await postToOutbox(tx, tenantId, order);
      // Something else is wanted now: the run may be asleep for minutes.
      if (change.revision !== undefined) await this.wake(tx, tenantId, runId);
      return run;
    });
  }

  private async wake(tx: EntityManager, tenantId: string, runId: string): Promise<void> {
    const workflowId = runWorkflowId(runId);
    await postToOutbox(tx, tenantId, { kind: 'signal', workflowId, signal: RUN_CHANGED });
  }

  private async moveCampaign(tx: EntityManager, campaignId: string, to: CampaignStatus): Promise<void> {
    const campaign = await lockCampaign(tx, campaignId);
    if (campaign.status === to) return;
    campaign.status = moved(campaign.status, to);
    campaign.updatedAt = this.clock.now();
    await tx.save(CampaignEntity, campaign);
  }
}

/** @throws not-found. */
export async function lockRun(tx: EntityManager, runId: string): Promise<RunEntity> {
  const run = await tx.findOne(RunEntity, { where: { id: runId }, lock: { mode: 'pessimistic_write' } });
  if (run === null) throw new SpringtideError('not-found', `there is no run ${runId}`);
  return run;
}

export async function openIn(tx: EntityManager, runId: string): Promise<OpenRun> {
  const run = await tx.findOneBy(RunEntity, { id: runId });
  if (run === null) throw new SpringtideError('not-found', `there is no run ${runId}`);
  const plan: PlanEntity = await findPlan(tx, run.planId);
  const campaign = await findCampaign(tx, run.campaignId);
  if (plan.content === null)
    throw new SpringtideError('internal', `plan ${plan.id} of run ${runId} has no content`);
  return {
    run,
    plan: plan.content,
    planHash: plan.hash,
    campaign,
    policy: RUN_POLICIES[campaign.input.policy],
  };
}

/** Runs of the tenant that are not closed. */
export async function listOpenRuns(tx: EntityManager): Promise<readonly RunEntity[]> {
  return await tx.createQueryBuilder(RunEntity, 'run').where('run.closed_at is null').getMany();
}
