import { SpringtideError } from '@springtide/kernel';
import {
  SerialLanes,
  type CallOptions,
  type Cluster,
  type ClusterFacet,
  type ClusterOrder,
  type NodePool,
  type Page,
} from '@springtide/provider-kit';
import type { AlibabaAccount } from './account.js';
import type { AlibabaApi, Scope } from './api.js';
import { ORDER_TAG, orderHash, toCluster, toCreateCluster } from './cluster-mapping.js';
import {
  cluster,
  clustersAnswer,
  createdAnswer,
  kubeconfigAnswer,
  nodePoolsAnswer,
  type WireCluster,
  type WireNodePool,
} from './cluster-wire.js';
import { allOf, numberedPages } from './paging.js';
import { TOKEN_TAG } from './tags.js';
import { nothing } from './wire.js';

const PAGE_SIZE = 50;

type InRegion = Readonly<{ region: string }>;

/** Managed Kubernetes. The product has no idempotency tokens: an order looks for its own mark first. */
export class AlibabaClusters implements ClusterFacet {
  readonly #lanes = new SerialLanes();

  constructor(
    private readonly account: AlibabaAccount,
    private readonly api: AlibabaApi,
  ) {}

  async *listClusters(scope: InRegion, options: CallOptions): AsyncIterable<Page<Cluster>> {
    const at = { ...scope, ...options };
    for await (const { items, complete } of this.#pages(at)) {
      const clusters: Cluster[] = [];
      for (const item of items) {
        clusters.push(toCluster(item, scope.region, await this.#poolsOf(at, item.cluster_id)));
      }
      yield { items: clusters, complete };
    }
  }

  async describeCluster(id: string, scope: InRegion, options: CallOptions): Promise<Cluster | 'gone'> {
    const at = { ...scope, ...options };
    return orGone(async () => {
      const found = await this.api.roa(at, {
        product: 'cs',
        action: 'DescribeClusterDetail',
        method: 'GET',
        path: `/clusters/${id}`,
        answer: cluster,
      });
      return toCluster(found, scope.region, await this.#poolsOf(at, id));
    });
  }

  async createCluster(order: ClusterOrder, options: CallOptions): Promise<Readonly<{ id: string }>> {
    return this.#lanes.run(order.token, async () => this.#create(order, options));
  }

  async scaleNodePool(
    target: Readonly<{ region: string; clusterId: string; pool: string; nodes: number }>,
    options: CallOptions,
  ): Promise<void> {
    const { region, clusterId, nodes } = target;
    const at = { region, ...options };
    const pool = await this.#pool(at, clusterId, target.pool);
    if (pool.desired === nodes) return;
    await this.api.roa(at, {
      product: 'cs',
      action: 'ModifyClusterNodePool',
      method: 'PUT',
      path: `/clusters/${clusterId}/nodepools/${pool.id}`,
      // The product's own "scale" adds; this sets, so that sending it twice is harmless.
      json: { scaling_group: { desired_size: nodes } },
      answer: nothing,
    });
  }

  async kubeconfig(id: string, scope: InRegion, options: CallOptions): Promise<string> {
    const { config } = await this.api.roa(
      { ...scope, ...options },
      {
        product: 'cs',
        action: 'DescribeClusterUserKubeconfig',
        method: 'GET',
        path: `/k8s/${id}/user_config`,
        answer: kubeconfigAnswer,
      },
    );
    return config;
  }

  async deleteCluster(id: string, scope: InRegion, options: CallOptions): Promise<'deleting' | 'gone'> {
    return orGone(async () => {
      await this.api.roa(
        { ...scope, ...options },
        {
          product: 'cs',
          action: 'DeleteCluster',
          method: 'DELETE',
          path: `/clusters/${id}`,
          query: { retain_all_resources: false },
          answer: nothing,
        },
      );
      return 'deleting' as const;
    });
  }

  async #create(order: ClusterOrder, options: CallOptions): Promise<Readonly<{ id: string }>> {
    const at = { region: order.region, ...options };
    const before = (await allOf(this.#pages(at))).find(({ tags }) => tags.get(TOKEN_TAG) === order.token);
    if (before !== undefined) return { id: sameOrder(before, order) };
    const { cluster_id: id } = await this.api.roa(at, {
      product: 'cs',
      action: 'CreateCluster',
      method: 'POST',
      path: '/clusters',
      json: toCreateCluster(order, this.account),
      answer: createdAnswer,
    });
    return { id };
  }

  #pages(at: Scope): AsyncGenerator<Page<WireCluster>> {
    return numberedPages('clusters', async (page_number) => {
      const answer = await this.api.roa(at, {
        product: 'cs',
        action: 'DescribeClustersV1',
        method: 'GET',
        path: '/api/v1/clusters',
        query: { region_id: at.region, page_size: PAGE_SIZE, page_number },
        answer: clustersAnswer,
      });
      return { items: answer.clusters, total: answer.page_info.total_count };
    });
  }

  /** A cluster that is being made or taken away has none to show. */
  async #poolsOf(at: Scope, id: string): Promise<readonly WireNodePool[]> {
    try {
      const { nodepools } = await this.api.roa(at, {
        product: 'cs',
        action: 'DescribeClusterNodePools',
        method: 'GET',
        path: `/clusters/${id}/nodepools`,
        answer: nodePoolsAnswer,
      });
      return nodepools;
    } catch (thrown) {
      if (thrown instanceof SpringtideError && thrown.code === 'not-found') return [];
      throw thrown;
    }
  }

  async #pool(at: Scope, clusterId: string, pool: string): Promise<NodePool> {
    const found = await this.describeCluster(clusterId, { region: at.region }, at);
    const known =
      found === 'gone' ? undefined : found.nodePools.find(({ id, name }) => id === pool || name === pool);
    if (known !== undefined) return known;
    throw new SpringtideError(
      'not-found',
      `cluster ${clusterId} has no node pool "${pool}"; no node was added or taken away`,
    );
  }
}

function sameOrder(before: WireCluster, order: ClusterOrder): string {
  if (before.tags.get(ORDER_TAG) === orderHash(order)) return before.cluster_id;
  throw new SpringtideError(
    'conflict',
    `cluster ${before.cluster_id} was ordered with the same token and another order; nothing was created`,
    { retry: 'never', effect: 'none', nextStep: 'Give the new order a token of its own.' },
  );
}

async function orGone<T>(work: () => Promise<T>): Promise<T | 'gone'> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof SpringtideError && thrown.code === 'not-found') return 'gone';
    throw thrown;
  }
}
