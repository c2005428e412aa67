import { asSpringtideError } from '@springtide/kernel';
import type { Intent } from './domain/index.js';
import type { EffectLedger } from './ledger.service.js';
import { MachineLife, liveIds } from './machine-life.service.js';

export type OwnedRun = Readonly<{ tenantId: string; runId: string }>;

/** The way back of what has no campaign's run: a mandate of its own, and no traffic that would have to go first. */
export class TakeBack {
  private readonly life: MachineLife;

  constructor(private readonly ledger: EffectLedger) {
    this.life = new MachineLife(ledger);
  }

  /** Nothing is bought any more, and everything goes. Repeated until nothing is left. @returns what is still there. */
  async everythingOf({ tenantId, runId }: OwnedRun): Promise<number> {
    const fence = await this.ledger.takeFence(tenantId, runId, 'take-back');
    if ((await this.ledger.findMandate(tenantId, runId)) === undefined) return 0;
    await this.ledger.changeMandate(tenantId, runId, (mandate) => ({ ...mandate, state: 'closed' }));
    const filter = { runId, kind: 'create', onlyUnreleased: true } as const;
    let left = 0;
    for (const intent of await this.ledger.listIntents(tenantId, filter)) {
      if ((await this.ledger.bringToRest(tenantId, intent.id)) > 0) left += 1;
    }
    for (const intent of await this.ledger.listIntents(tenantId, filter)) {
      left += await this.ofIntent(intent, fence);
    }
    return left;
  }

  private async ofIntent(intent: Intent, fence: number): Promise<number> {
    const { tenantId, runId, campaignId, batch, accountId, region, service, poolId, step } = intent;
    const leaving = intent.items.filter(({ state }) => state === 'releasing').map((item) => item.machineId);
    const targets = liveIds(intent)
      .filter((machineId) => !leaving.includes(machineId))
      .map((machineId) => ({ intentId: intent.id, machineId }));
    const place = { tenantId, runId, campaignId, accountId, region, service, poolId, batch };
    try {
      await this.life.release({ ...place, step: `take-back/${step}`, fence, targets });
    } catch (thrown) {
      // Some clouds end no machine before it runs: it is asked for again with the next step.
      if (asSpringtideError(thrown).retry !== 'same') throw thrown;
    }
    const { machines, satellites } = await this.life.finishRelease(tenantId, intent.id);
    return machines + satellites;
  }
}
