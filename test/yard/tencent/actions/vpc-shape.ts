import type { Machine } from '../cloud/machine.js';
import type { NetworkInterface, PublicAddress, Region, SecurityGroup } from '../cloud/region.js';
import type { Subnet } from '../cloud/subnet.js';
import { localStamp, stamp, type ActionCall } from './action.js';

const SEEDED_AT = '2026-01-01 08:00:00';

/** A machine's own interface is the machine's; only further ones are kept for themselves. */
export type Interface = NetworkInterface & Readonly<{ primary?: Machine }>;

export function vpcShape(vpc: Region['vpc']) {
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

export function subnetShape(subnet: Subnet) {
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

export function groupShape(group: SecurityGroup) {
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

export function routeTableShape(region: Region) {
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

export function natShape(region: Region) {
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

export function interfaceShape({ cloud }: ActionCall, region: Region, item: Interface) {
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

export function addressStatus({ machineId }: PublicAddress): string {
  return machineId === '' ? 'UNBIND' : 'BIND';
}

export function addressShape(address: PublicAddress) {
  return {
    AddressId: address.id,
    AddressName: address.name,
    AddressStatus: addressStatus(address),
    AddressIp: address.ip,
    InstanceId: address.machineId,
    CreatedTime: stamp(address.createdAt),
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
