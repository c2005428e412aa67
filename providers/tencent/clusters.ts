import { SpringtideError, parseInstant, type Clock } from '@springtide/kernel';
import {
  SerialLanes,
  type CallOptions,
  type Cluster,
  type ClusterFacet,
  type ClusterOrder,
  type Page,
} from '@springtide/provider-kit';
import type {
  Cluster as TkeCluster,
  NodePool as TkeNodePool,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tke/v20180525/tke_models.js';
import type { TencentAccount } from './account.js';
import {
  fingerprintOf,
  orderedPools,
  tagsOfCluster,
  toCluster,
  toCreateCluster,
  toCreateNodePool,
  ORDER_TAG,
  type OrderedPool,
} from './cluster-mapping.js';
import { offsetListing } from './offset-listing.js';
import { TOKEN_TAG } from './tags.js';
import type { TencentApi, TencentScope } from './tencent-api.js';

const PAGE_SIZE = 100;
/** Making one takes minutes; soon at first all the same. */
const FIRST_POLL_MS = 250;
const LAST_POLL_MS = 5_000;
/** Kept of the deadline, so that the answer still arrives. */
const RESERVE_MS = 2_000;

/**
 * Managed TKE clusters. TKE knows no token: it is looked for before a cluster is made, one order of a token at a time.
 * Node pools can be made only once the cluster runs, so what was ordered is written into its tags, and whoever sends the
 * order again, or scales a pool, makes what is missing.
 */
export class TencentClusters implements ClusterFacet {
  readonly #lanes = new SerialLanes();

  constructor(
    private readonly account: TencentAccount,
    private readonly api: TencentApi,
    private readonly clock: Clock,
  ) {}

  async *listClusters(scope: { region: string }, options: CallOptions): AsyncIterable<Page<Cluster>> {
    const at = { ...scope, ...options };
    const pages = this.#pages(at, {});
    for await (const { items, complete } of pages) {
      const clusters: Cluster[] = [];
      for (const raw of items) clusters.push(await this.#told(raw, at));
      yield { items: clusters, complete };
    }
  }

  async describeCluster(
    id: string,
    scope: { region: string },
    options: CallOptions,
  ): Promise<Cluster | 'gone'> {
    const at = { ...scope, ...options };
    const raw = await this.#read(id, at);
    return raw === undefined ? 'gone' : this.#told(raw, at);
  }

  async createCluster(order: ClusterOrder, options: CallOptions): Promise<Readonly<{ id: string }>> {
    const at = { region: order.region, ...options };
    return this.#lanes.run(order.token, async () => {
      const known = await this.#byToken(order.token, at);
      if (known !== undefined && tagsOfCluster(known).get(ORDER_TAG) !== fingerprintOf(order)) {
        throw tokenOfAnother(order);
      }
      const id = known?.ClusterId ?? (await this.#create(order, at));
      await this.#complete(id, at);
      return { id };
    });
  }

  async scaleNodePool(
    target: Readonly<{ region: string; clusterId: string; pool: string; nodes: number }>,
    options: CallOptions,
  ): Promise<void> {
    const at = { region: target.region, ...options };
    const cluster = await this.#running(target.clusterId, at);
    const pools = await this.#pools(cluster, at);
    const pool = pools.find(({ Name, NodePoolId }) => Name === target.pool || NodePoolId === target.pool);
    if (pool === undefined) return this.#makeOrdered(cluster, target.pool, target.nodes, at);
    if (pool.DesiredNodesNum === target.nodes) return;
    await this.api.call('tke', 'ModifyNodePoolDesiredCapacityAboutAsg', at, {
      ClusterId: target.clusterId,
      NodePoolId: pool.NodePoolId ?? '',
      DesiredCapacity: target.nodes,
    });
  }

  async kubeconfig(id: string, scope: { region: string }, options: CallOptions): Promise<string> {
    const at = { ...scope, ...options };
    await this.#running(id, at);
    if (!(await this.#openEntrance(id, at))) throw notYet(id, 'its API server’s entrance is being opened');
    const { Kubeconfig } = await this.api.call('tke', 'DescribeClusterKubeconfig', at, {
      ClusterId: id,
      IsExtranet: this.#isExtranet(),
    });
    if (Kubeconfig) return Kubeconfig;
    throw notYet(id, 'TKE has no kubeconfig for it');
  }

  async deleteCluster(
    id: string,
    scope: { region: string },
    options: CallOptions,
  ): Promise<'deleting' | 'gone'> {
    const at = { ...scope, ...options };
    const cluster = await this.#read(id, at);
    if (cluster === undefined) return 'gone';
    if (cluster.ClusterStatus === 'Deleting') return 'deleting';
    try {
      await this.api.call('tke', 'DeleteCluster', at, {
        ClusterId: id,
        // Nodes and their disks end with it; nothing is kept that would go on costing.
        InstanceDeleteMode: 'terminate',
        ResourceDeleteOptions: [{ ResourceType: 'CBS', DeleteMode: 'terminate' }],
      });
      return 'deleting';
    } catch (thrown) {
      if (thrown instanceof SpringtideError && thrown.code === 'not-found') return 'gone';
      throw thrown;
    }
  }

  async #create(order: ClusterOrder, at: TencentScope): Promise<string> {
    const { SubnetSet = [] } = await this.api.call('vpc', 'DescribeSubnets', at, {
      SubnetIds: order.subnets.slice(0, 1),
    });
    const vpc = order.network.startsWith('vpc-') ? order.network : SubnetSet[0]?.VpcId;
    if (!vpc) {
      throw new SpringtideError(
        'not-found',
        `there is no network ${order.network} in ${at.region}; no cluster was made`,
      );
    }
    const version = await this.#wholeVersion(order, at);
    const request = toCreateCluster(order, { vpc, cidr: this.account.clusterCidr, version });
    const { ClusterId } = await this.api.call('tke', 'CreateCluster', at, request);
    if (ClusterId) return ClusterId;
    throw new SpringtideError(
      'unknown',
      `TKE named no cluster for ${order.name}; there may be one that costs`,
      {
        nextStep: 'Send the same order again: it looks for the cluster first.',
      },
    );
  }

  /** TKE wants the patch too: the newest of what was ordered. */
  async #wholeVersion({ version, name }: ClusterOrder, at: TencentScope): Promise<string | undefined> {
    if (version === undefined) return undefined;
    const { VersionInstanceSet } = await this.api.call('tke', 'DescribeVersions', at, undefined);
    const offered = (VersionInstanceSet ?? []).map(({ Version = '' }) => Version);
    const fitting = offered.filter((each) => each === version || each.startsWith(`${version}.`));
    const newest = fitting.toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }))[0];
    if (newest !== undefined) return newest;
    throw new SpringtideError(
      'invalid-argument',
      `TKE offers no Kubernetes ${version} in ${at.region}; cluster ${name} was not made`,
      { nextStep: `Order one of ${offered.join(', ') || 'its versions'}.` },
    );
  }

  /** Makes what can be made once the cluster runs. Runs out of time without an error: sending the order again goes on. */
  async #complete(id: string, at: TencentScope): Promise<void> {
    for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(LAST_POLL_MS, pollMs * 2)) {
      const cluster = await this.#read(id, at);
      if (cluster?.ClusterStatus === 'Running') {
        await this.#openEntrance(id, at);
        const made = new Set((await this.#pools(cluster, at)).map(({ Name }) => Name));
        for (const pool of orderedPools(cluster)) {
          if (!made.has(pool.name)) await this.#makePool(cluster, pool, at);
        }
        return;
      }
      if (this.#leftMs(at) < pollMs + RESERVE_MS) return;
      await this.clock.sleep(pollMs);
    }
  }

  async #makeOrdered(cluster: TkeCluster, name: string, nodes: number, at: TencentScope): Promise<void> {
    const ordered = orderedPools(cluster).find((pool) => pool.name === name);
    if (ordered !== undefined) return this.#makePool(cluster, { ...ordered, nodes }, at);
    throw new SpringtideError(
      'not-found',
      `cluster ${cluster.ClusterId} has no node pool "${name}"; nothing was changed`,
    );
  }

  async #makePool(cluster: TkeCluster, pool: OrderedPool, at: TencentScope): Promise<void> {
    await this.api.call('tke', 'CreateClusterNodePool', at, toCreateNodePool(cluster, pool));
  }

  /** Whether it is open by now. */
  async #openEntrance(id: string, at: TencentScope): Promise<boolean> {
    const entrance = { ClusterId: id, IsExtranet: this.#isExtranet() };
    const { Status } = await this.api.call('tke', 'DescribeClusterEndpointStatus', at, entrance);
    if (Status === 'Created') return true;
    if (Status === 'Creating') return false;
    const cluster = await this.#read(id, at);
    const [subnet] = cluster === undefined ? [] : (orderedPools(cluster)[0]?.subnets ?? []);
    await this.api.call('tke', 'CreateClusterEndpoint', at, {
      ...entrance,
      ...(entrance.IsExtranet || subnet === undefined ? {} : { SubnetId: subnet }),
    });
    return false;
  }

  async #running(id: string, at: TencentScope): Promise<TkeCluster> {
    const cluster = await this.#read(id, at);
    if (cluster === undefined) {
      throw new SpringtideError(
        'not-found',
        `there is no cluster ${id} in ${at.region}; nothing was changed`,
      );
    }
    if (cluster.ClusterStatus === 'Creating' || cluster.ClusterStatus === 'Trading') {
      throw notYet(id, 'it is still being made');
    }
    return cluster;
  }

  async #read(id: string, at: TencentScope): Promise<TkeCluster | undefined> {
    try {
      const { Clusters = [] } = await this.api.call('tke', 'DescribeClusters', at, { ClusterIds: [id] });
      return Clusters.find(({ ClusterId }) => ClusterId === id);
    } catch (thrown) {
      if (thrown instanceof SpringtideError && thrown.code === 'not-found') return undefined;
      throw thrown;
    }
  }

  async #byToken(token: string, at: TencentScope): Promise<TkeCluster | undefined> {
    // By the value alone: the filter for both splits at a colon, and our keys have one.
    const Filters = [{ Name: 'tag-value', Values: [token] }];
    for await (const { items } of this.#pages(at, { Filters })) {
      const found = items.find((cluster) => tagsOfCluster(cluster).get(TOKEN_TAG) === token);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async #told(raw: TkeCluster, at: TencentScope): Promise<Cluster> {
    const pools = await this.#pools(raw, at);
    return toCluster(raw, { pools, endpoint: await this.#endpoint(raw, at), region: at.region });
  }

  /** Of the API server on the side where the account reaches it; undefined while it is closed there. */
  async #endpoint(
    { ClusterId = '', ClusterStatus }: TkeCluster,
    at: TencentScope,
  ): Promise<string | undefined> {
    if (ClusterStatus !== 'Running') return undefined;
    const told = await this.api.call('tke', 'DescribeClusterEndpoints', at, { ClusterId });
    return this.#isExtranet() ? told.ClusterExternalEndpoint : told.ClusterIntranetEndpoint;
  }

  async #pools(cluster: TkeCluster, at: TencentScope): Promise<readonly TkeNodePool[]> {
    if (cluster.ClusterStatus === 'Creating' || cluster.ClusterStatus === 'Trading') return [];
    try {
      const { NodePoolSet } = await this.api.call('tke', 'DescribeClusterNodePools', at, {
        ClusterId: cluster.ClusterId ?? '',
      });
      return NodePoolSet ?? [];
    } catch (thrown) {
      // It went between two questions.
      if (thrown instanceof SpringtideError && thrown.code === 'not-found') return [];
      throw thrown;
    }
  }

  #pages(
    at: TencentScope,
    query: Readonly<{ Filters?: { Name: string; Values: string[] }[] }>,
  ): AsyncIterable<Page<TkeCluster>> {
    return offsetListing(
      PAGE_SIZE,
      async (Offset, Limit) => {
        const answer = await this.api.call('tke', 'DescribeClusters', at, { Offset, Limit, ...query });
        return { rows: answer.Clusters ?? [], total: answer.TotalCount ?? 0 };
      },
      ({ ClusterId = '' }) => ClusterId,
      (cluster) => cluster,
    );
  }

  #isExtranet(): boolean {
    return this.account.clusterAccess === 'extranet';
  }

  #leftMs(at: TencentScope): number {
    return parseInstant(at.deadline).getTime() - this.clock.now().getTime();
  }
}

function tokenOfAnother(order: ClusterOrder): SpringtideError {
  return new SpringtideError(
    'conflict',
    `the token of the order for cluster ${order.name} made another cluster before; no cluster was made`,
    { retry: 'never', effect: 'none' },
  );
}

function notYet(id: string, why: string): SpringtideError {
  return new SpringtideError('failed-precondition', `cluster ${id} cannot be used yet: ${why}`, {
    retry: 'same',
    effect: 'none',
    retryAfterMs: 5_000,
  });
}
