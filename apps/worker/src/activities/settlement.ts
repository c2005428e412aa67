import type { RunsService } from '@springtide/campaigns';
import type { CampaignCostService } from '@springtide/finance';
import { asSpringtideError } from '@springtide/kernel';
import { jobContext, type Logger } from '@springtide/platform';

/**
 * Fixes what a closed run cost. A run is closed when nothing of it is left, so a refusal is a contradiction between
 * ledger and cost: it is said aloud and leaves the cost live; it must not keep the run open.
 */
export function settlementOf(runs: RunsService, costs: CampaignCostService, log: Logger) {
  return async ({ tenantId, runId }: Readonly<{ tenantId: string; runId: string }>): Promise<void> => {
    const context = jobContext('settlement', tenantId, `run/${runId}`);
    const { campaignId } = await runs.get(context, runId);
    try {
      await costs.settleCampaignCost(context, campaignId);
    } catch (thrown) {
      const { code, message } = asSpringtideError(thrown);
      if (code !== 'failed-precondition') throw thrown;
      log.error({ runId, campaignId, code, reason: message }, 'a closed run could not be settled');
    }
  };
}
