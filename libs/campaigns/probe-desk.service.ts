import type { ReadinessProbe } from '@springtide/contracts';
import { requirePermission } from '@springtide/identity';
import { SpringtideError } from '@springtide/kernel';
import type { Database, RequestContext } from '@springtide/platform';
import type { ProbeService } from '@springtide/readiness';
import { findCampaign } from './campaign.service.js';
import type { CampaignEntity } from './data/campaign.entity.js';
import { findPlan } from './plan-records.js';
import type { ReadinessGate } from './readiness-gate.service.js';

/** While its plan waits. Of a campaign that runs its own machines show what they reach. */
const WAITING: readonly CampaignEntity['status'][] = ['planned', 'approved', 'armed'];

/** Probes of campaigns: they look out of the networks of the current plan. */
export class ProbeDesk {
  constructor(
    private readonly database: Database,
    private readonly gate: ReadinessGate,
    private readonly probes: ProbeService,
  ) {}

  async list(ctx: RequestContext, campaignId: string): Promise<readonly ReadinessProbe[]> {
    requirePermission(ctx, 'campaign:read');
    await this.database.unitOfWork(ctx, async (tx) => await findCampaign(tx, campaignId));
    return await this.probes.list(ctx, campaignId);
  }

  /** @throws failed-precondition where no plan waits, nothing is to be tried, or no machine could report. */
  async start(ctx: RequestContext, campaignId: string): Promise<readonly ReadinessProbe[]> {
    requirePermission(ctx, 'run:operate');
    const { campaign, plan } = await this.database.unitOfWork(ctx, async (tx) => {
      const found = await findCampaign(tx, campaignId);
      const { currentPlanId: planId } = found;
      if (planId === null || !WAITING.includes(found.status)) throw notWaiting(found);
      return { campaign: found, plan: await findPlan(tx, planId) };
    });
    return await this.probes.request(ctx, await this.gate.subject(ctx, campaign, plan, null));
  }
}

function notWaiting({ name, status }: CampaignEntity): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `campaign "${name}" is ${status}: probes are for campaigns whose plan waits; no machine was bought`,
    { nextStep: 'Plan it first; of one that runs, its own machines show what they reach.' },
  );
}
