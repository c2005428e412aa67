import type { Instant } from '@springtide/kernel';
import type { Doubt, Intent, Mandate, Sighting, Stranger } from './domain/index.js';

export type StopSwitch = Readonly<{ engaged: boolean; reason: string; at: Instant }>;

/** What a reconciler pass leaves for the next one: the last trusted listing, and what has been seen since. */
export type ListingRecord = Readonly<{
  accountId: string;
  region: string;
  /** When the last trusted listing was taken; `count` is what it showed. */
  takenAt: Instant;
  trusted: boolean;
  count: number;
  sightings: readonly Sighting[];
  strangers: readonly Stranger[];
  doubt: Doubt | null;
}>;

export type IntentFilter = Readonly<{
  runId?: string;
  campaignId?: string;
  accountId?: string;
  region?: string;
  kind?: Intent['kind'];
  service?: string;
  ids?: readonly string[];
  states?: readonly Intent['state'][];
  /** Leaves out intents of which nothing can be alive any more. */
  onlyUnreleased?: boolean;
}>;

/**
 * The ledger's memory. Everything in one `transaction` happens together or not at all; what it locks, nobody else
 * changes meanwhile. All rules are pure functions in domain/: a store only keeps.
 */
export interface EffectStore {
  transaction<T>(tenantId: string, work: (tx: EffectTransaction) => Promise<T>): Promise<T>;
  /**
   * Accounts and regions with anything unreleased, over all tenants: where the reconciler must look. With `since`, those
   * with a create intent of that time or later too, because a machine may come to light after its intent was over.
   */
  listScopes(
    since?: Instant,
  ): Promise<readonly Readonly<{ tenantId: string; accountId: string; region: string }>[]>;
}

export interface EffectTransaction {
  /** Locked until the transaction ends. */
  lockIntent(id: string): Promise<Intent | undefined>;
  /** Locked; by the identity of the effect. */
  lockIntentAt(place: Readonly<{ runId: string; step: string; batch: number }>): Promise<Intent | undefined>;
  /** Not locked; ordered by creation. */
  listIntents(filter: IntentFilter): Promise<readonly Intent[]>;
  /** @throws already-exists when the effect's identity is taken. */
  insertIntent(intent: Intent): Promise<void>;
  /** @throws not-found when it was never inserted. */
  saveIntent(intent: Intent): Promise<void>;
  /** Moves the leases of the run's unreleased create intents to `until`, never back. @returns how many there are. */
  renewLeases(runId: string, until: Instant): Promise<number>;
  /** Machines whose end the ledger asked for at that time or later. */
  countReleasing(place: Readonly<{ accountId: string; region: string }>, since: Instant): Promise<number>;

  lockMandate(id: string): Promise<Mandate | undefined>;
  findMandateOfRun(runId: string): Promise<Mandate | undefined>;
  /** @throws already-exists when the run has one. */
  insertMandate(mandate: Mandate): Promise<void>;
  /** @throws not-found when it was never inserted. */
  saveMandate(mandate: Mandate): Promise<void>;

  /** The run's owner and number; takes the next number when `owner` is new. Serialised per run. */
  takeFence(runId: string, owner: string): Promise<number>;
  currentFence(runId: string): Promise<number>;

  findStopSwitch(): Promise<StopSwitch | undefined>;
  saveStopSwitch(state: StopSwitch): Promise<void>;

  /** Locked until the transaction ends. */
  findListing(accountId: string, region: string): Promise<ListingRecord | undefined>;
  saveListing(record: ListingRecord): Promise<void>;
  /** Not locked; of every account and region. */
  listListings(): Promise<readonly ListingRecord[]>;
}
