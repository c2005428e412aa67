import { readOwnershipTags, type Relation, type Resource, type ResourceKind } from '@springtide/provider-kit';
import type { Disk } from 'tencentcloud-sdk-nodejs/tencentcloud/services/cbs/v20170312/cbs_models.js';
import type { LoadBalancer } from 'tencentcloud-sdk-nodejs/tencentcloud/services/clb/v20180317/clb_models.js';
import type { Cluster } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tke/v20180525/tke_models.js';
import type {
  Address,
  NatGateway,
  NetworkInterface,
  RouteTable,
  SecurityGroup,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/vpc/v20170312/vpc_models.js';
import { instantOf } from './mapping.js';
import { readLabels, tagMap } from './tags.js';

type Said = Readonly<{
  kind: ResourceKind;
  id: string | undefined;
  name?: string | null | undefined;
  zone?: string | undefined;
  state?: string | null | undefined;
  facts?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  tags?: Parameters<typeof tagMap>[0];
  relations?: readonly (Relation | undefined)[];
  createdAt?: string | undefined;
}>;

export function fromDisk(disk: Disk, region: string): Resource {
  const machines = [disk.InstanceId, ...(disk.InstanceIdList ?? [])].filter((id) => id?.startsWith('ins-'));
  return resource(region, {
    kind: 'disk',
    id: disk.DiskId,
    name: disk.DiskName,
    zone: disk.Placement?.Zone,
    state: disk.DiskState,
    facts: {
      sizeGib: disk.DiskSize,
      type: disk.DiskType,
      usage: disk.DiskUsage,
      encrypted: disk.Encrypt,
      endsWithMachine: disk.DeleteWithInstance,
    },
    tags: disk.Tags,
    relations: [...new Set(machines)].map((id) => relation('attached-to', 'machine', id)),
    createdAt: disk.CreateTime,
  });
}

export function fromAddress(address: Address, region: string): Resource {
  const { InstanceId: holder, NetworkInterfaceId: nic } = address;
  return resource(region, {
    kind: 'address',
    id: address.AddressId,
    name: address.AddressName || address.AddressIp,
    state: address.AddressStatus,
    facts: { address: address.AddressIp, type: address.AddressType, bandwidthMbps: address.Bandwidth },
    tags: address.TagSet,
    relations: [
      holder?.startsWith('ins-') ? relation('attached-to', 'machine', holder) : undefined,
      holder?.startsWith('nat-') ? relation('attached-to', 'router', holder) : undefined,
      holder?.startsWith('lb-') ? relation('attached-to', 'load-balancer', holder) : undefined,
      relation('attached-to', 'network-interface', nic),
    ],
    createdAt: address.CreatedTime,
  });
}

export function fromInterface(nic: NetworkInterface, region: string): Resource {
  return resource(region, {
    kind: 'network-interface',
    id: nic.NetworkInterfaceId,
    name: nic.NetworkInterfaceName,
    zone: nic.Zone,
    state: nic.State,
    facts: {
      primary: nic.Primary,
      mac: nic.MacAddress,
      address: nic.PrivateIpAddressSet?.[0]?.PrivateIpAddress,
    },
    tags: nic.TagSet,
    relations: [
      relation('attached-to', 'machine', nic.Attachment?.InstanceId),
      relation('inside', 'network', nic.SubnetId),
      ...(nic.GroupSet ?? []).map((id) => relation('guarded-by', 'security-group', id)),
    ],
    createdAt: nic.CreatedTime,
  });
}

export function fromSecurityGroup(group: SecurityGroup, region: string): Resource {
  return resource(region, {
    kind: 'security-group',
    id: group.SecurityGroupId,
    name: group.SecurityGroupName,
    facts: { description: group.SecurityGroupDesc, default: group.IsDefault },
    tags: group.TagSet,
    createdAt: group.CreatedTime,
  });
}

export function fromRouteTable(table: RouteTable, region: string): Resource {
  return resource(region, {
    kind: 'router',
    id: table.RouteTableId,
    name: table.RouteTableName,
    facts: { type: 'route-table', vpc: table.VpcId, main: table.Main, routes: table.RouteSet?.length },
    tags: table.TagSet,
    relations: (table.AssociationSet ?? []).map(({ SubnetId }) => relation('inside', 'network', SubnetId)),
    createdAt: table.CreatedTime,
  });
}

export function fromNatGateway(gateway: NatGateway, region: string): Resource {
  return resource(region, {
    kind: 'router',
    id: gateway.NatGatewayId,
    name: gateway.NatGatewayName,
    zone: gateway.Zone,
    state: gateway.State,
    facts: {
      type: 'nat-gateway',
      vpc: gateway.VpcId,
      bandwidthMbps: gateway.InternetMaxBandwidthOut,
      address: gateway.PublicIpAddressSet?.[0]?.PublicIpAddress,
    },
    tags: gateway.TagSet,
    relations: [
      relation('inside', 'network', gateway.SubnetId),
      ...(gateway.SecurityGroupSet ?? []).map((id) => relation('guarded-by', 'security-group', id)),
    ],
    createdAt: gateway.CreatedTime,
  });
}

export function fromLoadBalancer(
  balancer: LoadBalancer,
  machines: readonly string[],
  region: string,
): Resource {
  return resource(region, {
    kind: 'load-balancer',
    id: balancer.LoadBalancerId,
    name: balancer.LoadBalancerName,
    zone: balancer.MasterZone?.Zone,
    state: balancer.Status === 1 ? 'running' : 'creating',
    facts: {
      type: balancer.LoadBalancerType,
      address: balancer.LoadBalancerVips?.[0],
      domainName: balancer.LoadBalancerDomain || balancer.Domain,
      vpc: balancer.VpcId,
      targets: balancer.TargetCount,
    },
    tags: balancer.Tags,
    relations: [
      relation('inside', 'network', balancer.SubnetId),
      ...machines.map((id) => relation('sends-to', 'machine', id)),
      ...(balancer.SecureGroups ?? []).map((id) => relation('guarded-by', 'security-group', id)),
    ],
    createdAt: balancer.CreateTime,
  });
}

export function fromCluster(cluster: Cluster, region: string): Resource {
  return resource(region, {
    kind: 'cluster',
    id: cluster.ClusterId,
    name: cluster.ClusterName,
    state: cluster.ClusterStatus,
    facts: {
      version: cluster.ClusterVersion,
      type: cluster.ClusterType,
      nodes: cluster.ClusterNodeNum,
      vpc: cluster.ClusterNetworkSettings?.VpcId,
    },
    tags: (cluster.TagSpecification ?? []).flatMap(({ Tags }) => Tags ?? []),
    createdAt: cluster.CreatedTime,
  });
}

function relation(
  kind: Relation['kind'],
  to: Relation['to'],
  id: string | null | undefined,
): Relation | undefined {
  return id ? { kind, to, id } : undefined;
}

function resource(region: string, said: Said): Resource {
  const tags = tagMap(said.tags);
  const ownership = readOwnershipTags(tags);
  const createdAt = instantOf(said.createdAt);
  const facts = Object.entries(said.facts ?? {}).flatMap(([key, fact]) =>
    fact === undefined || fact === null || fact === '' ? [] : [[key, fact] as const],
  );
  return {
    kind: said.kind,
    id: said.id ?? '',
    name: said.name || (said.id ?? ''),
    region,
    ...(said.zone ? { zone: said.zone } : {}),
    ...(said.state ? { state: said.state.toLowerCase() } : {}),
    facts: Object.fromEntries(facts),
    labels: readLabels(tags),
    relations: (said.relations ?? []).filter((each) => each !== undefined),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(ownership === undefined ? {} : { ownership }),
  };
}
