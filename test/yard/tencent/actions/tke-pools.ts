import type { Cluster, NodePool } from '../cloud/cluster.js';
import type { Cloud } from '../cloud/cloud.js';
import { LaunchDesk } from '../cloud/launch-desk.js';
import { MachineLife } from '../cloud/machine-life.js';
import type { Region } from '../cloud/region.js';
import { WireError } from '../wire/wire-error.js';
import {
  filtered,
  OTHER_VALUES,
  pageOf,
  pageWish,
  type ActionCall,
  type Actions,
  type Filter,
} from './action.js';
import { clusterOf } from './tke-lookup.js';
import { nodeShape, poolShape } from './tke-shape.js';

/** Node pools: the cloud itself launches and ends their machines. */
export const tkePoolActions: Actions = {
  'tke/CreateClusterNodePool': (call) => {
    const cluster = clusterOf(call.region(), call.params['ClusterId']);
    if (cluster.state !== 'Running') {
      throw new WireError(
        'FailedOperation.ClusterState',
        `The cluster \`${cluster.id}\` is ${cluster.state}.`,
      );
    }
    const pool = poolOf(call);
    grow(call.cloud, call.region(), pool, pool.desired, call.requestId);
    cluster.pools.set(pool.id, pool);
    return { NodePoolId: pool.id };
  },
  'tke/DescribeClusterNodePools': ({ region, params }) => {
    const cluster = clusterOf(region(), params['ClusterId']);
    const found = filtered(
      [...cluster.pools.values()],
      params['Filters'] as readonly Filter[] | undefined,
      { NodePoolsId: ({ id }) => id, NodePoolsName: ({ name }) => name },
      undefined,
      OTHER_VALUES,
    );
    return { NodePoolSet: found.map((pool) => poolShape(region(), cluster, pool)), TotalCount: found.length };
  },
  'tke/ModifyNodePoolDesiredCapacityAboutAsg': ({ cloud, region, params, requestId }) => {
    const pool = namedPool(clusterOf(region(), params['ClusterId']), params['NodePoolId']);
    const desired = Number(params['DesiredCapacity']);
    if (desired < pool.minimum || desired > pool.maximum) {
      throw new WireError(
        'InvalidParameter.Param',
        `DesiredCapacity must be from ${pool.minimum} to ${pool.maximum}.`,
      );
    }
    const there = pool.machineIds.filter((id) => region().machines.has(id));
    pool.machineIds = there.slice(0, desired);
    if (desired > there.length) grow(cloud, region(), pool, desired - there.length, requestId);
    end(cloud, region(), there.slice(desired), requestId);
    pool.desired = desired;
    return {};
  },
  'tke/DeleteClusterNodePool': ({ cloud, region, params, requestId }) => {
    const cluster = clusterOf(region(), params['ClusterId']);
    const pools = (params['NodePoolIds'] as readonly string[]).map((id) => namedPool(cluster, id));
    for (const pool of pools) {
      pool.state = 'deleting';
      if (params['KeepInstance'] !== true) end(cloud, region(), pool.machineIds, requestId);
      cloud.agenda.plan(cloud.now() + cloud.settings.clusterMs, () => cluster.pools.delete(pool.id));
    }
    return {};
  },
  'tke/DescribeClusterInstances': ({ region, params }) => {
    const cluster = clusterOf(region(), params['ClusterId']);
    const ids = params['InstanceIds'] as readonly string[] | undefined;
    const nodes = [...cluster.pools.values()].flatMap((pool) =>
      pool.machineIds.flatMap((id) => {
        const machine = region().machines.get(id);
        return machine === undefined || !(ids?.includes(id) ?? true) ? [] : [nodeShape(pool, machine)];
      }),
    );
    return { TotalCount: nodes.length, InstanceSet: pageOf(nodes, pageWish(params)) };
  },
};

/** Two of the parameters are JSON in JSON, in the words of the scaling product. */
function poolOf({ cloud, params }: ActionCall): NodePool {
  const group = jsonOf(params['AutoScalingGroupPara'], 'AutoScalingGroupPara') as {
    MinSize?: number;
    MaxSize?: number;
    DesiredCapacity?: number;
    SubnetIds?: readonly string[];
  };
  const minimum = group.MinSize ?? 0;
  const maximum = group.MaxSize ?? minimum;
  return {
    id: cloud.ids.next('np'),
    name: (params['Name'] ?? '未命名') as string,
    minimum,
    maximum,
    desired: group.DesiredCapacity ?? minimum,
    launch: jsonOf(params['LaunchConfigurePara'], 'LaunchConfigurePara'),
    subnetIds: group.SubnetIds ?? [],
    labels: (params['Labels'] ?? []) as NodePool['labels'],
    taints: (params['Taints'] ?? []) as NodePool['taints'],
    machineIds: [],
    state: 'normal',
  };
}

function jsonOf(text: unknown, name: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(String(text)) as Readonly<Record<string, unknown>>;
  } catch {
    throw new WireError('InvalidParameter.Param', `${name} is not JSON.`);
  }
}

function grow(cloud: Cloud, region: Region, pool: NodePool, count: number, requestId: string): void {
  const subnet = region.subnets.get(pool.subnetIds[0] ?? '') ?? region.subnetOfZone(region.zones[0] ?? '');
  if (subnet === undefined) throw new WireError('InvalidParameter.Param', 'The subnet is not found.');
  const desk = new LaunchDesk(cloud, new MachineLife(cloud));
  const [image] = region.images.keys();
  for (let left = count; left > 0; left -= cloud.settings.maxLaunch) {
    const order = {
      Placement: { Zone: subnet.plan.zone },
      VirtualPrivateCloud: { VpcId: region.vpc.id, SubnetId: subnet.plan.id },
      ImageId: image,
      InstanceType: pool.launch['InstanceType'],
      InstanceCount: Math.min(left, cloud.settings.maxLaunch),
      InstanceName: `tke-${pool.id}-worker`,
    };
    pool.machineIds.push(...(desk.run(region, order, requestId) ?? []));
  }
}

function end(cloud: Cloud, region: Region, ids: readonly string[], requestId: string): void {
  const life = new MachineLife(cloud);
  for (const id of ids) {
    const machine = region.machines.get(id);
    if (machine !== undefined && machine.state !== 'TERMINATING') life.terminate(region, machine, requestId);
  }
}

function namedPool(cluster: Cluster, id: unknown): NodePool {
  const pool = cluster.pools.get(String(id));
  if (pool !== undefined) return pool;
  throw new WireError('ResourceNotFound.AsAsgNotExist', `The node pool \`${String(id)}\` is not found.`);
}
