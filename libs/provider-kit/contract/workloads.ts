import type { ErrorCode, Instant } from '@springtide/kernel';
import type { CallOptions, Page } from './compute.js';
import type { Ownership } from './machine.js';

/** `stateful` members keep their name and their own volumes; `stateless` ones are all alike and share theirs. */
export type WorkloadKind = 'stateless' | 'stateful';

export type WorkloadRef = Readonly<{ namespace: string; name: string; kind: WorkloadKind }>;

/** A workload that may be changed: only while it carries this creator mark. */
export type OwnedWorkload = WorkloadRef & Readonly<{ installation: string }>;

/** Where the members of a workload may and should run. */
export type SchedulingPolicy = Readonly<{
  /** Labels that a node must have. */
  nodeLabels?: Readonly<Record<string, string>>;
  /** Evenly over the values of this node label, as `topology.kubernetes.io/zone`; `strict` would rather not run. */
  spread?: readonly Readonly<{ over: string; maxSkew: number; strict: boolean }>[];
  /** Never two members on one node (`strict`), or rather not. */
  apart?: 'strict' | 'preferred';
  /** Taints of nodes that do not keep this workload away. */
  tolerates?: readonly Readonly<{
    key: string;
    value?: string;
    effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  }>[];
  /** Name of a priority class of the cluster. */
  priorityClass?: string;
}>;

export type WorkloadPort = Readonly<{ name: string; port: number; protocol?: 'TCP' | 'UDP' }>;

export type WorkloadVolume = Readonly<{
  name: string;
  mountPath: string;
  sizeGib: number;
  /** Absent: the cluster's default. */
  storageClass?: string;
  /** `shared` can be mounted on several nodes at once. */
  access: 'single-node' | 'shared';
}>;

/** Traffic that is let in and out; everything else is not, once this is set. DNS always is. */
export type WorkloadNetwork = Readonly<{
  from: readonly NetworkPeer[];
  to: readonly NetworkPeer[];
}>;

export type NetworkPeer =
  | Readonly<{ cidr: string; ports?: readonly number[] }>
  | Readonly<{ namespaceLabels: Readonly<Record<string, string>>; ports?: readonly number[] }>
  | Readonly<{ workload: string; ports?: readonly number[] }>;

export type WorkloadSpec = WorkloadRef &
  Readonly<{
    /** Best pinned by digest. */
    image: string;
    command?: readonly string[];
    /** No secret: what is here can be read by everybody who may read workloads. */
    environment?: Readonly<Record<string, string>>;
    /** Members wanted; not applied while `autoscale` decides it. */
    replicas: number;
    cpuMillis: number;
    memoryMiB: number;
    ports: readonly WorkloadPort[];
    /** HTTP path that answers 2xx when a member may take requests. */
    ready?: Readonly<{ path: string; port: number }>;
    scheduling?: SchedulingPolicy;
    /** Members that must stay up through drains and upgrades of nodes; becomes a disruption budget. */
    minAvailable?: number;
    /** A stable name inside the cluster for `ports`. */
    service?: boolean;
    volumes?: readonly WorkloadVolume[];
    network?: WorkloadNetwork;
    autoscale?: Readonly<{ minimum: number; maximum: number; cpuPercent: number }>;
    rollout?: Readonly<{
      maxSurge?: number;
      maxUnavailable?: number;
      /** An upgrade without progress for so long is `stuck`. Default 600. */
      progressSeconds?: number;
      minReadySeconds?: number;
    }>;
    labels: Readonly<Record<string, string>>;
  }>;

export type WorkloadOrder = Readonly<{
  /** At most 64 ASCII characters. The same token with the same spec changes nothing the second time. */
  token: string;
  spec: WorkloadSpec;
  ownership: Ownership;
  /** Take over a workload of this name that somebody else made; without it that is a refusal. */
  adopt?: boolean;
}>;

/** `stuck`: it will not get there by waiting; `obstacles` says why. */
export type WorkloadPhase = 'progressing' | 'settled' | 'stuck' | 'removing';

/** What keeps members from running: quota-exceeded, insufficient-capacity, failed-precondition for everything else. */
export type WorkloadObstacle = Readonly<{ code: ErrorCode; members: number; message: string }>;

export type WorkloadState = WorkloadRef &
  Readonly<{
    phase: WorkloadPhase;
    /** The cluster's own id: another one under the same name is another workload. */
    uid: string;
    image: string;
    desired: number;
    /** Members that exist, of any version. */
    current: number;
    /** Members of the newest version. */
    updated: number;
    ready: number;
    obstacles: readonly WorkloadObstacle[];
    conditions: readonly Readonly<{ type: string; holds: boolean; reason: string; message: string }>[];
    /** Absent for what Springtide did not make. */
    ownership?: Ownership;
    labels: Readonly<Record<string, string>>;
    createdAt?: Instant;
  }>;

/** A version that was applied once, newest first. `spec` is absent where somebody else applied it. */
export type WorkloadRevision = Readonly<{
  number: number;
  current: boolean;
  image: string;
  spec?: WorkloadSpec;
}>;

export type ClusterNode = Readonly<{
  name: string;
  ready: boolean;
  /** False once it is cordoned. */
  schedulable: boolean;
  cpuMillis: number;
  memoryMiB: number;
  /** Pods that fit at most. */
  podLimit: number;
  zone?: string;
  machineType?: string;
  /** The machine behind it in the words of its cloud, as `aws:///zone/i-0123`; absent where nobody said. */
  providerId?: string;
  addresses: readonly string[];
  version: string;
  labels: Readonly<Record<string, string>>;
  taints: readonly Readonly<{ key: string; value: string; effect: string }>[];
  createdAt?: Instant;
}>;

/**
 * One pass over the pods of a node. `respect` asks each pod to leave and takes no for an answer; `override` deletes
 * what would not leave: it breaks disruption budgets and ends pods that nobody brings back.
 */
export type EvictionOrder = Readonly<{
  node: string;
  budgets: 'respect' | 'override';
  graceSeconds?: number;
}>;

export type EvictionPass = Readonly<{
  /** Asked to leave in this pass, or already on their way. */
  leaving: number;
  /** Would not: a budget forbids it now, or nothing would bring the pod back. */
  held: readonly Readonly<{
    namespace: string;
    pod: string;
    why: 'budget' | 'unmanaged' | 'refused';
    message: string;
  }>[];
  /** Nothing is left that has to leave; daemons of the node itself stay. */
  empty: boolean;
}>;

export type NamespaceQuota = Readonly<{
  namespace: string;
  name: string;
  /** In the cluster's own name for it, as `requests.cpu` or `pods`. */
  resource: string;
  /** Cores, bytes or pieces. */
  limit: number;
  used: number;
}>;

/** What runs in one Kubernetes cluster, and the nodes it runs on. The account is the cluster. */
export interface WorkloadFacet {
  /**
   * Makes the workload and everything that belongs to it (service, disruption budget, network policy, volumes) exactly
   * this, marked with its ownership in the same call. What is no longer in the spec goes; volumes never do.
   * @throws conflict when the token was used with another spec, or somebody else changes the workload at this moment;
   * already-exists when a workload or a part of that name belongs to somebody else and `adopt` is not set;
   * failed-precondition without the namespace; quota-exceeded and invalid-argument with `effect: none` when nothing
   * was applied, `maybe` when a part of it was: the same order applies the rest.
   */
  apply(order: WorkloadOrder, options: CallOptions): Promise<WorkloadState>;
  read(ref: WorkloadRef, options: CallOptions): Promise<WorkloadState | 'gone'>;
  list(
    scope: Readonly<{ namespace?: string; ownedBy?: string }>,
    options: CallOptions,
  ): AsyncIterable<Page<WorkloadState>>;
  /** What did this intent really get? Complete or an error. */
  findByIntent(
    query: Readonly<{ intent: string; token?: string }>,
    options: CallOptions,
  ): Promise<readonly WorkloadState[]>;
  /**
   * Absolute and idempotent. @throws not-found; failed-precondition while `autoscale` decides, or when it is not ours.
   */
  scale(target: OwnedWorkload, replicas: number, options: CallOptions): Promise<WorkloadState>;
  /** Newest first; what to go back to is the first that is not current. @throws not-found. */
  revisions(ref: WorkloadRef, options: CallOptions): Promise<readonly WorkloadRevision[]>;
  /**
   * Idempotent. Its parts go with it; its volumes only with `volumes: 'delete'`.
   * @throws failed-precondition when it is not ours.
   */
  remove(
    target: OwnedWorkload,
    volumes: 'keep' | 'delete',
    options: CallOptions,
  ): Promise<'removing' | 'gone'>;
  listNodes(options: CallOptions): AsyncIterable<Page<ClusterNode>>;
  /** Absolute and idempotent: whether new pods may go there. @throws not-found. */
  setSchedulable(node: string, schedulable: boolean, options: CallOptions): Promise<void>;
  /** One pass; the caller repeats it until `empty` or out of patience. @throws not-found without the node. */
  evict(order: EvictionOrder, options: CallOptions): Promise<EvictionPass>;
  /** Takes the node out of the cluster; the machine behind it stays. Idempotent. */
  removeNode(node: string, options: CallOptions): Promise<'removing' | 'gone'>;
  quotas(scope: Readonly<{ namespace: string }>, options: CallOptions): Promise<readonly NamespaceQuota[]>;
}
