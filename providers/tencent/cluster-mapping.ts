import { createHash } from 'node:crypto';
import { canonicalJson } from '@springtide/kernel';
import {
  readOwnershipTags,
  type Cluster,
  type ClusterOrder,
  type ClusterState,
  type NodePool,
} from '@springtide/provider-kit';
import type {
  Cluster as TkeCluster,
  CreateClusterNodePoolRequest,
  CreateClusterRequest,
  NodePool as TkeNodePool,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tke/v20180525/tke_models.js';
import { instantOf, ON_DEMAND } from './mapping.js';
import { launchTags, readLabels, tagMap } from './tags.js';

/** Says which order a token stands for. */
export const ORDER_TAG = 'springtide:order';
const POOL_TAG = 'springtide:pool:';
const SUBNETS_TAG = 'springtide:subnets';
const GUARDS_TAG = 'springtide:security-groups';
/** How far a pool can be scaled without its group being changed. */
const MOST_NODES = 1_000;
const MOST_SERVICES = 1_024;
const MOST_PODS_PER_NODE = 64;

/** What a node pool is made from, as it is kept in the cluster's tags until it is made. */
export type OrderedPool = Readonly<{
  name: string;
  machineType: string;
  nodes: number;
  image?: string;
  subnets: readonly string[];
  securityGroups: readonly string[];
}>;

const STATES: Readonly<Record<string, ClusterState>> = {
  Trading: 'creating',
  Creating: 'creating',
  Running: 'running',
  Scaling: 'updating',
  Upgrading: 'updating',
  NodeUpgrading: 'updating',
  RuntimeUpgrading: 'updating',
  MasterScaling: 'updating',
  Recovering: 'updating',
  Deleting: 'deleting',
  Isolated: 'failed',
  Abnormal: 'failed',
};

export function toCreateCluster(
  order: ClusterOrder,
  place: Readonly<{ vpc: string; cidr: string; version: string | undefined }>,
): CreateClusterRequest {
  return {
    ClusterType: 'MANAGED_CLUSTER',
    ClusterCIDRSettings: {
      ClusterCIDR: place.cidr,
      MaxNodePodNum: MOST_PODS_PER_NODE,
      MaxClusterServiceNum: MOST_SERVICES,
    },
    ClusterBasicSettings: {
      ClusterName: order.name,
      VpcId: place.vpc,
      ...(place.version === undefined ? {} : { ClusterVersion: place.version }),
      TagSpecification: [{ ResourceType: 'cluster', Tags: clusterTags(order) }],
    },
  };
}

export function toCreateNodePool(cluster: TkeCluster, pool: OrderedPool): CreateClusterNodePoolRequest {
  return {
    ClusterId: cluster.ClusterId ?? '',
    Name: pool.name,
    EnableAutoscale: false,
    AutoScalingGroupPara: JSON.stringify({
      MinSize: 0,
      MaxSize: Math.max(MOST_NODES, pool.nodes),
      DesiredCapacity: pool.nodes,
      VpcId: cluster.ClusterNetworkSettings?.VpcId ?? '',
      SubnetIds: pool.subnets,
    }),
    LaunchConfigurePara: JSON.stringify({
      InstanceType: pool.machineType,
      InstanceChargeType: ON_DEMAND,
      ...(pool.securityGroups.length === 0 ? {} : { SecurityGroupIds: pool.securityGroups }),
    }),
    // The published description asks for these four; each says that its default will do.
    InstanceAdvancedSettings: {
      DesiredPodNumber: MOST_PODS_PER_NODE,
      GPUArgs: {},
      PreStartUserScript: '',
      Taints: [],
    },
    ...(pool.image === undefined ? {} : { NodePoolOs: pool.image }),
    Tags: launchableTags(cluster),
  };
}

type Told = Readonly<{ pools: readonly TkeNodePool[]; endpoint: string | undefined; region: string }>;

/** One of ours that runs without its pools or its entrance is not done: sending its order again makes them. */
export function toCluster(raw: TkeCluster, { pools, endpoint, region }: Told): Cluster {
  const tags = tagsOfCluster(raw);
  const ownership = readOwnershipTags(tags);
  const createdAt = instantOf(raw.CreatedTime);
  const state = STATES[raw.ClusterStatus ?? ''] ?? 'unknown';
  const ordered = orderedPools(raw);
  const missing = state === 'running' ? missingOf(ordered, pools, endpoint) : [];
  return {
    id: raw.ClusterId ?? '',
    name: raw.ClusterName ?? '',
    region,
    state: ownership !== undefined && missing.length > 0 ? 'updating' : state,
    version: /^\d+\.\d+/.exec(raw.ClusterVersion ?? '')?.[0] ?? '',
    ...(endpoint ? { endpoint: addressOf(endpoint) } : {}),
    nodePools: pools.map((pool) => toNodePool(pool, ordered)),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(ownership === undefined ? {} : { ownership }),
    labels: readLabels(tags),
    ...(ownership === undefined || missing.length === 0
      ? {}
      : { stateReason: `not made yet: ${missing.join(', ')}; where that lasts, send the same order again` }),
  };
}

function missingOf(
  ordered: readonly OrderedPool[],
  pools: readonly TkeNodePool[],
  endpoint: string | undefined,
): readonly string[] {
  const made = new Set(pools.map(({ Name }) => Name));
  const missing = ordered.filter(({ name }) => !made.has(name)).map(({ name }) => `node pool ${name}`);
  return endpoint ? missing : [...missing, 'the entrance of its API server'];
}

/** The cloud tells a host, sometimes with its scheme, seldom with its port. */
function addressOf(endpoint: string): string {
  const url = new URL(endpoint.includes('://') ? endpoint : `https://${endpoint}`);
  return `${url.protocol}//${url.hostname}:${url.port || '443'}`;
}

function toNodePool(pool: TkeNodePool, ordered: readonly OrderedPool[]): NodePool {
  const counts = pool.NodeCountSummary;
  return {
    id: pool.NodePoolId ?? '',
    name: pool.Name ?? '',
    // TKE tells the launch configuration of a pool, not its size.
    machineType: ordered.find(({ name }) => name === pool.Name)?.machineType ?? '',
    desired: pool.DesiredNodesNum ?? 0,
    ready: (counts?.AutoscalingAdded?.Normal ?? 0) + (counts?.ManuallyAdded?.Normal ?? 0),
    ...(pool.MaxNodesNum === undefined ? {} : { maximum: pool.MaxNodesNum }),
  };
}

export function tagsOfCluster(raw: TkeCluster): ReadonlyMap<string, string> {
  return tagMap((raw.TagSpecification ?? []).flatMap(({ Tags }) => Tags ?? []));
}

export function orderedPools(raw: TkeCluster): readonly OrderedPool[] {
  const tags = tagsOfCluster(raw);
  const subnets = listOf(tags.get(SUBNETS_TAG));
  const securityGroups = listOf(tags.get(GUARDS_TAG));
  return [...tags].flatMap(([key, value]) => {
    if (!key.startsWith(POOL_TAG)) return [];
    const [machineType = '', nodes = '0', image = ''] = value.split(' ');
    const pool = {
      name: key.slice(POOL_TAG.length),
      machineType,
      nodes: Number(nodes),
      subnets,
      securityGroups,
    };
    return [{ ...pool, ...(image === '' ? {} : { image }) }];
  });
}

export function fingerprintOf(order: ClusterOrder): string {
  const { name, version = '', network, subnets, securityGroups, nodePools } = order;
  const said = canonicalJson({
    name,
    version,
    network,
    subnets: [...subnets],
    securityGroups: [...securityGroups],
    nodePools: nodePools.map((pool) => ({ ...pool })),
  });
  return createHash('sha256').update(said).digest('hex').slice(0, 32);
}

function clusterTags(order: ClusterOrder) {
  const own: Record<string, string> = {
    [ORDER_TAG]: fingerprintOf(order),
    [SUBNETS_TAG]: order.subnets.join(' '),
    [GUARDS_TAG]: order.securityGroups.join(' '),
  };
  for (const { name, machineType, nodes, image = '' } of order.nodePools) {
    own[`${POOL_TAG}${name}`] = `${machineType} ${nodes} ${image}`.trim();
  }
  const filled = Object.entries(own).filter(([, value]) => value !== '');
  return [
    ...launchTags({ ...order, ownership: { ...order.ownership, token: order.token } }),
    ...filled.map(([Key, Value]) => ({ Key, Value })),
  ];
}

/** Nodes carry the cluster's mark, so that none is anybody's orphan. */
function launchableTags(cluster: TkeCluster) {
  const kept = [...tagsOfCluster(cluster)].filter(
    ([key]) => ![ORDER_TAG, SUBNETS_TAG, GUARDS_TAG].includes(key) && !key.startsWith(POOL_TAG),
  );
  return kept.map(([Key, Value]) => ({ Key, Value }));
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? '').split(' ').filter((part) => part !== '');
}
