import { decimal, money, msBetween, sumMoney, zero, type Instant, type Money } from '@springtide/kernel';
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

/** Seconds that are billed until `at`: one that has begun counts whole, and a machine that started costs its minimum. */
export function billedSeconds(
  usage: Pick<MachineUsage, 'from' | 'to' | 'minimumBillingSeconds'>,
  at: Instant,
): number {
  return Math.max(wholeSeconds(usage.from, usage.to ?? at), usage.minimumBillingSeconds);
}

export function wholeSeconds(from: Instant, to: Instant): number {
  return Math.max(0, Math.ceil(msBetween(from, to) / 1_000));
}

/**
 * Price × whole seconds. Rounded half-even to ten places, here and nowhere else: every sum of such amounts is exact, so
 * that rows, groups and totals agree to the last digit wherever they are shown.
 */
export function amountFor(pricePerHour: Money, seconds: number): Money {
  const exact = decimal(pricePerHour.amount).times(seconds).dividedBy(3_600);
  return money(pricePerHour.currency, exact.toDecimalPlaces(10));
}

export function costOfUsage(usage: MachineUsage, at: Instant): Money {
  return amountFor(usage.pricePerHour, billedSeconds(usage, at));
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
