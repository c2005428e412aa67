import type { ApprovalBody, CampaignInput, TimelineEntry } from '@springtide/contracts';
import { requirePermission, type ApprovalService } from '@springtide/identity';
import { SpringtideError, toInstant, type Clock, type Instant } from '@springtide/kernel';
import type { Database, RequestContext } from '@springtide/platform';
import { asApprovalBody } from './approval-view.js';
import { findCampaign } from './campaign.service.js';
import { readingsSince } from './data/demand-reading.repository.js';
import type { DemandReading, PlanContent } from './domain/index.js';
import { PLAN_SUBJECT } from './plan-records.js';
import { openIn, type OpenRun } from './run-book.js';
import { readTimeline } from './run-timeline.js';

/** What a campaign's last run knows of itself, beside what the ledger bought for it. */
export type RunFacts = Readonly<{
  campaignId: string;
  name: string;
  author: string;
  input: CampaignInput;
  runId: string;
  state: string;
  startedAt: Instant;
  closedAt: Instant | null;
  /** As they were in the end: a run may have been extended. */
  phases: CampaignInput['phases'];
  planId: string;
  planHash: string;
  plan: PlanContent;
  approval: ApprovalBody | null;
  timeline: readonly TimelineEntry[];
  /** What the entrances counted, by service; empty where they count nothing. */
  readings: ReadonlyMap<string, readonly DemandReading[]>;
}>;

const STORY = 2_000;

/** For those who report on runs. */
export class RunFactsService {
  constructor(
    private readonly database: Database,
    private readonly approvals: ApprovalService,
    private readonly clock: Clock,
  ) {}

  /** @throws failed-precondition when the campaign has not run. */
  async read(ctx: RequestContext, campaignId: string): Promise<RunFacts> {
    requirePermission(ctx, 'campaign:read');
    return await this.database.unitOfWork(ctx, async (tx) => {
      const { currentRunId, name } = await findCampaign(tx, campaignId);
      if (currentRunId === null) {
        throw new SpringtideError(
          'failed-precondition',
          `campaign "${name}" has not run; there is nothing to report`,
          { nextStep: 'Arm it first.' },
        );
      }
      const open = await openIn(tx, currentRunId);
      const granted = await this.approvals.grantedIn(tx, { kind: PLAN_SUBJECT, id: open.run.planId });
      const now = toInstant(this.clock.now());
      const readings = new Map<string, readonly DemandReading[]>();
      for (const { name: service } of open.plan.services) {
        const rows = await readingsSince(tx, currentRunId, service, toInstant(open.run.startedAt));
        readings.set(service, rows);
      }
      return {
        ...factsOf(open),
        approval: granted === undefined ? null : asApprovalBody(granted, campaignId, now),
        timeline: await readTimeline(tx, currentRunId, 0, STORY),
        readings,
      };
    });
  }
}

function factsOf({
  run,
  campaign,
  plan,
  planHash,
}: OpenRun): Omit<RunFacts, 'approval' | 'timeline' | 'readings'> {
  return {
    campaignId: campaign.id,
    name: campaign.name,
    author: campaign.authorName,
    input: campaign.input,
    runId: run.id,
    state: run.state,
    startedAt: toInstant(run.startedAt),
    closedAt: run.closedAt === null ? null : toInstant(run.closedAt),
    phases: run.phases,
    planId: run.planId,
    planHash,
    plan,
  };
}
