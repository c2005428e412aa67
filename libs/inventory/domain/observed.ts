import type { Instant } from '@springtide/kernel';
import type { FieldChange } from './reconciliation.js';

export type ObservedMachineState =
  'pending' | 'running' | 'stopping' | 'stopped' | 'terminating' | 'failed' | 'unknown';

/** Whose machine it is, as its ownership tag says. */
export type ObservedOwnership = Readonly<{
  installation: string;
  tenant: string;
  intent: string;
  token: string;
  campaign?: string;
  service?: string;
  releaseBy?: Instant;
}>;

/** What a cloud says of one machine. */
export type ObservedMachine = Readonly<{
  id: string;
  name: string;
  state: ObservedMachineState;
  region: string;
  zone: string;
  machineType: string;
  purchaseOption: 'private' | 'reserved' | 'on-demand' | 'spot';
  addresses: readonly string[];
  image?: string;
  launchedAt?: Instant;
  ownership?: ObservedOwnership;
  labels: Readonly<Record<string, string>>;
  stateReason?: string;
}>;

export type ObservedNetwork = Readonly<{
  id: string;
  name: string;
  region: string;
  zone?: string;
  cidr?: string;
  freeAddresses?: number;
}>;

export type ObservedImage = Readonly<{
  id: string;
  name: string;
  region: string;
  arch: 'amd64' | 'arm64';
  createdAt?: string;
}>;

export type ObservedByType = Readonly<{
  machine: ObservedMachine;
  network: ObservedNetwork;
  image: ObservedImage;
}>;

export type ResourceType = keyof ObservedByType;

export type Observed = ObservedByType[ResourceType];

/** A row of the inventory: what was seen, and since when and until when it can be believed. */
export type InventoryRow<T extends Observed = Observed> = Readonly<{
  /** Our own id of the row. */
  id: string;
  accountId: string;
  resource: T;
  firstSeen: Instant;
  /** When the cloud last named it. */
  lastSeen: Instant;
  /** Set when the ledger asked for its end, so that its vanishing surprises nobody. */
  releasedAt: Instant | null;
  /** Set when it is gone: for machines, when the cloud itself said so of this very id. */
  goneAt: Instant | null;
}>;

/** How far the rows of one account, region and resource type can be believed. */
export type InventoryFreshness = Readonly<{
  accountId: string;
  region: string;
  resourceType: ResourceType;
  attemptedAt: Instant;
  /** Start of the last listing that was believed. Null: there never was one. */
  confirmedAt: Instant | null;
  complete: boolean;
  /** Why the last attempt was not believed, in words. */
  reason: string | null;
}>;

export type DriftKind = 'appeared' | 'changed' | 'gone';

/** Something is not as it was at the last look, whoever did it. */
export type DriftEvent = Readonly<{
  accountId: string;
  region: string;
  resourceType: ResourceType;
  resourceId: string;
  name: string;
  kind: DriftKind;
  /** What changed from what to what; empty unless `changed`. */
  changes: readonly FieldChange[];
  at: Instant;
}>;
