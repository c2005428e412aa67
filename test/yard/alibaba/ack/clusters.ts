import { WireError } from '../wire/wire-error.js';

export type NodePool = {
  readonly id: string;
  readonly name: string;
  readonly instanceTypes: readonly string[];
  readonly imageId: string;
  desired: number;
  /** Nodes that are there by now. */
  ready: number;
  state: 'active' | 'scaling' | 'deleting';
};

export type Cluster = {
  readonly id: string;
  readonly name: string;
  readonly regionId: string;
  readonly version: string;
  readonly type: string;
  readonly spec: string;
  readonly vpcId: string;
  readonly vswitchIds: readonly string[];
  readonly securityGroupId: string;
  readonly createdAt: number;
  readonly tags: readonly Readonly<{ key: string; value: string }>[];
  state: 'initial' | 'running' | 'updating' | 'deleting' | 'failed';
  pools: Map<string, NodePool>;
};

/** Managed clusters. What answers behind a kubeconfig is a real API server, handed in from outside. */
export class Clusters {
  readonly all = new Map<string, Cluster>();
  /** By cluster name; `*` for the others. */
  readonly kubeconfigs = new Map<string, string>();

  /** @throws WireError ErrorClusterNotFound */
  get(id: string): Cluster {
    const cluster = this.all.get(id);
    if (cluster !== undefined) return cluster;
    throw new WireError(404, 'ErrorClusterNotFound', `cluster ${id} not found`);
  }

  pool(cluster: Cluster, id: string): NodePool {
    const pool = cluster.pools.get(id);
    if (pool !== undefined) return pool;
    throw new WireError(404, 'NodepoolNotFound', `nodepool ${id} not found`);
  }

  kubeconfigOf({ name }: Cluster): string {
    const config = this.kubeconfigs.get(name) ?? this.kubeconfigs.get('*');
    if (config !== undefined) return config;
    throw new WireError(
      404,
      'ErrorKubeconfigNotFound',
      'no kubeconfig was handed to the yard for this cluster',
    );
  }

  /** Of the API server behind it, once it is known. */
  endpointOf({ name }: Cluster): string {
    const config = this.kubeconfigs.get(name) ?? this.kubeconfigs.get('*') ?? '';
    return /server:\s*"?(https?:\/\/[^\s"]+)/.exec(config)?.[1] ?? '';
  }
}
