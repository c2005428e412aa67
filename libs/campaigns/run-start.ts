import { runWorkflowId, type Sentence } from '@springtide/contracts';
import { effectTransaction } from '@springtide/effects';
import type { Mandate } from '@springtide/effects/domain';
import { postToOutbox, type RequestContext } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import { CampaignEntity, RunEntity } from './data/campaign.entity.js';
import { moved } from './domain/index.js';
import { summaryOf } from './run-timeline.js';

type Start = Readonly<{
  campaign: CampaignEntity;
  mandate: Mandate;
  planId: string;
  phases: RunEntity['phases'];
  targets: RunEntity['targets'];
  cameBackFrom: string | null;
  /** What it does first. */
  told: Sentence;
  now: Date;
}>;

/** Writes an armed run with its mandate, and has its workflow started, all in the caller's transaction. */
export async function startRun(tx: EntityManager, ctx: RequestContext, start: Start): Promise<void> {
  const { campaign, mandate, told, now, ...rest } = start;
  const { runId } = mandate;
  const run: RunEntity = {
    ...rest,
    ...summaryOf(told),
    id: runId,
    tenantId: ctx.tenantId,
    campaignId: campaign.id,
    state: 'armed',
    control: 'run',
    safeHold: null,
    phase: null,
    revision: 1,
    since: now,
    startedAt: now,
    closedAt: null,
  };
  await tx.insert(RunEntity, run);
  await effectTransaction(tx, ctx.tenantId).insertMandate(mandate);
  // A scaling group that rested was closed only until its route was free.
  campaign.status = start.cameBackFrom === null ? moved(campaign.status, 'armed') : 'armed';
  campaign.currentRunId = runId;
  campaign.updatedAt = now;
  await tx.save(CampaignEntity, campaign);
  await postToOutbox(tx, ctx.tenantId, {
    kind: 'start',
    workflow: 'run',
    workflowId: runWorkflowId(runId),
    input: { tenantId: ctx.tenantId, runId },
  });
}
