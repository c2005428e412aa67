import type { Clock, Instant, Money } from '@springtide/kernel';
import type { EndpointGate, Logger } from '@springtide/platform';
import type { z } from 'zod';
import type { BillFacet } from './bills.js';
import type { ClusterFacet } from './clusters.js';
import type { ComputeFacet } from './compute.js';
import type { ImageFacet, NetworkFacet } from './network.js';
import type { ProviderRates } from './rates.js';
import type { ResourceFacet } from './resources.js';
import type { SnapshotFacet } from './snapshots.js';
import type { TrafficFacet } from './traffic.js';
import type { WorkloadFacet } from './workloads.js';

/** A capability that a cloud lacks is data with a reason: planning reads it, conformance prints it. */
export type Capability = Readonly<{ supported: true } | { supported: false; reason: string }>;

export type Capabilities = Readonly<{
  /** The cloud itself answers a repeated token with the first answer. */
  idempotencyToken: Capability;
  /** One call may create several machines. */
  batchLaunch: Capability;
  /** Fewer than asked for may be created, down to a minimum. */
  partialLaunch: Capability;
  timeToLive: Capability;
  spot: Capability;
  stockSignal: Capability;
  quotaSignal: Capability;
  /** `compute.tryLaunch` tells whether a launch would pass now, stock included. Absent: it does not. */
  launchTrial?: Capability;
  /** `compute.listReservations` tells what is set aside for the account. Absent: nobody reads it. */
  capacityReservations?: Capability;
  /** `compute.trail` tells who did what to a machine. Absent: nobody reads it. */
  auditTrail?: Capability;
  /** `compute.changes` tells what happened, so that nobody has to list everything to learn it. Absent: it does not. */
  changeFeed?: Capability;
  /** The cloud runs Kubernetes clusters for its customers. Absent: it does not. */
  managedClusters?: Capability;
  /** Images must be copied to where machines are made, and `images.placeImage` does it ahead. Absent: no need. */
  imagePlacement?: Capability;
  /** Snapshots are of whole machines, which can be put back to them. Absent: they are not. */
  machineSnapshots?: Capability;
  /** A route can match requests by the address they come from. Absent: it cannot. */
  matchBySource?: Capability;
  /** A route can match requests by a header. Absent: it cannot. */
  matchByHeader?: Capability;
  /** Requests and errors per group can be read within seconds. Absent: they can. */
  requestCounters?: Capability;
  /** A removed member is listed until its last connection has ended, so that its absence proves it. Absent: nobody knows. */
  showsDraining?: Capability;
}>;

export type ProviderLimits = Readonly<{
  /** Machines per launch call, at most 100. */
  launchBatch: number;
  describeBatch: number;
  terminateBatch: number;
  /** A create may stay invisible to listings for so long; two complete answers this far apart prove absence. */
  visibilityLagMs: number;
  /** Typical time from launch to running, for planning before anything was measured. */
  bootMs: number;
  /** How long after use its charge may be missing from the bill. Only where there is a `bills` facet. */
  billLagMs?: number;
}>;

export type AccountReport = Readonly<{
  /** Who the cloud says we are. */
  identity: string;
  regions: readonly string[];
  /** One entry per permission that was tried: what it is for, and whether it is granted. */
  permissions: readonly Readonly<{ action: string; granted: boolean; neededFor: string }>[];
  /** What the account can still spend, where the cloud tells it. */
  balance?: Money;
  /** Cloud clock minus ours, where the cloud tells its time. */
  clockSkewMs?: number;
  /** Product and version behind the endpoint, in its own words. */
  product: string;
}>;

export interface ProviderSession {
  /** Who am I, what may I do, what is missing. @throws unauthenticated, unavailable. */
  verify(at: Instant): Promise<AccountReport>;
  readonly compute?: ComputeFacet;
  readonly network?: NetworkFacet;
  readonly images?: ImageFacet;
  readonly traffic?: TrafficFacet;
  readonly resources?: ResourceFacet;
  readonly clusters?: ClusterFacet;
  readonly workloads?: WorkloadFacet;
  readonly snapshots?: SnapshotFacet;
  readonly bills?: BillFacet;
  /** Ends sessions and sockets; safe to call twice. */
  close(): Promise<void>;
}

/** What a provider gets from the core: never the database, never the environment. */
export type ProviderContext = Readonly<{ clock: Clock; gate: EndpointGate; log: Logger }>;

/** One folder under providers/, default door `index.ts`, exporting one manifest. */
export type ProviderManifest<TAccount = unknown> = Readonly<{
  id: string;
  title: string;
  kind: 'public-cloud' | 'private-cloud' | 'traffic' | 'cluster';
  /** What a user must enter to register an account: settings and secrets apart, secrets never read back. */
  settingsSchema: z.ZodType;
  secretSchema: z.ZodType;
  /** Parses `{ settings, secret }`, as they were entered, into what `connect` takes. @throws invalid-argument. */
  accountSchema: z.ZodType<TAccount>;
  /** Every address that a session will talk to; each passes the endpoint gate. */
  endpoints(account: TAccount): readonly string[];
  capabilities: Capabilities;
  limits: ProviderLimits;
  rates: ProviderRates;
  connect(account: TAccount, context: ProviderContext): Promise<ProviderSession>;
}>;
