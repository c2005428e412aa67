import { recordAudit, requirePermission } from '@springtide/identity';
import { SpringtideError, parseInstant, toInstant, type Clock, type Instant } from '@springtide/kernel';
import { hashJson, type Database, type RequestContext } from '@springtide/platform';
import type { CampaignFacts } from './campaign-facts.js';
import { FinanceRepository, type EndedUsage } from './data/finance.repository.js';
import { assembleCampaignCost, type CampaignCost, type CampaignUsage } from './domain/index.js';

/** What campaigns cost: live from the facts, and settled once nothing runs any more. */
export class CampaignCostService {
  constructor(
    private readonly database: Database,
    private readonly facts: CampaignFacts,
    private readonly clock: Clock,
  ) {}

  /** The campaign's money at an instant, now unless said otherwise. One that spent nothing has zeros. */
  async campaignCost(context: RequestContext, campaignId: string, at?: Instant): Promise<CampaignCost> {
    requirePermission(context, 'cost:read');
    const asOf = at === undefined ? this.now() : toInstant(parseInstant(at));
    const usage = await this.facts.usage(context, campaignId);
    const settlement = await this.database.unitOfWork(context, (tx) =>
      new FinanceRepository(tx, context.tenantId).lastSettlement(campaignId),
    );
    const settled = settlement?.usageHash === hashOf(usage) && settlement.settledAt <= asOf;
    return { ...assembleCampaignCost(usage, asOf), basis: settled ? 'settled' : 'running-seconds' };
  }

  /**
   * Fixes what the campaign cost, with the rows it comes from. Repeating it changes nothing; facts that arrive later
   * make the report live again, until it is settled once more.
   * @throws failed-precondition while a machine still runs.
   */
  async settleCampaignCost(context: RequestContext, campaignId: string): Promise<CampaignCost> {
    requirePermission(context, 'cost:write');
    const usage = await this.facts.usage(context, campaignId);
    const at = this.now();
    const cost: CampaignCost = { ...assembleCampaignCost(usage, at), basis: 'settled' };
    const ended = requireEnded(usage, cost);
    const usageHash = hashOf(usage);
    await this.database.unitOfWork(context, async (tx) => {
      const finance = new FinanceRepository(tx, context.tenantId);
      if ((await finance.lockSettlement(campaignId))?.usageHash === usageHash) return;
      await finance.addSettlement(cost, ended, { usageHash, actor: context.actor.id });
      const { currency, actualToDate } = cost;
      const after = { currency, bought: actualToDate.amount, private: cost.private.actualToDate.amount };
      const target = { kind: 'campaign', id: campaignId };
      const show = ['currency', 'bought', 'private'];
      await recordAudit(tx, context, { action: 'cost.settle', target, after, show, at });
    });
    return cost;
  }

  private now(): Instant {
    return toInstant(this.clock.now());
  }
}

function hashOf(usage: CampaignUsage): string {
  return hashJson({ basis: usage.basis, intervals: usage.intervals });
}

function requireEnded(usage: CampaignUsage, cost: CampaignCost): EndedUsage[] {
  const ended = usage.intervals.flatMap((interval) => {
    return interval.to === null ? [] : [{ ...interval, to: interval.to }];
  });
  const running = usage.intervals.length - ended.length;
  if (running === 0) return ended;
  const { amount, currency } = cost.burnPerHour;
  throw new SpringtideError(
    'failed-precondition',
    `${running} machines of the campaign still run; what was bought of them costs ${amount} ${currency} per hour, ` +
      'so its cost was not settled',
    {
      nextStep: 'Wait for the scale-back to prove them gone, or stop the campaign.',
      facts: { running },
    },
  );
}
