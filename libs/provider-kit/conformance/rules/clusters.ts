import { parse } from 'yaml';
import { MOST_NODES } from '../../client/cluster-input.js';
import { collect } from '../../client/listing.js';
import type { Cluster, ClusterOrder } from '../../contract/clusters.js';
import type { Bench } from '../bench.js';
import type { Rule } from '../rule.js';
import { NotHere } from '../suite-record.js';

export const clusterRules: readonly Rule[] = [
  {
    id: 'P-90',
    level: 'MUST',
    title: 'the same token with the same order gives one cluster, tagged at first sight, which comes to run',
    why: 'a control plane is billed by the hour, and a second one is noticed by nobody',
    capabilities: ['managedClusters'],
    check: async (bench) => {
      const order = orderOf(bench);
      const [{ id }, again] = await Promise.all([create(bench, order), create(bench, order)]);
      expect(again.id).toBe(id);
      const first = await visible(bench, id);
      expect(first.ownership).toMatchObject(order.ownership);
      const cluster = await running(bench, id);
      expect((await create(bench, order)).id).toBe(id);
      expect(cluster).toMatchObject({ id, name: order.name, region: bench.region, labels: order.labels });
      expect(cluster.version).toMatch(/^\d+\.\d+/);
      expect(cluster.endpoint).toMatch(/^https:\/\/.+:\d+$/);
      expect(cluster.nodePools.map(({ name, desired }) => ({ name, desired }))).toEqual(
        order.nodePools.map(({ name, nodes }) => ({ name, desired: nodes })),
      );
    },
  },
  {
    id: 'P-91',
    level: 'MUST',
    title: 'the same token with another order for a cluster is a conflict and creates nothing',
    why: 'it is a programming error that must not run clusters nobody planned',
    capabilities: ['managedClusters'],
    check: async (bench) => {
      const order = orderOf(bench);
      const { id } = await create(bench, order);
      await visible(bench, id);
      const other = { ...order, nodePools: order.nodePools.map((pool) => ({ ...pool, nodes: 2 })) };
      const error = await bench.refusal(async () => create(bench, other));
      expect([error.code, error.effect]).toEqual(['conflict', 'none']);
      expect((await own(bench)).map((cluster) => cluster.id)).toEqual([id]);
    },
  },
  {
    id: 'P-92',
    level: 'MUST',
    title: 'a kubeconfig leads to its cluster, and holds no command, no path and no switched-off check',
    why: 'it is used by a worker: a command in it would run there, a path would read there',
    capabilities: ['managedClusters'],
    check: async (bench) => {
      const { id } = await create(bench, orderOf(bench));
      const { endpoint = '' } = await running(bench, id);
      const text = await bench.client.clusters.kubeconfig(id, bench.scope);
      const shown = JSON.stringify(parse(text));
      expect(shown).toContain(new URL(endpoint).host);
      for (const word of FORBIDDEN) expect([word, shown.includes(`"${word}"`)]).toEqual([word, false]);
    },
  },
  {
    id: 'P-93',
    level: 'MUST',
    title: 'scaling a node pool is absolute and idempotent; what is not there is not-found',
    why: 'it is sent again after every doubt, and must not add twice',
    capabilities: ['managedClusters'],
    check: async (bench) => {
      const order = orderOf(bench);
      const { id } = await create(bench, order);
      await running(bench, id);
      const target = { region: bench.region, clusterId: id, pool: order.nodePools[0]?.name ?? '' };
      for (const nodes of [3, 1]) {
        await bench.client.clusters.scaleNodePool({ ...target, nodes });
        await bench.client.clusters.scaleNodePool({ ...target, nodes });
        await bench.until(`the pool has ${nodes} nodes`, async () => {
          const cluster = await described(bench, id);
          const pool = cluster === 'gone' ? undefined : cluster.nodePools[0];
          return pool?.desired === nodes && pool.ready === nodes ? true : undefined;
        });
      }
      await expectBounds(bench, target);
      for (const wrong of [{ pool: 'no-such-pool' }, { clusterId: `${id}-no-more` }]) {
        const scaling = bench.client.clusters.scaleNodePool({ ...target, ...wrong, nodes: 2 });
        await expect(scaling).rejects.toMatchObject({ code: 'not-found', effect: 'none' });
      }
    },
  },
  {
    id: 'P-94',
    level: 'MUST',
    title: 'deleting a cluster is idempotent, and one that is gone is gone from every view',
    why: 'after a crash everything is deleted again, and scale-back ends in proof',
    capabilities: ['managedClusters'],
    check: async (bench) => {
      const { id } = await create(bench, orderOf(bench));
      await running(bench, id);
      const { clusters } = bench.client;
      await clusters.deleteCluster(id, bench.scope);
      expect(['deleting', 'gone']).toContain(await clusters.deleteCluster(id, bench.scope));
      await bench.until('the cluster is gone', async () => {
        return (await described(bench, id)) === 'gone' ? true : undefined;
      });
      expect(await clusters.deleteCluster(id, bench.scope)).toBe('gone');
      expect((await own(bench)).map((cluster) => cluster.id)).toEqual([]);
    },
  },
  {
    id: 'P-95',
    level: 'MUST',
    title: 'clusters are listed to the end, each once; an unknown one is gone, an unknown region an error',
    why: 'what is not listed is neither upgraded nor ended',
    capabilities: ['managedClusters'],
    check: async (bench) => {
      const ids = [(await create(bench, orderOf(bench))).id, (await create(bench, orderOf(bench))).id];
      for (const id of ids) await visible(bench, id);
      expect((await own(bench)).map((cluster) => cluster.id).toSorted()).toEqual(ids.toSorted());
      expect(await described(bench, `${ids[0] ?? ''}x`)).toBe('gone');
      const nowhere = { region: 'no-such-region-9' };
      const error = await bench.refusal(async () => collect(bench.client.clusters.listClusters(nowhere)));
      expect(error.code).not.toBe('internal');
    },
  },
];

/** Of a kubeconfig: what runs commands, reads files or trusts anybody. */
const FORBIDDEN = [
  'exec',
  'auth-provider',
  'certificate-authority',
  'client-certificate',
  'client-key',
  'tokenFile',
  'insecure-skip-tls-verify',
  'proxy-url',
];

function orderOf(bench: Bench): ClusterOrder {
  const { cluster } = bench.target;
  if (cluster === undefined) throw new NotHere('the harness has no place for clusters');
  const { token, ownership, namePrefix } = bench.batch();
  const { machineType, image, version, network, subnets, securityGroups } = cluster;
  return {
    token,
    region: bench.region,
    name: namePrefix,
    ...(version === undefined ? {} : { version }),
    network,
    subnets,
    securityGroups,
    nodePools: [{ name: 'base', machineType, nodes: 1, ...(image === undefined ? {} : { image }) }],
    ownership,
    labels: { team: 'conformance' },
  };
}

async function create(bench: Bench, order: ClusterOrder): Promise<{ id: string }> {
  return bench.client.clusters.createCluster(order);
}

async function described(bench: Bench, id: string): Promise<Cluster | 'gone'> {
  return bench.client.clusters.describeCluster(id, bench.scope);
}

/** No fewer than none and no more than it can have: refused, and it is as large as it was. */
async function expectBounds(
  bench: Bench,
  target: Readonly<{ region: string; clusterId: string; pool: string }>,
): Promise<void> {
  const poolNow = async () => {
    const cluster = await described(bench, target.clusterId);
    return cluster === 'gone' ? undefined : cluster.nodePools.find(({ name }) => name === target.pool);
  };
  const before = await poolNow();
  for (const nodes of [-1, (before?.maximum ?? MOST_NODES) + 1]) {
    const error = await bench.refusal(async () => bench.client.clusters.scaleNodePool({ ...target, nodes }));
    expect([nodes, error.code, error.effect]).toEqual([nodes, 'invalid-argument', 'none']);
  }
  expect((await poolNow())?.desired).toBe(before?.desired);
}

async function visible(bench: Bench, id: string): Promise<Cluster> {
  return bench.until(`cluster ${id} is there`, async () => {
    const cluster = await described(bench, id);
    return cluster === 'gone' ? undefined : cluster;
  });
}

async function running(bench: Bench, id: string): Promise<Cluster> {
  return bench.until(`cluster ${id} runs`, async () => {
    const cluster = await described(bench, id);
    return cluster !== 'gone' && cluster.state === 'running' ? cluster : undefined;
  });
}

/** This bench's clusters that nobody has ended yet. */
async function own(bench: Bench): Promise<readonly Cluster[]> {
  const { items, complete } = await collect(bench.client.clusters.listClusters(bench.scope));
  expect(complete).toBe(true);
  expect(new Set(items.map((cluster) => cluster.id)).size).toBe(items.length);
  return items.filter(
    ({ ownership, state }) => ownership?.installation === bench.installation && state !== 'deleting',
  );
}
