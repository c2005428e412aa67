import type { Cluster, NodePool } from '../cloud/cluster.js';
import type { Machine } from '../cloud/machine.js';
import type { Region } from '../cloud/region.js';
import { stamp } from './action.js';

const SYSTEM = 'tlinux3.1x86_64';

export function clusterShape(region: Region, cluster: Cluster) {
  return {
    ClusterId: cluster.id,
    ClusterName: cluster.name,
    ClusterDescription: cluster.description,
    ClusterVersion: cluster.version,
    ClusterOs: SYSTEM,
    ClusterType: cluster.type,
    ClusterNetworkSettings: {
      ClusterCIDR: cluster.podCidr,
      IgnoreClusterCIDRConflict: false,
      MaxNodePodNum: 64,
      MaxClusterServiceNum: 4_096,
      Ipvs: true,
      VpcId: cluster.vpcId,
      Cni: true,
      KubeProxyMode: 'ipvs',
      ServiceCIDR: cluster.serviceCidr,
      Subnets: null,
      IgnoreServiceCIDRConflict: false,
      IsDualStack: false,
      Ipv6ServiceCIDR: '',
      CiliumMode: '',
    },
    ClusterNodeNum: nodesOf(region, cluster).length,
    ProjectId: 0,
    TagSpecification: [{ ResourceType: 'cluster', Tags: cluster.tags }],
    ClusterStatus: cluster.state,
    Property: '{"NodeNameType":"lan-ip","NetworkType":"GR"}',
    ClusterMaterNodeNum: 0,
    ImageId: '',
    OsCustomizeType: 'GENERAL',
    ContainerRuntime: 'containerd',
    CreatedTime: stamp(cluster.createdAt),
    DeletionProtection: false,
    EnableExternalNode: false,
    ClusterLevel: 'L50',
    AutoUpgradeClusterLevel: false,
    QGPUShareEnable: false,
    RuntimeVersion: '1.6.28',
    ClusterEtcdNodeNum: 0,
    IsHighAvailability: true,
  };
}

export function clusterStatusShape(region: Region, cluster: Cluster) {
  const nodes = nodesOf(region, cluster);
  const inState = (...states: readonly Machine['state'][]) =>
    nodes.filter(({ state }) => states.includes(state)).length;
  return {
    ClusterId: cluster.id,
    ClusterState: cluster.state,
    ClusterInstanceState: 'AllNormal',
    ClusterBMonitor: false,
    ClusterInitNodeNum: inState('PENDING'),
    ClusterRunningNodeNum: inState('RUNNING'),
    ClusterFailedNodeNum: inState('LAUNCH_FAILED'),
    ClusterClosedNodeNum: inState('STOPPED', 'SHUTDOWN'),
    ClusterClosingNodeNum: inState('STOPPING', 'TERMINATING'),
    ClusterDeletionProtection: false,
    ClusterAuditEnabled: false,
  };
}

export function poolShape(region: Region, cluster: Cluster, pool: NodePool) {
  const states = pool.machineIds.flatMap((id) => region.machines.get(id)?.state ?? []);
  const normal = states.filter((state) => state === 'RUNNING').length;
  const none = { Joining: 0, Initializing: 0, Normal: 0, Total: 0 };
  return {
    NodePoolId: pool.id,
    Name: pool.name,
    ClusterInstanceId: cluster.id,
    LifeState: pool.state,
    LaunchConfigurationId: pool.id.replace('np-', 'asc-'),
    AutoscalingGroupId: pool.id.replace('np-', 'asg-'),
    Labels: pool.labels,
    Taints: pool.taints,
    Annotations: [],
    NodeCountSummary: {
      ManuallyAdded: none,
      AutoscalingAdded: {
        ...none,
        Initializing: states.length - normal,
        Normal: normal,
        Total: states.length,
      },
    },
    AutoscalingGroupStatus: 'disabled',
    MaxNodesNum: pool.maximum,
    MinNodesNum: pool.minimum,
    DesiredNodesNum: pool.desired,
    RuntimeConfig: { RuntimeType: 'containerd', RuntimeVersion: '1.6.28' },
    NodePoolOs: SYSTEM,
    OsCustomizeType: 'GENERAL',
    ImageId: '',
    DesiredPodNum: 64,
    UserScript: '',
    Tags: null,
    DeletionProtection: false,
    ExtraArgs: null,
    GPUArgs: null,
    DockerGraphPath: '',
    DataDisks: null,
    Unschedulable: 0,
    PreStartUserScript: '',
  };
}

export function nodeShape(pool: NodePool, machine: Machine) {
  const running = machine.state === 'RUNNING';
  return {
    InstanceId: machine.id,
    InstanceRole: 'WORKER',
    FailedReason: running ? '=Ready:True' : '',
    InstanceState: running ? 'running' : machine.state === 'LAUNCH_FAILED' ? 'failed' : 'initializing',
    DrainStatus: '',
    InstanceAdvancedSettings: {
      DesiredPodNumber: null,
      GPUArgs: null,
      PreStartUserScript: null,
      Taints: null,
      MountTarget: '',
      DockerGraphPath: '',
      UserScript: '',
      Unschedulable: 0,
      Labels: pool.labels,
      DataDisks: null,
      ExtraArgs: { Kubelet: [] },
    },
    CreatedTime: stamp(machine.createdAt),
    LanIP: machine.address,
    NodePoolId: pool.id,
    AutoscalingGroupId: pool.id.replace('np-', 'asg-'),
  };
}

function nodesOf(region: Region, cluster: Cluster): readonly Machine[] {
  return [...cluster.pools.values()].flatMap(({ machineIds }) =>
    machineIds.flatMap((id) => region.machines.get(id) ?? []),
  );
}
