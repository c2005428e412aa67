import type { Cluster } from '../cloud/cluster.js';
import type { Cloud } from '../cloud/cloud.js';
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
import { tkePoolActions } from './tke-pools.js';
import { clusterOf } from './tke-lookup.js';
import { clusterShape, clusterStatusShape } from './tke-shape.js';

const VERSIONS = ['1.28.3', '1.30.0', '1.32.2'];

/** Managed clusters. Their machines are CVM's; their API server is one that the yard was told of. */
export const tkeActions: Actions = {
  ...tkePoolActions,
  'tke/DescribeVersions': () => ({
    TotalCount: VERSIONS.length,
    VersionInstanceSet: VERSIONS.map((Version) => ({ Name: 'tke', Version, Remark: '' })),
  }),
  'tke/DescribeClusters': (call) => {
    const found = wanted(call);
    const page = pageOf(found, pageWish(call.params));
    return {
      TotalCount: found.length,
      Clusters: page.map((cluster) => clusterShape(call.region(), cluster)),
    };
  },
  'tke/DescribeClusterStatus': (call) => {
    const found = wanted(call);
    return {
      TotalCount: found.length,
      ClusterStatusSet: found.map((cluster) => clusterStatusShape(call.region(), cluster)),
    };
  },
  'tke/CreateCluster': (call) => ({ ClusterId: createCluster(call) }),
  'tke/DeleteCluster': ({ cloud, region, params, requestId }) => {
    const cluster = clusterOf(region(), params['ClusterId']);
    const mode = params['InstanceDeleteMode'];
    if (cluster.state === 'Deleting') {
      throw new WireError('FailedOperation.ClusterState', `The cluster \`${cluster.id}\` is being deleted.`);
    }
    deleteCluster(cloud, region(), cluster, mode === 'terminate', requestId);
    return {};
  },
  'tke/CreateClusterEndpoint': ({ cloud, region, params }) => {
    const cluster = runningCluster(region(), params['ClusterId']);
    const side = sideOf(params['IsExtranet']);
    if (cluster.endpoints[side] !== 'NotFound') {
      throw new WireError('FailedOperation.SwitchClusterEndpoint', 'The endpoint is open already.');
    }
    cluster.endpoints[side] = 'Creating';
    cloud.agenda.plan(cloud.now() + cloud.settings.clusterMs, () => {
      cluster.endpoints[side] = 'Created';
    });
    return {};
  },
  'tke/DescribeClusterEndpointStatus': ({ region, params }) => ({
    Status: clusterOf(region(), params['ClusterId']).endpoints[sideOf(params['IsExtranet'])],
    ErrorMsg: '',
  }),
  'tke/DescribeClusterEndpoints': ({ cloud, region, params }) => {
    const cluster = clusterOf(region(), params['ClusterId']);
    const server = /server: "?([^"\s}]+)/.exec(kubeconfigOf(cloud, cluster))?.[1] ?? '';
    const at = (side: 'inside' | 'outside') => (cluster.endpoints[side] === 'Created' ? server : '');
    return {
      CertificationAuthority: '',
      ClusterExternalEndpoint: at('outside'),
      ClusterIntranetEndpoint: at('inside'),
      ClusterDomain: `${cluster.id}.ccs.tencent-cloud.com`,
      ClusterExternalACL: null,
      ClusterExternalDomain: '',
      ClusterIntranetDomain: '',
      SecurityGroup: '',
      ClusterIntranetSubnetId: '',
      IntranetSecurityGroup: '',
    };
  },
  'tke/DescribeClusterKubeconfig': ({ cloud, region, params }) => {
    const cluster = runningCluster(region(), params['ClusterId']);
    if (cluster.endpoints[sideOf(params['IsExtranet'])] !== 'Created') {
      throw new WireError('FailedOperation.KubeClientConf', `The endpoint of \`${cluster.id}\` is not open.`);
    }
    return { Kubeconfig: kubeconfigOf(cloud, cluster) };
  },
};

function wanted({ region, params }: ActionCall): readonly Cluster[] {
  const ids = params['ClusterIds'] as readonly string[] | undefined;
  return filtered(
    [...region().clusters.values()].filter(
      ({ id }) => ids === undefined || ids.length === 0 || ids.includes(id),
    ),
    params['Filters'] as readonly Filter[] | undefined,
    {
      ClusterName: ({ name }) => name,
      ClusterType: ({ type }) => type,
      ClusterStatus: ({ state }) => state,
      vpcId: ({ vpcId }) => vpcId,
    },
    ({ tags }) => tags,
    OTHER_VALUES,
  );
}

function createCluster({ cloud, region, params }: ActionCall): string {
  const { ClusterType, ClusterBasicSettings, ClusterCIDRSettings } = params as {
    ClusterType: string;
    ClusterBasicSettings?: {
      ClusterName?: string;
      ClusterDescription?: string;
      ClusterVersion?: string;
      VpcId?: string;
      TagSpecification?: readonly { Tags?: Cluster['tags'] }[];
    };
    ClusterCIDRSettings: { ClusterCIDR?: string; ServiceCIDR?: string };
  };
  const basic = ClusterBasicSettings ?? {};
  const version = basic.ClusterVersion ?? '1.30.0';
  if (ClusterType !== 'MANAGED_CLUSTER')
    throw new WireError('InvalidParameter.Param', 'Only MANAGED_CLUSTER is simulated.');
  if (!VERSIONS.includes(version))
    throw new WireError('FailedOperation.ClusterVersionNotSupport', `No version ${version}.`);
  if (basic.VpcId !== region().vpc.id)
    throw new WireError('InvalidParameter.Param', `The VPC \`${basic.VpcId}\` is not found.`);
  const id = cloud.ids.next('cls');
  const cluster: Cluster = {
    id,
    version,
    name: basic.ClusterName ?? '未命名',
    description: basic.ClusterDescription ?? '',
    type: ClusterType,
    vpcId: basic.VpcId,
    podCidr: ClusterCIDRSettings.ClusterCIDR ?? '172.16.0.0/16',
    serviceCidr: ClusterCIDRSettings.ServiceCIDR ?? '172.17.0.0/20',
    createdAt: cloud.now(),
    tags: (basic.TagSpecification ?? []).flatMap(({ Tags }) => Tags ?? []),
    state: 'Creating',
    endpoints: { inside: 'NotFound', outside: 'NotFound' },
    pools: new Map(),
  };
  region().clusters.set(id, cluster);
  cloud.agenda.plan(cloud.now() + cloud.settings.clusterMs, () => {
    if (cluster.state === 'Creating') cluster.state = 'Running';
  });
  return id;
}

function deleteCluster(
  cloud: Cloud,
  region: Region,
  cluster: Cluster,
  withMachines: boolean,
  requestId: string,
): void {
  cluster.state = 'Deleting';
  if (withMachines) {
    const life = new MachineLife(cloud);
    for (const id of [...cluster.pools.values()].flatMap(({ machineIds }) => machineIds)) {
      const machine = region.machines.get(id);
      if (machine !== undefined && machine.state !== 'TERMINATING')
        life.terminate(region, machine, requestId);
    }
  }
  cloud.agenda.plan(cloud.now() + cloud.settings.clusterMs, () => region.clusters.delete(cluster.id));
}

function runningCluster(region: Region, id: unknown): Cluster {
  const cluster = clusterOf(region, id);
  if (cluster.state === 'Running') return cluster;
  throw new WireError('FailedOperation.ClusterState', `The cluster \`${cluster.id}\` is ${cluster.state}.`);
}

function sideOf(isExtranet: unknown): 'inside' | 'outside' {
  return isExtranet === true ? 'outside' : 'inside';
}

/** The yard's own API server if somebody said which; else one that nobody answers for. */
function kubeconfigOf({ kubeconfigs }: Cloud, { id, name }: Cluster): string {
  const told = kubeconfigs.get(id) ?? kubeconfigs.get(name) ?? kubeconfigs.get('*');
  if (told !== undefined) return told;
  return [
    'apiVersion: v1',
    'kind: Config',
    `clusters: [{ name: ${id}, cluster: { server: "https://127.0.0.1:1" } }]`,
    `users: [{ name: yard, user: { token: nobody } }]`,
    `contexts: [{ name: ${id}, context: { cluster: ${id}, user: yard } }]`,
    `current-context: ${id}`,
    '',
  ].join('\n');
}
