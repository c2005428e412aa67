import type { Instant } from '@springtide/kernel';
import type { CallOptions, Page } from './compute.js';
import type { Ownership } from './machine.js';

export type ClusterState = 'creating' | 'running' | 'updating' | 'deleting' | 'failed' | 'unknown';

export type NodePool = Readonly<{
  id: string;
  name: string;
  machineType: string;
  desired: number;
  ready: number;
  /** Most nodes it can be scaled to as it was made; absent where the cloud names no such bound. */
  maximum?: number;
}>;

/** A Kubernetes cluster that a cloud runs for its customer. */
export type Cluster = Readonly<{
  id: string;
  name: string;
  region: string;
  state: ClusterState;
  /** Of Kubernetes, as `1.36`. */
  version: string;
  /** `https://host:port` of its API server; absent until there is one. */
  endpoint?: string;
  nodePools: readonly NodePool[];
  createdAt?: Instant;
  ownership?: Ownership;
  labels: Readonly<Record<string, string>>;
  stateReason?: string;
}>;

export type ClusterOrder = Readonly<{
  /** At most 64 ASCII characters; the same token with the same order gives the same cluster. */
  token: string;
  region: string;
  name: string;
  /** Of Kubernetes, as `1.36`; absent: the cloud's default. */
  version?: string;
  network: string;
  subnets: readonly string[];
  securityGroups: readonly string[];
  nodePools: readonly Readonly<{ name: string; machineType: string; nodes: number; image?: string }>[];
  ownership: Ownership;
  labels: Readonly<Record<string, string>>;
}>;

/** Clusters whose control plane the cloud runs. What runs in them is the Kubernetes provider's business. */
export interface ClusterFacet {
  listClusters(scope: { region: string }, options: CallOptions): AsyncIterable<Page<Cluster>>;
  describeCluster(id: string, scope: { region: string }, options: CallOptions): Promise<Cluster | 'gone'>;
  /**
   * Asks for a cluster, tagged with its ownership in this very call; it is `creating` for minutes.
   * @throws conflict when the token was used before with another order; quota-exceeded with `effect: none`.
   */
  createCluster(order: ClusterOrder, options: CallOptions): Promise<Readonly<{ id: string }>>;
  /**
   * Absolute and idempotent; nodes come and go for minutes after the answer.
   * @throws not-found; failed-precondition while the cluster is being made; invalid-argument with `effect: none` for more
   * than the pool's maximum.
   */
  scaleNodePool(
    target: Readonly<{ region: string; clusterId: string; pool: string; nodes: number }>,
    options: CallOptions,
  ): Promise<void>;
  /** YAML with embedded certificates or token: no command to run, no path. A secret; never logged. */
  kubeconfig(id: string, scope: { region: string }, options: CallOptions): Promise<string>;
  /** Idempotent. Node pools go with the cluster. */
  deleteCluster(id: string, scope: { region: string }, options: CallOptions): Promise<'deleting' | 'gone'>;
}
