import type { EffectItem, Intent, Mandate } from '@springtide/effects/domain';
import { money, type Money } from '@springtide/kernel';
import { z } from 'zod';
import type { ApprovalRow } from '../domain/index.js';

export type Row = Readonly<Record<string, unknown>>;

const Envelope = z.object({
  planHash: z.string(),
  poolIds: z.array(z.string()),
  maxMachines: z.number(),
  budget: z.object({ currency: z.string(), amount: z.string() }),
  maxPerHour: z.object({ currency: z.string(), amount: z.string() }),
  latestStart: z.string(),
});

/**
 * Column names as the evidence calls them, dates as instants. Rows are not held to the product's own lists of states:
 * one that it does not know must not blind the oracle.
 */
export function camel(row: Row): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value instanceof Date ? value.toISOString() : value,
    ]),
  );
}

export function itemOf(row: Row): EffectItem {
  return camel(row) as unknown as EffectItem;
}

export function intentOf(row: Row, items: readonly EffectItem[]): Intent {
  const pricePerHour = moneyOf(row, 'price_per_hour');
  return { ...camel(row), pricePerHour, reserved: moneyOf(row, 'reserved'), items } as unknown as Intent;
}

export function mandateOf(row: Row): Mandate {
  const sums = Object.fromEntries(
    ['budget', 'max_per_hour', 'reserved', 'committed', 'per_hour'].map((name) => [name, moneyOf(row, name)]),
  );
  return { ...camel(row), ...camel(sums) } as unknown as Mandate;
}

/** Undefined for an approval of something else than a plan. */
export function approvalOf(row: Row): ApprovalRow | undefined {
  const envelope = Envelope.safeParse(row['envelope']);
  if (!envelope.success) return undefined;
  const { id, tenantId, status, decidedAt, expiresAt } = camel(row);
  return { ...envelope.data, id, tenantId, status, decidedAt, expiresAt } as unknown as ApprovalRow;
}

function moneyOf(row: Row, name: string): Money | null {
  const [currency, amount] = [row['currency'], row[name]];
  return typeof currency === 'string' && typeof amount === 'string' ? money(currency, amount) : null;
}
