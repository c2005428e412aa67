import type { PlanComparison, PlanWhatIf } from '@springtide/contracts';
import { requirePermission } from '@springtide/identity';
import { SpringtideError } from '@springtide/kernel';
import { hashJson, type Database, type RequestContext } from '@springtide/platform';
import { findCampaign } from './campaign.service.js';
import type { PlanEntity } from './data/campaign.entity.js';
import { changedCampaign, comparePlans, type ComparedPlan } from './domain/index.js';
import type { PlanSolver } from './plan-solver.js';
import { findPlan } from './plan-records.js';

/** Plans side by side, and what would be planned if something were different. Nothing here changes anything. */
export class PlanComparisons {
  constructor(
    private readonly database: Database,
    private readonly solver: PlanSolver,
  ) {}

  /** @throws failed-precondition when one of them is not solved, or was changed after it was. */
  async compare(ctx: RequestContext, beforeId: string, afterId: string): Promise<PlanComparison> {
    requirePermission(ctx, 'campaign:read');
    return await this.database.unitOfWork(ctx, async (tx) =>
      comparePlans(comparable(await findPlan(tx, beforeId)), comparable(await findPlan(tx, afterId))),
    );
  }

  /**
   * Solves the plan's campaign with the change, at the prices known now, and keeps nothing of it. Its hash is the plan's own
   * where the answer is the same.
   * @throws failed-precondition when the campaign was edited since: two changes would be told as one.
   */
  async whatIf(ctx: RequestContext, planId: string, change: PlanWhatIf): Promise<PlanComparison> {
    requirePermission(ctx, 'campaign:read');
    const { before, campaign } = await this.database.unitOfWork(ctx, async (tx) => {
      const plan = await findPlan(tx, planId);
      const row = await findCampaign(tx, plan.campaignId);
      if (plan.campaignVersion !== row.version) throw edited(plan.revision);
      return { before: comparable(plan), campaign: row };
    });
    const changed = { id: campaign.id, input: changedCampaign(campaign.input, change) };
    const solved = await this.solver.solveUnkept(ctx, changed, change.excludeRegions);
    const { marketSnapshotId, limitsAt } = before.content;
    const content = { ...solved, marketSnapshotId, ...(limitsAt === undefined ? {} : { limitsAt }) };
    return comparePlans(before, { planId: null, revision: null, hash: hashJson(content), content });
  }
}

function edited(revision: number): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `the campaign was edited after plan revision ${revision} was made, so a difference would not be that of your change alone; nothing was planned`,
    { nextStep: 'Have a new plan made and ask about that one.' },
  );
}

function comparable(plan: PlanEntity): ComparedPlan {
  const { id, revision, hash, content } = plan;
  if (content === null) {
    throw new SpringtideError(
      'failed-precondition',
      `plan revision ${revision} is ${plan.status}; there is nothing to compare`,
      { nextStep: 'Wait until it is ready, or have a new one made.' },
    );
  }
  if (hashJson(content) !== hash) {
    throw new SpringtideError(
      'failed-precondition',
      `plan revision ${revision} does not match its hash: it was changed after it was made; it was not compared`,
      { nextStep: 'Have a new plan made, and have the audit log verified.' },
    );
  }
  return { planId: id, revision, hash, content };
}
