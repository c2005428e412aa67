import type { RunsService } from '@springtide/campaigns';
import type { CampaignCostService } from '@springtide/finance';
import { asSpringtideError } from '@springtide/kernel';
import { jobContext, type Logger } from '@springtide/platform';
import type { AfterActionService } from '@springtide/reports';

type SettlementParts = Readonly<{
  runs: RunsService;
  costs: CampaignCostService;
  reports: AfterActionService;
  log: Logger;
}>;

/**
 * Fixes what a closed run cost, and keeps its report. A run is closed when nothing of it is left, so a refusal is a
 * contradiction between ledger and cost: it is said aloud and leaves the cost live; it must not keep the run open.
 */
export function settlementOf({ runs, costs, reports, log }: SettlementParts) {
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
    try {
      await reports.keep(context, campaignId);
    } catch (thrown) {
      const { code, message, retry } = asSpringtideError(thrown);
      if (retry === 'same') throw thrown;
      log.error({ runId, campaignId, code, reason: message }, 'the report of a closed run could not be kept');
    }
  };
}
