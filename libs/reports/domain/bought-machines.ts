import type { PlanPool } from '@springtide/contracts';
import { LIVE_ITEM_STATES, type EffectItem, type Intent } from '@springtide/effects/domain';
import type { ReportFacts } from './facts.js';

/** One machine that was asked for, with where and as what it was meant. */
export type BoughtMachine = Readonly<{
  intent: Intent;
  item: EffectItem;
  service: string;
  poolId: string;
  pool: PlanPool | undefined;
  requestsPerSecond: number;
}>;

export function boughtMachines({ intents, plan }: ReportFacts): readonly BoughtMachine[] {
  return intents
    .filter((intent) => intent.kind === 'create')
    .flatMap((intent) => {
      const service = intent.service ?? '';
      const poolId = intent.poolId ?? '';
      const pool = plan.pools.find((one) => one.id === poolId);
      const sheet = plan.sheets.find((one) => one.service === service && one.poolId === poolId);
      const requestsPerSecond = sheet?.requestsPerSecond ?? 0;
      return intent.items.map((item) => ({ intent, item, service, poolId, pool, requestsPerSecond }));
    });
}

export function isLeftOver({ item }: BoughtMachine): boolean {
  return LIVE_ITEM_STATES.includes(item.state);
}

/** When it stopped serving: its way out, or its loss. */
export function servedUntil({ item }: BoughtMachine): string | null {
  return item.releasingAt ?? item.goneAt;
}

/** Whether the plan put machines of this service on this pool in any phase. */
export function isPlanned({ plan }: ReportFacts, service: string, poolId: string): boolean {
  return plan.allocations.some((row) => row.service === service && row.poolId === poolId && row.machines > 0);
}
