import type { PlanBody } from '@springtide/contracts';
import { SpringtideError, toInstant } from '@springtide/kernel';
import { hashJson } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import { PlanEntity, type CampaignEntity } from './data/campaign.entity.js';
import type { PlanContent } from './domain/index.js';

/** What approvals of plans are about. */
export const PLAN_SUBJECT = 'campaign-plan';

/** @throws not-found. */
export async function findPlan(tx: EntityManager, planId: string): Promise<PlanEntity> {
  const row = await tx.findOneBy(PlanEntity, { id: planId });
  if (row === null) throw new SpringtideError('not-found', `there is no plan ${planId}`);
  return row;
}

/** The plan must be solved, whole, unchanged since, and of the campaign as it is now. */
export function requireCurrent(plan: PlanEntity, campaign: CampaignEntity): PlanContent {
  if (plan.content === null || plan.status === 'solving' || plan.status === 'failed') {
    throw new SpringtideError(
      'failed-precondition',
      `this plan is ${plan.status}; there is nothing to approve`,
      {
        nextStep: 'Wait until it is ready, or have a new one made.',
      },
    );
  }
  if (hashJson(plan.content) !== plan.hash) {
    throw new SpringtideError(
      'failed-precondition',
      'the stored plan does not match its hash: it was changed after it was made; nothing will be bought on it',
      { nextStep: 'Have a new plan made, and have the audit log verified.' },
    );
  }
  if (plan.campaignVersion !== campaign.version || campaign.currentPlanId !== plan.id) {
    throw new SpringtideError(
      'failed-precondition',
      'this plan is out of date: the campaign was edited or planned again after it was made',
      { nextStep: 'Have a new plan made and ask for approval of that one.' },
    );
  }
  return plan.content;
}

export function asPlanBody(row: PlanEntity, currency: string): PlanBody {
  const { content } = row;
  return {
    id: row.id,
    campaignId: row.campaignId,
    revision: row.revision,
    hash: row.hash,
    status: row.status,
    createdAt: toInstant(row.createdAt),
    marketSnapshotId: content?.marketSnapshotId ?? null,
    pools: [...(content?.pools ?? [])],
    allocations: [...(content?.allocations ?? [])],
    standing: content?.standing ?? [],
    capacity: content?.capacity ?? [],
    cost: content?.cost ?? { currency, amount: '0' },
    // What is missing has its price in the bound of such a plan: no sum of money.
    lowerBound: row.status === 'ready' ? (content?.lowerBound ?? null) : null,
    gap: content?.gap ?? null,
    solver: content?.solver ?? '',
    quality: content?.quality ?? '',
    reasons: content?.reasons ?? [],
    failure: row.failure,
  };
}
