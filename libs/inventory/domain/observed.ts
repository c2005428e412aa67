import type { ResourceType } from '@springtide/contracts';
import type { Instant } from '@springtide/kernel';
import type { Doer } from './attribution.js';
import type { FieldChange } from './reconciliation.js';

export type { ResourceType };

export type ObservedMachineState =
  'pending' | 'running' | 'stopping' | 'stopped' | 'terminating' | 'failed' | 'unknown';

/** Whose resource it is, as its ownership tag says. */
export type ObservedOwnership = Readonly<{
  installation: string;
  tenant: string;
  intent: string;
  token: string;
  campaign?: string;
  service?: string;
  releaseBy?: Instant;
}>;

export type RelationKind =
  'runs-on' | 'attached-to' | 'part-of' | 'sends-to' | 'inside' | 'guarded-by' | 'made-from';

/** Told by the resource that depends: what it hangs on, by the cloud's id. */
export type ObservedRelation = Readonly<{ kind: RelationKind; to: ResourceType; id: string }>;

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
  relations?: readonly ObservedRelation[];
  stateReason?: string;
  notice?: string;
}>;

export type ObservedNetwork = Readonly<{
  id: string;
  name: string;
  region: string;
  zone?: string;
  cidr?: string;
  freeAddresses?: number;
  takesUnnamed?: true;
}>;

export type ObservedImage = Readonly<{
  id: string;
  name: string;
  region: string;
  arch: 'amd64' | 'arm64';
  createdAt?: string;
  library?: string;
  digest?: string;
  syncedAt?: string;
  placedIn?: readonly string[];
}>;

export type OtherType = Exclude<ResourceType, 'machine' | 'network' | 'image'>;

/** Everything else a cloud has, in the words of no vendor: short facts, labels, and what it hangs on. */
export type ObservedResource = Readonly<{
  kind: OtherType;
  id: string;
  name: string;
  region: string;
  zone?: string;
  state?: string;
  facts: Readonly<Record<string, string | number | boolean>>;
  labels: Readonly<Record<string, string>>;
  relations: readonly ObservedRelation[];
  createdAt?: Instant;
  ownership?: ObservedOwnership;
}>;

export type ObservedByType = Readonly<
  { machine: ObservedMachine; network: ObservedNetwork; image: ObservedImage } & {
    [K in OtherType]: ObservedResource;
  }
>;

export type Observed = ObservedMachine | ObservedNetwork | ObservedImage | ObservedResource;

/** A row of the inventory: what was seen, and since when and until when it can be believed. */
export type InventoryRow<T extends Observed = Observed> = Readonly<{
  /** Our own id of the row. */
  id: string;
  accountId: string;
  type: ResourceType;
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
  /** As of when the rows are known to be right: start of the last believed listing, or the last word of a change feed. */
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
  who: Doer;
  at: Instant;
}>;
