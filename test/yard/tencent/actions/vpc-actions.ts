import type { NetworkInterface, PublicAddress, Region, SecurityGroup } from '../cloud/region.js';
import type { Machine } from '../cloud/machine.js';
import type { Subnet } from '../cloud/subnet.js';
import { WireError } from '../wire/wire-error.js';
import {
  filtered,
  localStamp,
  OTHER_VALUES,
  pageOf,
  pageWish,
  type ActionCall,
  type Actions,
  type Filter,
  type FilterWords,
} from './action.js';
import { visibleMachines } from './cvm-shape.js';

const SEEDED_AT = '2026-01-01 08:00:00';

/** Networks and what stands in them. */
export const vpcActions: Actions = {
  'vpc/DescribeVpcs': (call) => {
    const { vpc } = call.region();
    const shapes = select(call, [vpc], 'VpcIds', ({ id }) => id, {
      'vpc-id': ({ id }) => id,
      'vpc-name': ({ name }) => name,
      'is-default': () => 'true',
    });
    return { TotalCount: shapes.total, VpcSet: shapes.page.map(vpcShape) };
  },
  'vpc/DescribeSubnets': (call) => {
    const all = [...call.region().subnets.values()];
    const { page, total } = select(call, all, 'SubnetIds', ({ plan }) => plan.id, {
      'subnet-id': ({ plan }) => plan.id,
      'vpc-id': ({ plan }) => plan.vpcId,
      zone: ({ plan }) => plan.zone,
      'subnet-name': ({ plan }) => plan.name,
      'cidr-block': ({ cidr }) => cidr,
    });
    return { TotalCount: total, SubnetSet: page.map(subnetShape) };
  },
  'vpc/DescribeSecurityGroups': (call) => {
    const all = [...call.region().securityGroups.values()];
    const { page, total } = select(call, all, 'SecurityGroupIds', ({ id }) => id, {
      'security-group-id': ({ id }) => id,
      'security-group-name': ({ name }) => name,
      'project-id': () => '0',
    });
    return { TotalCount: total, SecurityGroupSet: page.map(groupShape) };
  },
  'vpc/DescribeRouteTables': (call) => {
    const region = call.region();
    const { page, total } = select(call, [region], 'RouteTableIds', ({ routeTableId }) => routeTableId, {
      'route-table-id': ({ routeTableId }) => routeTableId,
      'vpc-id': ({ vpc }) => vpc.id,
    });
    return { TotalCount: total, RouteTableSet: page.map(routeTableShape) };
  },
  'vpc/DescribeNatGateways': (call) => {
    const region = call.region();
    const { page, total } = select(call, [region], 'NatGatewayIds', ({ natGatewayId }) => natGatewayId, {
      'nat-gateway-id': ({ natGatewayId }) => natGatewayId,
      'vpc-id': ({ vpc }) => vpc.id,
    });
    return { TotalCount: total, NatGatewaySet: page.map(natShape) };
  },
  'vpc/DescribeNetworkInterfaces': (call) => {
    const region = call.region();
    const primary = visibleMachines(call.cloud, region).map(primaryOf);
    const all = [...primary, ...region.interfaces.values()];
    const { page, total } = select(call, all, 'NetworkInterfaceIds', ({ id }) => id, INTERFACE_FILTERS);
    return { TotalCount: total, NetworkInterfaceSet: page.map((each) => interfaceShape(call, region, each)) };
  },
  'vpc/DeleteNetworkInterface': ({ region, params }) => {
    const id = String(params['NetworkInterfaceId']);
    const found = region().interfaces.get(id);
    if (found === undefined) {
      throw new WireError(
        'InvalidNetworkInterfaceId.NotFound',
        `The network interface \`${id}\` is not found.`,
      );
    }
    if (found.machineId !== '') {
      throw new WireError(
        'UnsupportedOperation.InvalidState',
        `The network interface \`${id}\` is attached.`,
      );
    }
    region().interfaces.delete(id);
    region().subnets.get(found.subnetId)?.giveBack(found.address);
    return {};
  },
  'vpc/DescribeAddresses': (call) => {
    const all = [...call.region().addresses.values()];
    const { page, total } = select(call, all, 'AddressIds', ({ id }) => id, {
      'address-id': ({ id }) => id,
      'address-name': ({ name }) => name,
      'address-ip': ({ ip }) => ip,
      'instance-id': ({ machineId }) => machineId,
      'address-status': addressStatus,
    });
    return { TotalCount: total, AddressSet: page.map(addressShape) };
  },
  'vpc/AllocateAddresses': (call) => {
    const count = Number(call.params['AddressCount'] ?? 1);
    const tags = (call.params['Tags'] ?? []) as PublicAddress['tags'];
    const ids = Array.from({ length: count }, () => allocate(call, tags));
    return { AddressSet: ids, TaskId: String(call.cloud.ids.number()) };
  },
  'vpc/ReleaseAddresses': ({ cloud, region, params }) => {
    const ids = params['AddressIds'] as readonly string[];
    const held = region().addresses;
    for (const id of ids) {
      const found = held.get(id);
      if (found === undefined)
        throw new WireError('InvalidAddressId.NotFound', `The address \`${id}\` is not found.`);
      if (found.machineId !== '') {
        throw new WireError(
          'InvalidAddressState',
          `The address \`${id}\` is bound; only UNBIND ones are released.`,
        );
      }
    }
    for (const id of ids) held.delete(id);
    return { TaskId: String(cloud.ids.number()) };
  },
};

type Interface = NetworkInterface & Readonly<{ primary?: Machine }>;

const INTERFACE_FILTERS: FilterWords<Interface> = {
  'network-interface-id': ({ id }) => id,
  'subnet-id': ({ subnetId }) => subnetId,
  'attachment.instance-id': ({ machineId }) => machineId,
  'network-interface-name': ({ name }) => name,
  'private-ip-address': ({ address }) => address,
};

/** By ids or by filters; the older actions of this product take Offset and Limit as text. */
function select<T>(
  call: ActionCall,
  items: readonly T[],
  idsName: string,
  idOf: (item: T) => string,
  words: FilterWords<T>,
): Readonly<{ page: readonly T[]; total: number }> {
  const { params } = call;
  const ids = params[idsName] as readonly string[] | undefined;
  const filters = params['Filters'] as readonly Filter[] | undefined;
  const named =
    ids === undefined || ids.length === 0 ? items : items.filter((item) => ids.includes(idOf(item)));
  const found = filtered(named, filters, words, tagsOf, OTHER_VALUES);
  return { page: pageOf(found, pageWish(params)), total: found.length };
}

function tagsOf(item: unknown) {
  return (item as { tags?: Machine['tags'] }).tags ?? [];
}

function allocate({ cloud, region }: ActionCall, tags: PublicAddress['tags']): string {
  const id = cloud.ids.next('eip');
  const ip = `203.0.113.${1 + (region().addresses.size % 250)}`;
  region().addresses.set(id, { id, ip, createdAt: cloud.now(), name: '未命名', tags, machineId: '' });
  return id;
}

function vpcShape(vpc: Region['vpc']) {
  return {
    VpcName: vpc.name,
    VpcId: vpc.id,
    CidrBlock: vpc.cidr,
    IsDefault: true,
    EnableMulticast: false,
    CreatedTime: SEEDED_AT,
    DnsServerSet: ['183.60.83.19', '183.60.82.98'],
    DomainName: '',
    DhcpOptionsId: '',
    EnableDhcp: true,
    Ipv6CidrBlock: '',
    TagSet: [],
    AssistantCidrSet: [],
    EnableRouteVpcPublish: false,
    Ipv6CidrBlockSet: [],
  };
}

function subnetShape(subnet: Subnet) {
  return {
    VpcId: subnet.plan.vpcId,
    SubnetId: subnet.plan.id,
    SubnetName: subnet.plan.name,
    CidrBlock: subnet.cidr,
    IsDefault: true,
    EnableBroadcast: false,
    Zone: subnet.plan.zone,
    RouteTableId: subnet.plan.routeTableId,
    CreatedTime: SEEDED_AT,
    AvailableIpAddressCount: subnet.free,
    Ipv6CidrBlock: '',
    NetworkAclId: '',
    IsRemoteVpcSnat: false,
    TotalIpAddressCount: subnet.total,
    TagSet: [],
    CdcId: '',
    IsCdcSubnet: 0,
  };
}

function groupShape(group: SecurityGroup) {
  return {
    SecurityGroupId: group.id,
    SecurityGroupName: group.name,
    SecurityGroupDesc: '',
    ProjectId: '0',
    IsDefault: group.isDefault,
    CreatedTime: SEEDED_AT,
    TagSet: group.tags,
    UpdateTime: SEEDED_AT,
  };
}

function routeTableShape(region: Region) {
  return {
    VpcId: region.vpc.id,
    RouteTableId: region.routeTableId,
    RouteTableName: 'default',
    AssociationSet: [...region.subnets.keys()].map((SubnetId) => ({
      SubnetId,
      RouteTableId: region.routeTableId,
    })),
    RouteSet: [
      {
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayType: 'NAT',
        GatewayId: region.natGatewayId,
        RouteId: 1,
        RouteDescription: '',
        Enabled: true,
        RouteType: 'USER',
        RouteTableId: region.routeTableId,
        RouteItemId: 'rti-00000001',
        PublishedToVbc: false,
        CreatedTime: SEEDED_AT,
      },
    ],
    Main: true,
    CreatedTime: SEEDED_AT,
    TagSet: [],
    LocalCidrForCcn: [],
  };
}

function natShape(region: Region) {
  return {
    NatGatewayId: region.natGatewayId,
    NatGatewayName: 'shop',
    CreatedTime: SEEDED_AT,
    State: 'AVAILABLE',
    InternetMaxBandwidthOut: 100,
    MaxConcurrentConnection: 1_000_000,
    PublicIpAddressSet: [
      { AddressId: 'eip-00000000', PublicIpAddress: '203.0.113.254', IsBlocked: false, BlockType: '' },
    ],
    NetworkState: 'NETWORK_STATE_NORMAL',
    DestinationIpPortTranslationNatRuleSet: [],
    VpcId: region.vpc.id,
    Zone: region.zones[0] ?? '',
    DirectConnectGatewayIds: [],
    SubnetId: '',
    TagSet: [],
    SecurityGroupSet: [],
    SourceIpTranslationNatRuleSet: [],
    IsExclusive: false,
    ExclusiveGatewayBandwidth: 0,
    RestrictState: 'NORMAL',
    NatProductVersion: 1,
    StrictSnatMode: false,
    SmartScheduleMode: false,
    DedicatedClusterId: '',
    DeletionProtectionEnabled: false,
  };
}

function primaryOf(machine: Machine): Interface {
  const { interfaceId, subnetId, address, createdAt, name, tags, id } = machine;
  return { id: interfaceId, subnetId, address, createdAt, name, tags, machineId: id, primary: machine };
}

function interfaceShape({ cloud }: ActionCall, region: Region, item: Interface) {
  const machine = item.primary ?? region.machines.get(item.machineId);
  const octets = item.address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  const attachment = {
    DeviceIndex: item.primary === undefined ? 1 : 0,
    InstanceAccountId: cloud.seed.account.uin,
    AttachTime: localStamp(item.createdAt),
    InstanceId: item.machineId,
  };
  return {
    NetworkInterfaceId: item.id,
    NetworkInterfaceName: item.name,
    NetworkInterfaceDescription: '',
    SubnetId: item.subnetId,
    VpcId: region.vpc.id,
    GroupSet: machine?.securityGroupIds ?? [],
    Primary: item.primary !== undefined,
    MacAddress: `20:90:${octets.join(':').toUpperCase()}`,
    State: 'AVAILABLE',
    PrivateIpAddressSet: [
      { PrivateIpAddress: item.address, Primary: true, PublicIpAddress: '', State: 'AVAILABLE' },
    ],
    Attachment: item.machineId === '' ? null : attachment,
    Zone: region.subnets.get(item.subnetId)?.plan.zone ?? '',
    CreatedTime: localStamp(item.createdAt),
    Ipv6AddressSet: [],
    TagSet: item.tags,
    EniType: item.primary === undefined ? 0 : 1,
    Business: 'cvm',
  };
}

function addressStatus({ machineId }: PublicAddress): string {
  return machineId === '' ? 'UNBIND' : 'BIND';
}

function addressShape(address: PublicAddress) {
  return {
    AddressId: address.id,
    AddressName: address.name,
    AddressStatus: addressStatus(address),
    AddressIp: address.ip,
    InstanceId: address.machineId,
    CreatedTime: new Date(address.createdAt).toISOString().slice(0, 19) + 'Z',
    NetworkInterfaceId: '',
    PrivateAddressIp: '',
    IsArrears: false,
    IsBlocked: false,
    IsEipDirectConnection: false,
    AddressType: 'EIP',
    CascadeRelease: false,
    EipAlgType: { Ftp: true, Sip: true },
    InternetServiceProvider: 'BGP',
    LocalBgp: false,
    Bandwidth: 1,
    InternetChargeType: 'TRAFFIC_POSTPAID_BY_HOUR',
    TagSet: address.tags,
    DeadlineDate: null,
    InstanceType: address.machineId === '' ? null : 'CVM',
    Egress: '',
  };
}
