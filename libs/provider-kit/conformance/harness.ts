import type { Clock } from '@springtide/kernel';
import type { EndpointGate, Logger } from '@springtide/platform';
import type { ClusterOrder } from '../contract/clusters.js';
import type { LaunchBatch } from '../contract/compute.js';
import type { Capabilities, ProviderManifest } from '../contract/session.js';

/** As a user enters them; parsed by the manifest's schemas. */
export type AccountInput = Readonly<{ settings: unknown; secret: unknown }>;

/** Takes a lasting fault back. */
export type Undo = () => Promise<void>;

export type FaultyOperation = 'launch' | 'terminate' | 'describe' | 'list';

/**
 * What a test may do to the cloud behind the provider's back. A control that this cloud cannot offer is named with its
 * reason in the harness's `withheld`; the rules that need it are then reported as skipped.
 */
export type ConformanceControls = Readonly<{
  /** The cloud does the work of the next such call; its answer never arrives. */
  loseNextAnswer(operation: FaultyOperation): Promise<void>;
  /** The cloud does the work of the next such call and answers so much later. */
  delayNextAnswer(operation: FaultyOperation, ms: number): Promise<void>;
  /** The next `times` such calls are refused as too many. */
  throttleNext(operation: FaultyOperation, times: number): Promise<void>;
  /** The next such call is answered with an error that no table knows, without having been done. */
  breakNext(operation: FaultyOperation): Promise<void>;
  sellOut(zone: string, machineType: string): Promise<Undo>;
  /** Room for exactly so many more machines of the type in the zone. */
  limitStock(zone: string, machineType: string, machines: number): Promise<Undo>;
  exhaustQuota(): Promise<Undo>;
  /** Same endpoint, credentials that it refuses. */
  wrongCredentials(): AccountInput;
  /** Same credentials, an endpoint where nobody listens. */
  unreachable(): AccountInput;
  /** The cloud's clock runs ahead by so much. */
  skewClock(ms: number): Promise<Undo>;
  /** New machines stay invisible to listings for so long. */
  hideNewFor(ms: number): Promise<Undo>;
  deleteOutside(id: string): Promise<void>;
  /** A machine that somebody else made, without any tag of ours. Its id. */
  createForeign(): Promise<string>;
  /** The next machine is accepted and then cannot be built. */
  failNextBoot(): Promise<void>;
  /** The next listing stops after its first page as if that were all there is, where the wire can show it. */
  truncateNextListing(): Promise<void>;
  /** Everything of machines per page in this set-up, at most 40. */
  listPageSize(): number;
  /** Sessions the cloud has given out are worthless from now on; the credentials still hold. */
  expireSessions(): Promise<void>;
  /** Something that belongs to the machine and would survive it. Its id. */
  attachSatellite(machineId: string): Promise<string>;
  /** The target's clock and the cloud's, and with them the life of its machines, move on by so much. */
  passTime(ms: number): Promise<void>;
  /** Takes every fault and limit back, and removes foreign machines. */
  reset(): Promise<void>;
}>;

export type ControlName = keyof ConformanceControls;

export type ConformanceTarget = Readonly<{
  account: AccountInput;
  region: string;
  /** A zone and machine type with room for 110 machines or 3 pages, whichever is less; count 1, minimum 1. */
  sample: Pick<LaunchBatch, 'zone' | 'machineType' | 'image' | 'securityGroups' | 'purchaseOption'> &
    Partial<Pick<LaunchBatch, 'subnet' | 'userData'>>;
  /** An image that must be copied before machines of the zone are made of it; absent: the rule about it is skipped. */
  imageToPlace?: Readonly<{ image: string; zone: string }>;
  /** A place for clusters, where the cloud runs them; without it the rules about clusters are skipped. */
  cluster?: Pick<ClusterOrder, 'network' | 'subnets' | 'securityGroups'> &
    Readonly<{ machineType: string; image?: string; version?: string }>;
  /** The n-th machine id that the cloud would accept as an id, and that no machine has. */
  unknownId(n: number): string;
  controls: Partial<ConformanceControls>;
  /** The clock on which the cloud lives: the system's, or one whose sleep passes time at once. */
  clock: Clock;
  /** What listings of this service really lag behind, where that is less than the manifest declares. */
  trueLagMs?: number;
  /** Left out: one that opens loopback only. */
  gate?: EndpointGate;
  log?: Logger;
  tearDown(): Promise<void>;
}>;

/**
 * How a behaviour comes about in a test: `provoked` in software that others wrote, as a user could provoke it;
 * `injected` by a proxy or fault rule in front of it; `our reading` of the vendor's documents, in a simulator of ours.
 */
export type Evidence = 'provoked' | 'injected' | 'our reading';

/** What stands behind the wire, so that the matrix can say honestly what each passed rule proves. */
export type EngineEvidence = Readonly<{
  /** Product and version, as `moto 5.2.5`. */
  engine: string;
  /** What holds for everything that no control below brings about. */
  nature: Evidence;
  controls?: Partial<Readonly<Record<ControlName, Evidence>>>;
  /** Rules whose subject is not the engine's own work, by their id: `P-12` where tokens are ours in front of it. */
  rules?: Readonly<Record<string, Evidence>>;
}>;

export type ConformanceHarness = Readonly<{
  name: string;
  manifest: ProviderManifest;
  evidence?: EngineEvidence;
  /** Why the service is not here; every rule is then reported as skipped for it. Left out when it is. */
  unavailable?: string;
  withheld?: Partial<Readonly<Record<ControlName, string>>>;
  /** Rules that this service cannot be held to, each with the reason why no control can help. */
  waived?: Readonly<Record<string, string>>;
  /** The shortest time-to-live that this cloud takes, where that is more than ten minutes. */
  shortestTimeToLiveMs?: number;
  /** For the slow: how long a machine may take to run or to be gone, on the target's clock. Default 30 s. */
  patienceMs?: number;
  /** How often to look. Default 100 ms. */
  pollMs?: number;
  /** Real time that one rule may take. Default 60 s. */
  ruleTimeoutMs?: number;
  setUp(): Promise<ConformanceTarget>;
}>;

export type CapabilityName = keyof Capabilities;
