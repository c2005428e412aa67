import type { ReadinessGate } from '@springtide/campaigns';
import type { ReadinessActivities, WaitingCampaign } from '@springtide/contracts';
import { asSpringtideError } from '@springtide/kernel';
import { jobContext, type Database, type Logger } from '@springtide/platform';
import type { ProbeService } from '@springtide/readiness';
import { alive } from './liveness.js';
import { listTenantIds } from './tenants.js';

export type ReadinessParts = Readonly<{
  database: Database;
  gate: ReadinessGate;
  probes: ProbeService;
  log: Logger;
}>;

export function readinessActivities({ database, gate, probes, log }: ReadinessParts): ReadinessActivities {
  const job = (tenantId: string) => jobContext('schedule', tenantId, 'readiness');
  return {
    lookAtProbe: async (probe) => await alive(async () => await probes.look(probe)),
    waitingCampaigns: async () => {
      const waiting: WaitingCampaign[] = [];
      for (const tenantId of await listTenantIds(database)) {
        const ids = await gate.waiting(job(tenantId));
        waiting.push(...ids.map((campaignId) => ({ tenantId, campaignId })));
      }
      return waiting;
    },
    checkReadiness: async ({ tenantId, campaignId }) => {
      try {
        await alive(async () => {
          await gate.check(job(tenantId), campaignId);
        });
      } catch (thrown) {
        const { code, message } = asSpringtideError(thrown);
        log.warn({ campaignId, code, reason: message }, 'the readiness of a campaign could not be checked');
      }
    },
  };
}
