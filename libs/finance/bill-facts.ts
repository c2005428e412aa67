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
  /**
   * @param runId whose bills are meant. While a newer run of the campaign is open, only what began before that one closed
   * counts; otherwise the newest run stands for all. Left out: the newest.
   * @throws not-found when there is no such campaign.
   */
  subject(context: RequestContext, campaignId: string, runId?: string): Promise<BillSubject>;
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
    subject: async (context, campaignId, runId) => {
      const { tenantId } = context;
      const { intervals } = await usage.usage(context, campaignId);
      const deletions = await ledger.listIntents(tenantId, { campaignId, kind: 'delete' });
      const { currentRunId, policy } = await campaigns.get(context, campaignId);
      const known = { satellites: satellitesOf(deletions), policy: BILL_POLICIES[policy] };
      if (currentRunId === null) return { ...known, usage: intervals, runId: null, dueAt: null };
      const newest = await book.billsOf(tenantId, currentRunId);
      if (runId === undefined || runId === currentRunId || newest.closedAt !== null) {
        return { ...known, usage: intervals, runId: currentRunId, dueAt: newest.dueAt };
      }
      // A scaling group that comes back before its bill is due would otherwise never have it looked at.
      const { closedAt, dueAt } = await book.billsOf(tenantId, runId);
      const own = intervals.filter(({ from }) => closedAt !== null && from <= closedAt);
      return { ...known, usage: own, runId, dueAt };
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
