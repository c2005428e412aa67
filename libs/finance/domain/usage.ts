import type { Instant, Money } from '@springtide/kernel';

export type PricedOption = 'private' | 'reserved' | 'on-demand' | 'spot';

/** One machine of a campaign while it runs, with the price that its plan's market snapshot promised. */
export type UsageInterval = Readonly<{
  /** The cloud's own id of the machine. */
  machine: string;
  accountId: string;
  accountName: string;
  provider: string;
  region: string;
  zone: string;
  machineType: string;
  /** `private` is capacity the company owns: its price is a rate card, shown apart from what is bought. */
  purchaseOption: PricedOption;
  service: string;
  /** The plan's pool. */
  pool: string;
  /** Null: no price is known. It is in no figure, and the report counts it as unrated. */
  pricePerHour: Money | null;
  minimumBillingSeconds: number;
  /** The price evidence. Null when the machine was started outside a plan. */
  marketSnapshotId: string | null;
  from: Instant;
  /** Null while it runs. */
  to: Instant | null;
  /** Until when it is wanted, as far as is known. */
  wantedUntil: Instant | null;
}>;

export type CostPhase = Readonly<{ name: string; from: Instant; to: Instant }>;

/** Machines that a plan wants for a service on a pool during a phase. */
export type PlannedUsage = Readonly<{
  service: string;
  pool: string;
  purchaseOption: PricedOption;
  phase: string;
  machines: number;
  /** For the whole phase, starting and draining included. */
  amount: Money;
}>;

/** What the campaign was approved on: against this the actual cost is held. */
export type CostBasis = Readonly<{
  planId: string;
  marketSnapshotId: string | null;
  budget: Money;
  phases: readonly CostPhase[];
  planned: readonly PlannedUsage[];
}>;

/** Bought from a cloud, as against owned by the company. */
export function isBought(row: Readonly<{ purchaseOption: PricedOption }>): boolean {
  return row.purchaseOption !== 'private';
}

export function isOwned(row: Readonly<{ purchaseOption: PricedOption }>): boolean {
  return !isBought(row);
}
