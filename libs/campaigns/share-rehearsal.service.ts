import type { CampaignBody, ShareRehearsalRequest } from '@springtide/contracts';
import { requirePermission } from '@springtide/identity';
import type { Database, RequestContext } from '@springtide/platform';
import { findCampaign, type CampaignsService } from './campaign.service.js';
import { sharedCampaign } from './domain/index.js';
import { findPlan, requireCurrent } from './plan-records.js';
import type { PlansService } from './plan.service.js';

type Parts = Readonly<{ database: Database; campaigns: CampaignsService; plans: PlansService }>;

/**
 * Rehearsals on real clouds: a share of a plan becomes a campaign of its own, that is planned, approved, armed, run and
 * brought back like any other. Asking for one buys nothing.
 */
export class ShareRehearsals {
  constructor(private readonly parts: Parts) {}

  /** @throws failed-precondition when the plan is not whole or not of the campaign as it is now. */
  async request(ctx: RequestContext, planId: string, asked: ShareRehearsalRequest): Promise<CampaignBody> {
    requirePermission(ctx, 'campaign:write');
    const { database, campaigns, plans } = this.parts;
    const input = await database.unitOfWork(ctx, async (tx) => {
      const plan = await findPlan(tx, planId);
      const campaign = await findCampaign(tx, plan.campaignId);
      const content = requireCurrent(plan, campaign);
      const shared = { planId, planHash: plan.hash, share: asked.share };
      return sharedCampaign({ campaign: campaign.input, plan: content }, shared, asked.startsAt);
    });
    const created = await campaigns.create(ctx, input);
    await plans.request(ctx, created.id);
    return created;
  }
}
