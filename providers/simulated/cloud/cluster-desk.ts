import { canonicalJson } from '@springtide/kernel';
import { CloudError } from './cloud-error.js';
import type { CloudPlan } from './plan.js';
import { draw } from './seeded-draw.js';
import type { AnswerOf, RequestOf, WireCluster } from './wire.js';

type Pool = { name: string; type: string; nodes: number; before: number; readyAt: number };

type CloudCluster = {
  readonly id: string;
  readonly order: RequestOf<'CreateCluster'>;
  readonly createdAt: number;
  readonly runsAt: number;
  readonly pools: Pool[];
  endedAt: number;
};

const NEVER = Number.POSITIVE_INFINITY;
/** A control plane takes longer than a machine. */
const SLOWER_THAN_MACHINES = 2;
const DEFAULT_VERSION = '1.36';

/** Kubernetes clusters as a cloud keeps them: no API server is behind them here. */
export class ClusterDesk {
  readonly #clusters = new Map<string, CloudCluster>();
  readonly #answered = new Map<string, { order: string; id: string }>();

  constructor(private readonly plan: CloudPlan) {}

  create(order: RequestOf<'CreateCluster'>, now: number): AnswerOf<'CreateCluster'> {
    const text = canonicalJson(order);
    const before = this.#answered.get(order.clientToken);
    if (before !== undefined) {
      if (before.order === text) return { id: before.id };
      throw new CloudError('TokenMismatch', 'the token was used with other parameters');
    }
    this.#requirePlace(order);
    const id = `k-${Math.floor(draw(this.plan.seed, 'cluster', order.clientToken) * 0x1_0000_0000_0000).toString(16)}`;
    const runsAt = now + SLOWER_THAN_MACHINES * this.plan.behaviour.bootMs;
    const pools = order.pools.map((pool) => ({ ...pool, before: 0, readyAt: runsAt }));
    this.#clusters.set(id, { id, order, createdAt: now, runsAt, pools, endedAt: NEVER });
    this.#answered.set(order.clientToken, { order: text, id });
    return { id };
  }

  /** In the order of their ids. */
  in(region: string, now: number): WireCluster[] {
    this.#sweep(now);
    return [...this.#clusters.values()]
      .filter(({ order }) => order.region === region)
      .map((cluster) => seen(cluster, now))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  scale({ region, id, pool, nodes }: RequestOf<'ScaleNodePool'>, now: number): AnswerOf<'ScaleNodePool'> {
    const cluster = this.#running(region, id, now);
    const found = cluster.pools.find((each) => each.name === pool);
    if (found === undefined) throw new CloudError('NotFound', `cluster ${id} has no node pool ${pool}`);
    if (found.nodes === nodes) return {};
    found.before = readyOf(found, now);
    found.nodes = nodes;
    found.readyAt = now + this.plan.behaviour.bootMs;
    return {};
  }

  kubeconfig({ region, id }: RequestOf<'GetKubeconfig'>, now: number): AnswerOf<'GetKubeconfig'> {
    const cluster = this.#running(region, id, now);
    const token = Math.floor(draw(this.plan.seed, 'kubeconfig', id) * 0x1_0000_0000_0000).toString(36);
    const authority = Buffer.from(`authority of ${id}`).toString('base64');
    const kubeconfig = [
      'apiVersion: v1',
      'kind: Config',
      'clusters:',
      `  - name: ${id}`,
      `    cluster: { server: "${endpointOf(cluster)}", certificate-authority-data: ${authority} }`,
      `users: [{ name: springtide, user: { token: ${token} } }]`,
      `contexts: [{ name: main, context: { cluster: ${id}, user: springtide } }]`,
      'current-context: main',
      '',
    ].join('\n');
    return { kubeconfig };
  }

  remove({ region, id }: RequestOf<'DeleteCluster'>, now: number): AnswerOf<'DeleteCluster'> {
    this.#sweep(now);
    const cluster = this.#clusters.get(id);
    if (cluster?.order.region !== region) return { outcome: 'gone' };
    cluster.endedAt = Math.min(cluster.endedAt, now);
    return { outcome: 'ending' };
  }

  #requirePlace({ region, network, pools }: RequestOf<'CreateCluster'>): void {
    const place = this.plan.regions.find((each) => each.id === region);
    if (place?.networks.some((each) => each.id === network) !== true) {
      throw new CloudError('InvalidParameter', `there is no network ${network}`);
    }
    const unknown = pools.find((pool) => !this.plan.machineTypes.some((type) => type.name === pool.type));
    if (unknown !== undefined) {
      throw new CloudError('InvalidParameter', `there is no machine type ${unknown.type}`);
    }
  }

  #running(region: string, id: string, now: number): CloudCluster {
    this.#sweep(now);
    const cluster = this.#clusters.get(id);
    if (cluster?.order.region !== region) throw new CloudError('NotFound', `there is no cluster ${id}`);
    if (now >= cluster.runsAt && cluster.endedAt === NEVER) return cluster;
    throw new CloudError('ResourceInUse', `cluster ${id} is being made or ended`);
  }

  #sweep(now: number): void {
    for (const { id, endedAt } of this.#clusters.values()) {
      if (now >= endedAt + this.plan.behaviour.terminateMs) this.#clusters.delete(id);
    }
  }
}

function seen(cluster: CloudCluster, now: number): WireCluster {
  const { id, order, createdAt, pools } = cluster;
  const runs = now >= cluster.runsAt;
  return {
    id,
    name: order.name,
    region: order.region,
    status: statusOf(cluster, now),
    version: order.version ?? DEFAULT_VERSION,
    ...(runs ? { endpoint: endpointOf(cluster) } : {}),
    network: order.network,
    pools: pools.map((pool) => {
      return { name: pool.name, type: pool.type, nodes: pool.nodes, ready: readyOf(pool, now) };
    }),
    createdAt: new Date(createdAt).toISOString(),
    tags: order.tags,
  };
}

function statusOf({ endedAt, runsAt, pools }: CloudCluster, now: number): WireCluster['status'] {
  if (now >= endedAt) return 'ending';
  if (now < runsAt) return 'making';
  return pools.some((pool) => now < pool.readyAt) ? 'scaling' : 'up';
}

function readyOf(pool: Pool, now: number): number {
  return now >= pool.readyAt ? pool.nodes : Math.min(pool.before, pool.nodes);
}

function endpointOf({ id }: CloudCluster): string {
  return `https://${id}.clusters.simulated.invalid:6443`;
}
