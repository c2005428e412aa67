import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  readOwnershipTags,
  type Cluster,
  type ClusterOrder,
  type ClusterState,
  type NodePool,
} from '@springtide/provider-kit';
import type { AlibabaAccount } from './account.js';
import type { WireCluster, WireNodePool } from './cluster-wire.js';
import { toFullInstant } from './mapping.js';
import { creationTags, readLabels } from './tags.js';

/** What was ordered under a token: the product has no tokens, so the first order is remembered on the cluster itself. */
export const ORDER_TAG = 'springtide:order';

const STATES: Readonly<Record<string, ClusterState>> = {
  initial: 'creating',
  running: 'running',
  updating: 'updating',
  upgrading: 'updating',
  scaling: 'updating',
  removing: 'updating',
  waiting: 'updating',
  deleting: 'deleting',
  deleted: 'deleting',
  failed: 'failed',
  delete_failed: 'failed',
  upgrade_failed: 'failed',
};

const masterUrl = z.object({
  api_server_endpoint: z.string().optional(),
  intranet_api_server_endpoint: z.string().optional(),
});

export function toCluster(wire: WireCluster, region: string, pools: readonly WireNodePool[]): Cluster {
  const ownership = readOwnershipTags(wire.tags);
  const endpoint = endpointIn(wire.master_url);
  const state = STATES[wire.state ?? ''] ?? 'unknown';
  return {
    id: wire.cluster_id,
    name: wire.name ?? wire.cluster_id,
    region,
    state,
    version: shortVersion(wire.current_version ?? wire.init_version ?? ''),
    ...(endpoint === undefined ? {} : { endpoint }),
    nodePools: pools.map(toNodePool),
    ...(wire.created === undefined ? {} : { createdAt: toFullInstant(wire.created) }),
    ...(ownership === undefined ? {} : { ownership }),
    labels: readLabels(wire.tags),
    ...(state === 'failed' ? { stateReason: `the cloud says ${wire.state ?? 'failed'}` } : {}),
  };
}

function toNodePool({ nodepool_info, scaling_group, status }: WireNodePool): NodePool {
  return {
    id: nodepool_info.nodepool_id,
    name: nodepool_info.name ?? nodepool_info.nodepool_id,
    machineType: scaling_group?.instance_types[0] ?? '',
    desired: scaling_group?.desired_size ?? status?.desired_nodes ?? status?.total_nodes ?? 0,
    ready: status?.healthy_nodes ?? 0,
  };
}

/** The public address where there is one, else the private one; none while the cluster is being made. */
function endpointIn(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    const { data } = masterUrl.safeParse(JSON.parse(text));
    return [data?.api_server_endpoint, data?.intranet_api_server_endpoint].find(Boolean);
  } catch {
    // Not JSON while the control plane is being made.
    return undefined;
  }
}

/** `1.36.1-aliyun.1` is 1.36 to everybody else. */
function shortVersion(version: string): string {
  return /^\d+\.\d+/.exec(version)?.[0] ?? version;
}

export function orderHash(order: ClusterOrder): string {
  return createHash('sha256').update(JSON.stringify(order)).digest('hex').slice(0, 32);
}

export function toCreateCluster(
  order: ClusterOrder,
  { systemDisk }: Pick<AlibabaAccount, 'systemDisk'>,
): object {
  const tags = [...creationTags(order.ownership, order.labels), { Key: ORDER_TAG, Value: orderHash(order) }];
  const [securityGroup] = order.securityGroups;
  return {
    name: order.name,
    region_id: order.region,
    cluster_type: 'ManagedKubernetes',
    ...(order.version === undefined ? {} : { kubernetes_version: order.version }),
    vpcid: order.network,
    vswitch_ids: order.subnets,
    ...(securityGroup === undefined
      ? { is_enterprise_security_group: true }
      : { security_group_id: securityGroup }),
    snat_entry: false,
    endpoint_public_access: false,
    tags: tags.map(({ Key, Value }) => ({ key: Key, value: Value })),
    nodepools: order.nodePools.map(({ name, machineType, nodes, image }) => ({
      nodepool_info: { name },
      scaling_group: {
        vswitch_ids: order.subnets,
        instance_types: [machineType],
        instance_charge_type: 'PostPaid',
        desired_size: nodes,
        system_disk_category: systemDisk.category,
        system_disk_size: systemDisk.sizeGib,
        ...(image === undefined ? {} : { image_id: image }),
        ...(order.securityGroups.length === 0 ? {} : { security_group_ids: order.securityGroups }),
      },
    })),
  };
}
