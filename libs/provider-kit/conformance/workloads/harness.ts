import type { Logger } from '@springtide/platform';
import type { ProviderManifest } from '../../contract/session.js';
import type { WorkloadRef } from '../../contract/workloads.js';
import type { AccountInput, EngineEvidence, Undo } from '../harness.js';

/** A member as its cluster tells the cluster's owner, not us. */
export type MemberTruth = Readonly<{
  name: string;
  node: string;
  image: string;
  ready: boolean;
  leaving: boolean;
}>;

/** What the owner of the cluster can do and see, by software that nobody here wrote. */
export type WorkloadControls = Readonly<{
  members(ref: WorkloadRef): Promise<readonly MemberTruth[]>;
  /** `kind/name` of everything in the namespace that has this name or begins with it and a hyphen, members left out. */
  parts(ref: WorkloadRef): Promise<readonly string[]>;
  /** Labels and annotations of such a part. */
  marksOf(ref: WorkloadRef, part: string): Promise<string>;
  /** Somebody else's workload of that name, with a service of the same name. */
  createForeign(ref: WorkloadRef): Promise<void>;
  /** So many workloads without members, made by others. */
  createManyForeign(count: number): Promise<void>;
  deleteOutside(ref: WorkloadRef): Promise<void>;
  /** At most so many members in the namespace. */
  limitMembers(most: number): Promise<Undo>;
  /** Something that the next claim of this size can be bound to. */
  offerVolume(sizeGib: number): Promise<void>;
  /** A pod that no controller would bring back. */
  pinToNode(node: string, name: string): Promise<void>;
  /** A pod that belongs to the node. */
  runDaemon(node: string, name: string): Promise<void>;
  addNode(name: string): Promise<void>;
  /** The next `times` changes are refused as too many. */
  throttleChanges(times: number): Promise<void>;
  throttleReads(times: number): Promise<void>;
  /** The cluster does the next change; its answer never arrives. */
  loseNextChange(): Promise<void>;
  /** The next change is refused with an error that no table knows. */
  breakNextChange(): Promise<void>;
  /** The cursor of the next listing is worthless when its second page is asked for. */
  breakNextCursor(): Promise<void>;
}>;

export type WorkloadTarget = Readonly<{
  account: AccountInput;
  /** Without any workload. */
  namespace: string;
  image: string;
  /** Another version of it. */
  newerImage: string;
  /** Node label with at least two values. */
  spreadOver: string;
  /** Everything of workloads per page, at most 300. */
  listPageSize: number;
  controls: WorkloadControls;
  log?: Logger;
  tearDown(): Promise<void>;
}>;

export type WorkloadConformanceHarness = Readonly<{
  name: string;
  manifest: ProviderManifest;
  evidence?: EngineEvidence;
  /** Why the cluster is not here; every rule is then reported as skipped for it. Left out when it is. */
  unavailable?: string;
  /** Rules that this cluster cannot be held to, each with the reason. */
  waived?: Readonly<Record<string, string>>;
  /** How long members may take to run or to be gone. Default 30 s. */
  patienceMs?: number;
  /** Real time that one rule may take. Default 60 s. */
  ruleTimeoutMs?: number;
  setUp(): Promise<WorkloadTarget>;
}>;
