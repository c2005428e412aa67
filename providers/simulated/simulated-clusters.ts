import type { CallOptions, Cluster, ClusterFacet, ClusterOrder, Page } from '@springtide/provider-kit';
import type { CloudApi } from './cloud-api.js';
import { clusterOf, clusterOrderOf } from './mapping.js';

type Region = Readonly<{ region: string }>;

export class SimulatedClusters implements ClusterFacet {
  readonly #api: CloudApi;

  constructor(api: CloudApi) {
    this.#api = api;
  }

  async *listClusters({ region }: Region, options: CallOptions): AsyncIterable<Page<Cluster>> {
    let cursor: string | undefined;
    do {
      const answer = await this.#api.call('ListClusters', { region, cursor }, options);
      cursor = answer.next;
      yield { items: answer.clusters.map(clusterOf), complete: cursor === undefined };
    } while (cursor !== undefined);
  }

  async describeCluster(id: string, { region }: Region, options: CallOptions): Promise<Cluster | 'gone'> {
    const { cluster } = await this.#api.call('DescribeCluster', { region, id }, options);
    return cluster === undefined ? 'gone' : clusterOf(cluster);
  }

  async createCluster(order: ClusterOrder, options: CallOptions): Promise<Readonly<{ id: string }>> {
    return this.#api.call('CreateCluster', clusterOrderOf(order), options);
  }

  async scaleNodePool(
    { region, clusterId, pool, nodes }: Region & Readonly<{ clusterId: string; pool: string; nodes: number }>,
    options: CallOptions,
  ): Promise<void> {
    await this.#api.call('ScaleNodePool', { region, id: clusterId, pool, nodes }, options);
  }

  async kubeconfig(id: string, { region }: Region, options: CallOptions): Promise<string> {
    return (await this.#api.call('GetKubeconfig', { region, id }, options)).kubeconfig;
  }

  async deleteCluster(id: string, { region }: Region, options: CallOptions): Promise<'deleting' | 'gone'> {
    const { outcome } = await this.#api.call('DeleteCluster', { region, id }, options);
    return outcome === 'gone' ? 'gone' : 'deleting';
  }
}
