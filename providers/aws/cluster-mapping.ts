import type { Cluster as EksCluster, Nodegroup } from '@aws-sdk/client-eks';
import {
  ownershipTags,
  readOwnershipTags,
  type Cluster,
  type ClusterOrder,
  type ClusterState,
  type NodePool,
} from '@springtide/provider-kit';
import { createHash } from 'node:crypto';
import { readLabels } from './tags.js';

export const ORDER_TAG = 'springtide:order';
const POOL_TAG = 'springtide:pool/';

const STATES: Readonly<Record<string, ClusterState>> = {
  CREATING: 'creating',
  PENDING: 'creating',
  ACTIVE: 'running',
  UPDATING: 'updating',
  DELETING: 'deleting',
  FAILED: 'failed',
};

type OrderedPool = Readonly<{ name: string; machineType: string; nodes: number; image?: string }>;

/** What was ordered, node groups included: they can be made only once the cluster runs, minutes later. */
export function tagsOf(order: ClusterOrder): Record<string, string> {
  const pools = order.nodePools.map(({ name, machineType, nodes, image }) => [
    `${POOL_TAG}${name}`,
    [machineType, nodes, ...(image === undefined ? [] : [image])].join(' '),
  ]);
  return {
    ...order.labels,
    ...ownershipTags(order.ownership),
    [ORDER_TAG]: fingerprintOf(order),
    ...Object.fromEntries(pools),
  };
}

export function fingerprintOf(order: ClusterOrder): string {
  const { token: _token, ownership: _ownership, ...rest } = order;
  return createHash('sha256').update(JSON.stringify(rest)).digest('hex').slice(0, 40);
}

export function orderedPools(tags: ReadonlyMap<string, string>): readonly OrderedPool[] {
  return [...tags].flatMap(([key, value]) => {
    if (!key.startsWith(POOL_TAG)) return [];
    const [machineType = '', nodes = '0', image] = value.split(' ');
    const pool = { name: key.slice(POOL_TAG.length), machineType, nodes: Number(nodes) };
    return [image === undefined ? pool : { ...pool, image }];
  });
}

/** Node groups that are still to be made show with what was ordered and no node ready. */
export function toCluster(raw: EksCluster, groups: readonly Nodegroup[], region: string): Cluster {
  const tags = new Map(Object.entries(raw.tags ?? {}));
  const ownership = readOwnershipTags(tags);
  const made = new Set(groups.map(({ nodegroupName }) => nodegroupName));
  const state = STATES[raw.status ?? ''] ?? 'unknown';
  const wanted = orderedPools(tags).filter(({ name }) => state !== 'deleting' && !made.has(name));
  const issue = raw.health?.issues?.[0]?.message;
  return {
    id: raw.name ?? '',
    name: raw.name ?? '',
    region,
    state,
    version: raw.version ?? '',
    ...(raw.endpoint ? { endpoint: withPort(raw.endpoint) } : {}),
    nodePools: [
      ...groups.map(toNodePool),
      ...wanted.map(({ name, machineType, nodes }) => ({
        id: name,
        name,
        machineType,
        desired: nodes,
        ready: 0,
      })),
    ],
    ...(raw.createdAt === undefined ? {} : { createdAt: raw.createdAt.toISOString() }),
    ...(ownership === undefined ? {} : { ownership }),
    labels: readLabels(tags),
    ...(issue === undefined ? {} : { stateReason: issue }),
  };
}

/** EKS does not count ready nodes: a group that is active without an issue has all it was asked for. */
function toNodePool(group: Nodegroup): NodePool {
  const desired = group.scalingConfig?.desiredSize ?? 0;
  const whole = group.status === 'ACTIVE' && (group.health?.issues ?? []).length === 0;
  return {
    id: group.nodegroupName ?? '',
    name: group.nodegroupName ?? '',
    machineType: group.instanceTypes?.[0] ?? '',
    desired,
    ready: whole ? desired : 0,
  };
}

/** `https://host:443`: a URL leaves out the port that its scheme means. */
export function withPort(endpoint: string): string {
  const { hostname, port } = new URL(endpoint);
  return `https://${hostname}:${port === '' ? '443' : port}`;
}
