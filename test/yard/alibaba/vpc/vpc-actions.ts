import type { ActionHandler } from '../api.js';
import type { AlibabaCloud } from '../cloud.js';
import { numberedPage } from '../ecs/places.js';
import type { VSwitch, Vpc } from '../network.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { allocateEip, associateEip, describeEips, releaseEip, unassociateEip } from './eip.js';

const CREATED = '2026-01-01T00:00:00Z';
const MOST_PER_PAGE = 50;

function describeVpcs(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const region = cloud.region(call.need('RegionId'));
  const ids = call.text('VpcId')?.split(',');
  const found = [...cloud.network.vpcs.values()].filter(
    ({ id, regionId }) => regionId === region.regionId && (ids === undefined || ids.includes(id)),
  );
  const page = numberedPage(found, call, MOST_PER_PAGE);
  return { ...page.about, Vpcs: { Vpc: page.items.map((vpc) => vpcShape(cloud, vpc)) } };
}

function vpcShape(cloud: AlibabaCloud, vpc: Vpc): AnswerBody {
  const own = [...cloud.network.vswitches.values()].filter(({ vpcId }) => vpcId === vpc.id);
  return {
    VpcId: vpc.id,
    VpcName: vpc.name,
    RegionId: vpc.regionId,
    CidrBlock: vpc.cidr,
    Status: 'Available',
    IsDefault: false,
    Description: '',
    CreationTime: CREATED,
    VRouterId: routerOf(vpc.id),
    ResourceGroupId: '',
    VSwitchIds: { VSwitchId: own.map(({ id }) => id) },
    RouterTableIds: { RouterTableIds: [tableOf(vpc.id)] },
    NatGatewayIds: { NatGatewayIds: [natOf(vpc.id)] },
    Tags: { Tag: [] },
  };
}

function describeVSwitches(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const region = call.text('RegionId');
  const ids = call.text('VSwitchId')?.split(',');
  const vpc = call.text('VpcId');
  const zone = call.text('ZoneId');
  const found = [...cloud.network.vswitches.values()].filter(
    (vswitch) =>
      (region === undefined || region === vswitch.regionId) &&
      (ids === undefined || ids.includes(vswitch.id)) &&
      (vpc === undefined || vpc === vswitch.vpcId) &&
      (zone === undefined || zone === vswitch.zoneId),
  );
  const page = numberedPage(found, call, MOST_PER_PAGE);
  return { ...page.about, VSwitches: { VSwitch: page.items.map(vswitchShape) } };
}

function vswitchShape(vswitch: VSwitch): AnswerBody {
  return {
    VSwitchId: vswitch.id,
    VSwitchName: vswitch.name,
    VpcId: vswitch.vpcId,
    ZoneId: vswitch.zoneId,
    CidrBlock: vswitch.cidr,
    AvailableIpAddressCount: vswitch.free,
    Status: 'Available',
    IsDefault: false,
    Description: '',
    CreationTime: CREATED,
    ResourceGroupId: '',
    RouteTable: { RouteTableId: tableOf(vswitch.vpcId), RouteTableType: 'System' },
    Tags: { Tag: [] },
  };
}

function describeVRouters(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const region = cloud.region(call.need('RegionId'));
  const wanted = call.text('VRouterId');
  const found = [...cloud.network.vpcs.values()].filter(
    ({ id, regionId }) => regionId === region.regionId && (wanted === undefined || wanted === routerOf(id)),
  );
  const page = numberedPage(found, call, MOST_PER_PAGE);
  const routers = page.items.map((vpc) => ({
    VRouterId: routerOf(vpc.id),
    VRouterName: vpc.name,
    VpcId: vpc.id,
    RegionId: vpc.regionId,
    Description: '',
    CreationTime: CREATED,
    RouteTableIds: { RouteTableId: [tableOf(vpc.id)] },
  }));
  return { ...page.about, VRouters: { VRouter: routers } };
}

/** One private line per region: what links a VPC with a private data centre. */
function describeRouterInterfaces(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const region = cloud.region(call.need('RegionId'));
  const lines = [
    {
      RouterInterfaceId: `ri-${region.vpcId.slice(4)}`,
      Name: 'data-centre',
      Status: 'Active',
      BusinessStatus: 'Normal',
      Spec: 'Large.1',
      Bandwidth: 1_000,
      Role: 'InitiatingSide',
      RouterType: 'VRouter',
      RouterId: routerOf(region.vpcId),
      VpcInstanceId: region.vpcId,
      OppositeRouterType: 'VBR',
      OppositeRegionId: region.regionId,
      ChargeType: 'AfterPay',
      CreationTime: CREATED,
      Tags: { Tags: [] },
    },
  ];
  const page = numberedPage(lines, call, MOST_PER_PAGE);
  return { ...page.about, RouterInterfaceSet: { RouterInterfaceType: page.items } };
}

function describeNatGateways(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const region = cloud.region(call.need('RegionId'));
  const vpc = call.text('VpcId');
  const gateways = [region]
    .filter(({ vpcId }) => vpc === undefined || vpc === vpcId)
    .map(({ vpcId, regionId }) => ({
      NatGatewayId: natOf(vpcId),
      Name: 'outgoing',
      VpcId: vpcId,
      RegionId: regionId,
      NatType: 'Enhanced',
      NetworkType: 'internet',
      Status: 'Available',
      BusinessStatus: 'Normal',
      InstanceChargeType: 'PostPaid',
      Description: '',
      CreationTime: CREATED,
      IpLists: { IpList: [] },
      Tags: { Tag: [] },
    }));
  const page = numberedPage(gateways, call, MOST_PER_PAGE);
  return { ...page.about, NatGateways: { NatGateway: page.items } };
}

function describeRouteTables(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const router = call.text('VRouterId');
  const found = [...cloud.network.vpcs.values()].filter(
    ({ id }) => router === undefined || router === routerOf(id),
  );
  const page = numberedPage(found, call, MOST_PER_PAGE);
  const tables = page.items.map((vpc) => ({
    RouteTableId: tableOf(vpc.id),
    RouteTableType: 'System',
    VRouterId: routerOf(vpc.id),
    Status: 'Available',
    CreationTime: CREATED,
    ResourceGroupId: '',
    RouteEntrys: { RouteEntry: [] },
    VSwitchIds: { VSwitchId: [] },
  }));
  return { ...page.about, RouteTables: { RouteTable: tables } };
}

function routerOf(vpcId: string): string {
  return `vrt-${vpcId.slice(4)}`;
}

function tableOf(vpcId: string): string {
  return `vtb-${vpcId.slice(4)}`;
}

function natOf(vpcId: string): string {
  return `ngw-${vpcId.slice(4)}`;
}

export const VPC_ACTIONS: Readonly<Record<string, ActionHandler>> = {
  DescribeVpcs: describeVpcs,
  DescribeVSwitches: describeVSwitches,
  DescribeVRouters: describeVRouters,
  DescribeRouterInterfaces: describeRouterInterfaces,
  DescribeNatGateways: describeNatGateways,
  DescribeRouteTables: describeRouteTables,
  DescribeEipAddresses: describeEips,
  AllocateEipAddress: allocateEip,
  AssociateEipAddress: associateEip,
  UnassociateEipAddress: unassociateEip,
  ReleaseEipAddress: releaseEip,
};
