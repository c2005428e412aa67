import type { PlanComparison, PlanWhatIf } from '@springtide/contracts';
import { requirePermission } from '@springtide/identity';
import { SpringtideError } from '@springtide/kernel';
import { hashJson, type Database, type RequestContext } from '@springtide/platform';
import { findCampaign } from './campaign.service.js';
import type { PlanEntity } from './data/campaign.entity.js';
import { changedCampaign, comparePlans, type ComparedPlan } from './domain/index.js';
import type { PlanSolver } from './plan-solver.js';
import { findPlan } from './plan.service.js';

/** Somebody waits in front of a screen. */
const WHAT_IF_DEADLINE_MS = 3_000;

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

  /** Solves the plan's campaign with the change, at the prices known now, and keeps nothing of it. */
  async whatIf(ctx: RequestContext, planId: string, change: PlanWhatIf): Promise<PlanComparison> {
    requirePermission(ctx, 'campaign:read');
    const { before, campaign } = await this.database.unitOfWork(ctx, async (tx) => {
      const plan = await findPlan(tx, planId);
      return { before: comparable(plan), campaign: (await findCampaign(tx, plan.campaignId)).input };
    });
    const changed = changedCampaign(campaign, change);
    const content = await this.solver.solve(ctx, changed, WHAT_IF_DEADLINE_MS);
    return comparePlans(before, { planId: null, revision: null, hash: hashJson(content), content });
  }
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
