import type { CampaignsService, RunBook } from '@springtide/campaigns';
import type { EffectLedger } from '@springtide/effects';
import type { Intent } from '@springtide/effects/domain';
import type { Instant } from '@springtide/kernel';
import type { RequestContext } from '@springtide/platform';
import type { CampaignFacts } from './campaign-facts.js';
import { BILL_POLICIES, type BillPolicy, type KnownSatellite, type UsageInterval } from './domain/index.js';

/** What a campaign ran and left, and when its bills should be complete. */
export type BillSubject = Readonly<{
  usage: readonly UsageInterval[];
  satellites: readonly KnownSatellite[];
  runId: string | null;
  /** Null before the campaign is closed. */
  dueAt: Instant | null;
  policy: BillPolicy;
}>;

export interface BillFacts {
  /** @throws not-found when there is no such campaign. */
  subject(context: RequestContext, campaignId: string): Promise<BillSubject>;
  campaignOf(tenantId: string, runId: string): Promise<string>;
}

export function billFacts(
  usage: CampaignFacts,
  ledger: Pick<EffectLedger, 'listIntents'>,
  campaigns: Pick<CampaignsService, 'get'>,
  book: Pick<RunBook, 'billsOf'>,
): BillFacts {
  return {
    campaignOf: async (tenantId, runId) => (await book.billsOf(tenantId, runId)).campaignId,
    subject: async (context, campaignId) => {
      const { intervals } = await usage.usage(context, campaignId);
      const deletions = await ledger.listIntents(context.tenantId, { campaignId, kind: 'delete' });
      const campaign = await campaigns.get(context, campaignId);
      const runId = campaign.currentRunId;
      const bills = runId === null ? null : await book.billsOf(context.tenantId, runId);
      return {
        usage: intervals,
        satellites: satellitesOf(deletions),
        runId,
        dueAt: bills?.dueAt ?? null,
        policy: BILL_POLICIES[campaign.policy],
      };
    },
  };
}

/** The ledger knows a satellite by its deletion: what went with its machine is not in it. */
function satellitesOf(deletions: readonly Intent[]): KnownSatellite[] {
  return deletions.flatMap(({ spec, accountId, state, sentAt }) => {
    const id = spec['satellite'];
    if (typeof id !== 'string') return [];
    return [{ id, accountId, until: state === 'settled' ? sentAt : null }];
  });
}
