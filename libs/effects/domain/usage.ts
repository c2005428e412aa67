import {
  multiplyMoney,
  decimal,
  msBetween,
  zero,
  sumMoney,
  type Instant,
  type Money,
} from '@springtide/kernel';
import type { EffectItem, Intent } from './intent.js';

/** Time for which one machine costs money, with the price it was bought at. `to` is null while it runs. */
export type MachineUsage = Readonly<{
  intentId: string;
  runId: string;
  campaignId: string | null;
  accountId: string;
  service: string | null;
  poolId: string | null;
  machineId: string;
  pricePerHour: Money;
  minimumBillingSeconds: number;
  from: Instant;
  to: Instant | null;
}>;

/**
 * Billing starts when the cloud accepted the machine and ends when it accepted its deletion: at most a few seconds more
 * than the clouds themselves charge, never less.
 */
export function usageOf(intent: Intent): readonly MachineUsage[] {
  const { pricePerHour } = intent;
  if (intent.kind !== 'create' || pricePerHour === null) return [];
  return intent.items.flatMap((item) => {
    if (item.machineId === null || item.acceptedAt === null) return [];
    return [
      {
        intentId: intent.id,
        runId: intent.runId,
        campaignId: intent.campaignId,
        accountId: intent.accountId,
        service: intent.service,
        poolId: intent.poolId,
        machineId: item.machineId,
        pricePerHour,
        minimumBillingSeconds: intent.minimumBillingSeconds,
        from: item.acceptedAt,
        to: item.releasingAt ?? item.goneAt,
      },
    ];
  });
}

/** Price × seconds, at least the minimum billing; exact. */
export function costOfUsage(usage: MachineUsage, at: Instant): Money {
  const ms = Math.max(0, msBetween(usage.from, usage.to ?? at));
  const billedMs = Math.max(ms, usage.minimumBillingSeconds * 1000);
  return multiplyMoney(usage.pricePerHour, decimal(billedMs).div(3_600_000));
}

/** What one item has cost until `at`. */
export function costOfItem(intent: Intent, item: EffectItem, at: Instant): Money {
  const currency = intent.pricePerHour?.currency ?? intent.reserved?.currency ?? 'EUR';
  const usages = usageOf({ ...intent, items: [item] });
  return usages.length === 0
    ? zero(currency)
    : sumMoney(
        currency,
        usages.map((usage) => costOfUsage(usage, at)),
      );
}
