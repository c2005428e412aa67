import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { ActionHandler } from '../api.js';
import type { AlibabaCloud } from '../cloud.js';
import { secondStamp } from '../cloud-clock.js';
import { newRequestId } from '../ids.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { WireError } from '../wire/wire-error.js';
import {
  clusterOrderSchema,
  poolChangeSchema,
  poolOrderSchema,
  readBody,
  scaleSchema,
} from './cluster-orders.js';
import type { Cluster, NodePool } from './clusters.js';

const USUAL_VERSION = '1.34.3-aliyun.1';
const DAY_MS = 24 * 3_600_000;

function createCluster(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const order = readBody(clusterOrderSchema, call.body);
  const region = cloud.region(order.region_id);
  const cluster: Cluster = {
    id: `c${randomBytes(16).toString('hex')}`,
    name: order.name,
    regionId: region.regionId,
    version: order.kubernetes_version ?? USUAL_VERSION,
    type: order.cluster_type,
    spec: order.cluster_spec ?? 'ack.pro.small',
    vpcId: order.vpcid ?? region.vpcId,
    vswitchIds: order.vswitch_ids ?? [],
    securityGroupId: order.security_group_id ?? region.securityGroupId,
    createdAt: cloud.clock.life(),
    tags: order.tags ?? [],
    state: 'initial',
    pools: new Map(),
  };
  for (const pool of order.nodepools ?? []) addPool(cluster, pool);
  cloud.clusters.all.set(cluster.id, cluster);
  cloud.agenda.add(cluster.createdAt + cloud.settings.clusterMs, () => {
    if (cluster.state !== 'initial') return;
    cluster.state = 'running';
    for (const pool of cluster.pools.values()) fill(pool);
  });
  return { cluster_id: cluster.id, ...task() };
}

function describeCluster(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  return clusterShape(cloud, cloud.clusters.get(call.path['ClusterId'] ?? ''));
}

function describeClusters(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const region = call.text('region_id');
  const name = call.text('name');
  const id = call.text('cluster_id');
  const found = [...cloud.clusters.all.values()].filter(
    (cluster) =>
      (region === undefined || region === cluster.regionId) &&
      (name === undefined || cluster.name.includes(name)) &&
      (id === undefined || id === cluster.id),
  );
  const size = call.number('page_size') ?? 10;
  const number = call.number('page_number') ?? 1;
  return {
    clusters: found.slice((number - 1) * size, number * size).map((cluster) => clusterShape(cloud, cluster)),
    page_info: { page_number: number, page_size: size, total_count: found.length },
  };
}

function clusterShape(cloud: AlibabaCloud, cluster: Cluster): AnswerBody {
  const endpoint = cluster.state === 'initial' ? '' : cloud.clusters.endpointOf(cluster);
  const created = secondStamp(cloud.clock.shown(cluster.createdAt));
  return {
    cluster_id: cluster.id,
    name: cluster.name,
    cluster_type: cluster.type,
    cluster_spec: cluster.spec,
    profile: 'Default',
    state: cluster.state,
    region_id: cluster.regionId,
    current_version: cluster.version,
    init_version: cluster.version,
    vpc_id: cluster.vpcId,
    vswitch_ids: cluster.vswitchIds,
    security_group_id: cluster.securityGroupId,
    size: [...cluster.pools.values()].reduce((sum, { ready }) => sum + ready, 0),
    created,
    updated: created,
    deletion_protection: false,
    resource_group_id: '',
    master_url: JSON.stringify({ api_server_endpoint: '', intranet_api_server_endpoint: endpoint }),
    tags: cluster.tags,
  };
}

function deleteCluster(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const cluster = cloud.clusters.get(call.path['ClusterId'] ?? '');
  if (cluster.state !== 'deleting') {
    cluster.state = 'deleting';
    cloud.agenda.add(cloud.clock.life() + cloud.settings.clusterMs, () => {
      cloud.clusters.all.delete(cluster.id);
    });
  }
  return { cluster_id: cluster.id, ...task() };
}

function describeKubeconfig(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const cluster = mustRun(cloud, call);
  const minutes = call.number('TemporaryDurationMinutes');
  const lasts = minutes === undefined ? 3 * 365 * DAY_MS : minutes * 60_000;
  return {
    config: cloud.clusters.kubeconfigOf(cluster),
    expiration: secondStamp(cloud.clock.shown(cloud.clock.life() + lasts)),
  };
}

function createPool(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const cluster = mustRun(cloud, call);
  const pool = addPool(cluster, readBody(poolOrderSchema, call.body));
  reach(cloud, pool, pool.desired);
  return { nodepool_id: pool.id, ...task() };
}

function describePools(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const cluster = cloud.clusters.get(call.path['ClusterId'] ?? '');
  const name = call.text('NodepoolName');
  const pools = [...cluster.pools.values()].filter((pool) => name === undefined || name === pool.name);
  return { nodepools: pools.map((pool) => poolShape(cluster, pool)) };
}

function poolShape(cluster: Cluster, pool: NodePool): AnswerBody {
  return {
    nodepool_info: {
      nodepool_id: pool.id,
      name: pool.name,
      region_id: cluster.regionId,
      type: 'ess',
      is_default: false,
      resource_group_id: '',
    },
    scaling_group: {
      instance_types: pool.instanceTypes,
      desired_size: pool.desired,
      vswitch_ids: cluster.vswitchIds,
      security_group_id: cluster.securityGroupId,
      image_id: pool.imageId,
    },
    status: {
      state: pool.state,
      total_nodes: pool.ready,
      healthy_nodes: pool.ready,
      serving_nodes: pool.ready,
      initial_nodes: Math.max(0, pool.desired - pool.ready),
      removing_nodes: 0,
      failed_nodes: 0,
      offline_nodes: 0,
    },
  };
}

/** So many more. */
function scalePool(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const pool = poolOf(cloud, call);
  reach(cloud, pool, pool.desired + readBody(scaleSchema, call.body).count);
  return task();
}

function modifyPool(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const pool = poolOf(cloud, call);
  const wanted = readBody(poolChangeSchema, call.body).scaling_group?.desired_size;
  if (wanted !== undefined) reach(cloud, pool, wanted);
  return { nodepool_id: pool.id, ...task() };
}

function deletePool(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const cluster = mustRun(cloud, call);
  const pool = poolOf(cloud, call);
  if (pool.desired > 0 && call.flag('force') !== true) {
    throw new WireError(400, 'ErrorNodePoolNotEmpty', 'the nodepool still has nodes');
  }
  cluster.pools.delete(pool.id);
  return task();
}

function describeNodes(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const cluster = cloud.clusters.get(call.path['ClusterId'] ?? '');
  const wanted = call.text('nodepool_id');
  const nodes = [...cluster.pools.values()]
    .filter(({ id }) => wanted === undefined || wanted === id)
    .flatMap((pool) => Array.from({ length: pool.ready }, (_, n) => nodeShape(pool, n)));
  const size = Number(call.text('pageSize') ?? 10);
  const number = Number(call.text('pageNumber') ?? 1);
  return {
    nodes: nodes.slice((number - 1) * size, number * size),
    page: { page_number: number, page_size: size, total_count: nodes.length },
  };
}

function nodeShape(pool: NodePool, index: number): AnswerBody {
  const instance = `i-${pool.id.slice(2, 18)}${String(index).padStart(4, '0')}`;
  return {
    instance_id: instance,
    instance_name: `worker-${instance}`,
    instance_role: 'Worker',
    instance_status: 'Running',
    instance_type: pool.instanceTypes[0] ?? '',
    node_name: `${pool.name}-${index}`,
    node_status: 'Ready',
    nodepool_id: pool.id,
    state: 'running',
    is_aliyun_node: true,
    ip_address: [],
  };
}

function addPool(cluster: Cluster, order: z.infer<typeof poolOrderSchema>): NodePool {
  const pool: NodePool = {
    id: `np${randomBytes(16).toString('hex')}`,
    name: order.nodepool_info.name,
    instanceTypes: order.scaling_group.instance_types,
    imageId: order.scaling_group.image_id ?? '',
    desired: order.scaling_group.desired_size,
    ready: 0,
    state: 'active',
  };
  cluster.pools.set(pool.id, pool);
  return pool;
}

function reach(cloud: AlibabaCloud, pool: NodePool, desired: number): void {
  pool.desired = desired;
  pool.state = 'scaling';
  cloud.agenda.add(cloud.clock.life() + cloud.settings.clusterMs, () => fill(pool));
}

function fill(pool: NodePool): void {
  pool.ready = pool.desired;
  pool.state = 'active';
}

function poolOf(cloud: AlibabaCloud, call: ApiCall): NodePool {
  return cloud.clusters.pool(mustRun(cloud, call), call.path['NodepoolId'] ?? '');
}

function mustRun(cloud: AlibabaCloud, call: ApiCall): Cluster {
  const cluster = cloud.clusters.get(call.path['ClusterId'] ?? '');
  if (cluster.state === 'running') return cluster;
  throw new WireError(409, 'ErrorClusterState', `the cluster is ${cluster.state}, it must be running`);
}

function task(): AnswerBody {
  return { request_id: newRequestId(), task_id: `T-${randomBytes(12).toString('hex')}` };
}

export const CLUSTER_ACTIONS: Readonly<Record<string, ActionHandler>> = {
  CreateCluster: createCluster,
  DescribeClusterDetail: describeCluster,
  DescribeClustersV1: describeClusters,
  DeleteCluster: deleteCluster,
  DescribeClusterUserKubeconfig: describeKubeconfig,
  CreateClusterNodePool: createPool,
  DescribeClusterNodePools: describePools,
  ScaleClusterNodePool: scalePool,
  ModifyClusterNodePool: modifyPool,
  DeleteClusterNodepool: deletePool,
  DescribeClusterNodes: describeNodes,
};
