import type { CampaignsService, PlansService } from '@springtide/campaigns';
import type { EffectLedger } from '@springtide/effects';
import { parseInstant, toInstant, type Instant } from '@springtide/kernel';
import type { RequestContext } from '@springtide/platform';
import { costBasisOf, intervalsOf, type CampaignUsage } from './domain/index.js';

/** Who ran when at which price, and what was planned: read from those who know, never counted a second time. */
export interface CampaignFacts {
  /** @throws not-found when there is no such campaign. */
  usage(context: RequestContext, campaignId: string): Promise<CampaignUsage>;
}

/** From the ledger and the campaign's plans. The plan that counts is the campaign's current one. */
export function ledgerFacts(
  ledger: Pick<EffectLedger, 'listIntents'>,
  campaigns: Pick<CampaignsService, 'get'>,
  plans: Pick<PlansService, 'list'>,
): CampaignFacts {
  return {
    usage: async (context, campaignId) => {
      const campaign = await campaigns.get(context, campaignId);
      const revisions = await plans.list(context, campaignId);
      const current = revisions.find((plan) => plan.id === campaign.currentPlanId);
      const phases = campaign.phases.map(({ name, startsAt, endsAt }) => {
        return { name, from: utc(startsAt), to: utc(endsAt) };
      });
      const basis = current === undefined ? null : costBasisOf(current, phases, campaign.budget);
      const pools = revisions.flatMap((plan) => plan.pools);
      const intents = await ledger.listIntents(context.tenantId, { campaignId, kind: 'create' });
      return { campaignId, basis, intervals: intervalsOf(intents, { pools, basis }) };
    },
  };
}

function utc(instant: Instant): Instant {
  return toInstant(parseInstant(instant));
}
