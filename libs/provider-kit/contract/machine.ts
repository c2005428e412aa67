import type { Instant, Money } from '@springtide/kernel';
import type { Relation } from './resources.js';

export type MachineId = string;

/**
 * The neutral life of a machine. `running` means the cloud says so, not that the service answers.
 * `failed` is a machine that the cloud accepted and then could not build: it exists and must be terminated.
 */
export type MachineState =
  'pending' | 'running' | 'stopping' | 'stopped' | 'terminating' | 'failed' | 'unknown';

/** `private` is capacity the company owns: its price is a rate card, its stock is free hosts. */
export type PurchaseOption = 'private' | 'reserved' | 'on-demand' | 'spot';

/**
 * The ownership tag, put on a resource in the create call itself.
 * `installation` is the creator mark: which Springtide made it. `intent` is the ledger row it belongs to.
 * Only a resource that carries both may ever be deleted.
 */
export type Ownership = Readonly<{
  installation: string;
  tenant: string;
  intent: string;
  /** The idempotency token of the create call, made of intent and generation. */
  token: string;
  campaign?: string;
  service?: string;
  /** Set in the create call from the intent's lease; informative, the ledger's value rules. */
  releaseBy?: Instant;
}>;

export type Machine = Readonly<{
  id: MachineId;
  name: string;
  state: MachineState;
  region: string;
  zone: string;
  machineType: string;
  purchaseOption: PurchaseOption;
  /** IPv4 or IPv6 literals by which a route reaches it, best first; empty until the cloud knows. */
  addresses: readonly string[];
  image?: string;
  launchedAt?: Instant;
  /** Absent for machines that Springtide did not make. */
  ownership?: Ownership;
  labels: Readonly<Record<string, string>>;
  /** What it hangs on, where the listing says so: host, networks, disks, security groups, image. */
  relations?: readonly Relation[];
  /** The cloud's own words on why a machine failed or stopped. */
  stateReason?: string;
  /** The cloud takes it back within minutes, and says so in these words; until then it runs. */
  notice?: string;
}>;

/** Something that outlives its machine if nobody deletes it. */
export type Satellite = Readonly<{
  id: string;
  kind: 'disk' | 'address' | 'network-interface' | 'timer' | 'other';
  region: string;
  machineId?: MachineId;
  intent?: string;
}>;

/**
 * What can be bought: (account, region, zone, machine type, purchase option). Price and stock belong here, not to the type.
 */
export type Offering = Readonly<{
  region: string;
  zone: string;
  machineType: string;
  family: string;
  arch: 'amd64' | 'arm64';
  purchaseOption: PurchaseOption;
  vcpu: number;
  memoryMiB: number;
  /** Per machine and hour. Absent: the price is unknown and the offering must not be bought. */
  pricePerHour?: Money;
  /** Seconds billed at least per machine (AWS Linux: 60). */
  minimumBillingSeconds: number;
  /** `machines` when the cloud says a number; a level otherwise; `unknown` where the cloud gives no signal. */
  stock: Readonly<{ level: 'enough' | 'normal' | 'low' | 'none' | 'unknown'; machines?: number }>;
  /** Id of the quota that a launch draws on; absent where the cloud has none. */
  quotaGroup?: string;
  /** Expected interruptions per machine and hour; 0 for everything but spot. */
  interruptionPerHour: number;
}>;

/** Machines that are set aside at the cloud, which launches of the type in the zone take without naming it. */
export type CapacityReservation = Readonly<{
  id: string;
  region: string;
  zone: string;
  machineType: string;
  machines: number;
  /** Not taken by machines that run. */
  free: number;
  startsAt: Instant;
  /** Absent: until somebody gives it up. */
  endsAt?: Instant;
}>;

/** What somebody had done to a machine, as the cloud's own trail tells it. */
export type Deed = Readonly<{
  machineId: MachineId;
  /** The user, as the cloud knows them: a name where it tells one, otherwise an id. */
  who: string;
  /** In the cloud's words. */
  what: string;
  at: Instant;
}>;

/** A limit in vCPU, over all zones of `region`. */
export type Quota = Readonly<{ group: string; region: string; limitVcpu: number; usedVcpu: number }>;
