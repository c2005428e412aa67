import type { Instant, SpringtideError } from '@springtide/kernel';
import type {
  CapacityReservation,
  Deed,
  Machine,
  MachineId,
  Offering,
  Ownership,
  PurchaseOption,
  Quota,
  Satellite,
} from './machine.js';
import type { MachineChanges } from './resources.js';

/** Sent with every call. A provider gives up at the deadline with `timeout`; what it had sent may still happen. */
export type CallOptions = Readonly<{
  deadline: Instant;
  /**
   * Waits until so many further API calls may be sent for this operation; its first one, and the first of every page of
   * a listing, are paid for. A provider that needs more of them asks here before each.
   * @throws rate-limited with `effect: none` for these calls when that would be after the deadline.
   */
  more?: (calls?: number) => Promise<void>;
}>;

/** `complete` is true on the last page of a listing that ran to its end, and only there. */
export type Page<T> = Readonly<{ items: readonly T[]; complete: boolean }>;

export type LaunchBatch = Readonly<{
  /** At most 64 ASCII characters. The same token with the same batch gives the same machines, however often it is sent. */
  token: string;
  region: string;
  zone: string;
  machineType: string;
  purchaseOption: PurchaseOption;
  /** 1 … `limits.launchBatch`. */
  count: number;
  /** Fewer than `count` are accepted down to this; below it nothing must be created. */
  minimum: number;
  /** Machines are named `<namePrefix>-<n>`, n from 0; unique with the token. */
  namePrefix: string;
  image: string;
  subnet?: string;
  securityGroups: readonly string[];
  ownership: Ownership;
  /** Cloud-init text, not encoded. */
  userData?: string;
  labels: Readonly<Record<string, string>>;
  /** Where the cloud has a time-to-live, the machines end themselves at this instant even if Springtide is dead. */
  releaseAt?: Instant;
}>;

/** One entry per machine asked for. `accepted` is the cloud's promise, not yet a running machine. */
export type LaunchItem =
  | Readonly<{ outcome: 'accepted'; machineId: MachineId }>
  | Readonly<{ outcome: 'refused'; error: SpringtideError }>;

/** A thrown error with `effect: maybe` means: unknown, ask `findByIntent`. A receipt is never a guess. */
export type LaunchReceipt = Readonly<{ items: readonly LaunchItem[] }>;

export type IntentQuery = Readonly<{ intent: string; token?: string; region: string }>;
export type ListScope = Readonly<{ region: string; ownedBy?: string }>;

/** Machines by id, and by the name that they had: of one that is gone a trail may know nothing else. */
export type TrailQuery = Readonly<{
  region: string;
  machines: readonly Readonly<{ id: MachineId; name: string }>[];
  since: Instant;
}>;

export interface ComputeFacet {
  /** Everything that could be bought in the region, sold-out offerings included (stock `none`). */
  listOfferings(scope: { region: string }, options: CallOptions): AsyncIterable<Page<Offering>>;
  listQuotas(scope: { region: string }, options: CallOptions): Promise<readonly Quota[]>;
  /** What is set aside or will be; only where `capabilities.capacityReservations` is supported. */
  listReservations?(scope: { region: string }, options: CallOptions): Promise<readonly CapacityReservation[]>;
  /**
   * Asks the cloud for machines, tagged with their ownership in this very call.
   * @throws insufficient-capacity, quota-exceeded, subnet-exhausted, balance with `effect: none`: nothing was created.
   * @throws conflict when the token was used before with other parameters.
   * @throws timeout, unavailable, unknown with `effect: maybe`: look by intent before acting again.
   */
  launch(batch: LaunchBatch, options: CallOptions): Promise<LaunchReceipt>;
  /**
   * Whether this launch would pass now; nothing is created. Only where `capabilities.launchTrial` is supported.
   * @throws what `launch` would: insufficient-capacity, quota-exceeded, subnet-exhausted, balance, not-found.
   */
  tryLaunch?(batch: LaunchBatch, options: CallOptions): Promise<void>;
  /** Every id asked for has an entry. `gone` is said only on the cloud's word that there is no such machine (or it is terminated). */
  describe(
    ids: readonly MachineId[],
    scope: { region: string },
    options: CallOptions,
  ): Promise<ReadonlyMap<MachineId, Machine | 'gone'>>;
  /** All machines of the region that are not gone; with `ownedBy`, those with that installation's creator mark. */
  list(scope: ListScope, options: CallOptions): AsyncIterable<Page<Machine>>;
  /** What did this intent really get? Complete or an error; an empty answer inside the visibility lag proves nothing. */
  findByIntent(query: IntentQuery, options: CallOptions): Promise<readonly Machine[]>;
  /** Idempotent: a machine that is gone is reported gone, one on its way out as terminating. Every id has an entry. */
  terminate(
    ids: readonly MachineId[],
    scope: { region: string },
    options: CallOptions,
  ): Promise<ReadonlyMap<MachineId, 'terminating' | 'gone' | SpringtideError>>;
  /** Satellites of these machines or of this intent, also after the machines are gone. */
  listSatellites(
    query: { region: string; machineIds: readonly MachineId[]; intent: string },
    options: CallOptions,
  ): Promise<readonly Satellite[]>;
  /** Idempotent. */
  releaseSatellite(satellite: Satellite, options: CallOptions): Promise<'releasing' | 'gone'>;
  /**
   * Who did what to these machines since then, newest first. What cannot be told apart, as two machines of one name, is left
   * out. Only where `capabilities.auditTrail` is supported.
   */
  trail?(query: TrailQuery, options: CallOptions): Promise<readonly Deed[]>;
  /**
   * What happened to the region's machines since `cursor`, and everything when there is none or the cloud no longer
   * knows it. Waits up to the deadline less a second for a first change. Only where `capabilities.changeFeed` is supported.
   */
  changes?(
    scope: Readonly<{ region: string; cursor?: string }>,
    options: CallOptions,
  ): Promise<MachineChanges<Machine>>;
  /** Moves or removes the cloud-side time-to-live. Only where `capabilities.timeToLive` is supported. */
  setReleaseTime?(
    ids: readonly MachineId[],
    scope: { region: string },
    at: Instant | null,
    options: CallOptions,
  ): Promise<void>;
}
