import { SpringtideError } from '@springtide/kernel';
import type { Cluster, ClusterFacet, ClusterOrder, ProviderManifest } from '@springtide/provider-kit';
import { z } from 'zod';

const supported = { supported: true } as const;

/** Nodes of one pool. */
const MAXIMUM = 10;

/** A cloud that runs clusters: one order, one cluster; its kubeconfig leads where the spec says. */
export class ManagedCloud {
  readonly orders: ClusterOrder[] = [];
  readonly scalings: Parameters<ClusterFacet['scaleNodePool']>[0][] = [];
  readonly clusters = new Map<string, Cluster>();
  kubeconfig = '';

  /** Somebody else's cluster. */
  addForeign(id: string): void {
    this.clusters.set(id, clusterOf(id, 'theirs', 'running'));
  }

  finish(id: string): void {
    const cluster = this.clusters.get(id);
    if (cluster !== undefined) this.clusters.set(id, { ...cluster, state: 'running' });
  }

  get manifest(): ProviderManifest {
    const settingsSchema = z.strictObject({});
    return {
      id: 'managed',
      title: 'Cloud with clusters',
      kind: 'public-cloud',
      settingsSchema,
      secretSchema: settingsSchema,
      accountSchema: z.object({ settings: settingsSchema, secret: settingsSchema }),
      endpoints: () => [],
      capabilities: {
        idempotencyToken: supported,
        batchLaunch: supported,
        partialLaunch: supported,
        timeToLive: supported,
        spot: supported,
        stockSignal: supported,
        quotaSignal: supported,
        managedClusters: supported,
      },
      limits: { launchBatch: 1, describeBatch: 1, terminateBatch: 1, visibilityLagMs: 0, bootMs: 0 },
      rates: { read: { burst: 100, perSecond: 100 }, mutate: { burst: 100, perSecond: 100 } },
      connect: async () =>
        Promise.resolve({
          clusters: this.#facet(),
          verify: async () =>
            Promise.resolve({ identity: 'me', regions: ['r1'], permissions: [], product: 'Managed 1.0' }),
          close: async () => Promise.resolve(),
        }),
    };
  }

  #facet(): ClusterFacet {
    const { clusters, orders } = this;
    return {
      listClusters: async function* () {
        yield await Promise.resolve({ items: [...clusters.values()], complete: true });
      },
      describeCluster: async (id) => Promise.resolve(clusters.get(id) ?? 'gone'),
      createCluster: async (order) => {
        const known = orders.findIndex(({ token }) => token === order.token);
        const id = `c-${known === -1 ? orders.push(order) : known + 1}`;
        if (known === -1)
          clusters.set(id, {
            ...clusterOf(id, order.name, 'creating'),
            ownership: order.ownership,
            nodePools: order.nodePools.map(({ name, machineType, nodes }) => {
              return { id: `np-${name}`, name, machineType, desired: nodes, ready: nodes, maximum: MAXIMUM };
            }),
          });
        return Promise.resolve({ id });
      },
      scaleNodePool: async (target) => {
        this.scalings.push(target);
        const cluster = clusters.get(target.clusterId);
        if (cluster === undefined) return Promise.reject(new SpringtideError('not-found', 'no such cluster'));
        const nodePools = cluster.nodePools.map((pool) =>
          pool.name === target.pool ? { ...pool, desired: target.nodes } : pool,
        );
        clusters.set(cluster.id, { ...cluster, nodePools });
        return Promise.resolve();
      },
      kubeconfig: async () => Promise.resolve(this.kubeconfig),
      deleteCluster: async (id) => Promise.resolve(clusters.delete(id) ? 'deleting' : 'gone'),
    };
  }
}

function clusterOf(id: string, name: string, state: Cluster['state']): Cluster {
  return { id, name, region: 'r1', state, version: '1.36', nodePools: [], labels: {} };
}
