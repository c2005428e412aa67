import type { PublicAddress } from '../cloud/region.js';
import type { Machine } from '../cloud/machine.js';
import { WireError } from '../wire/wire-error.js';
import {
  filtered,
  OTHER_VALUES,
  pageOf,
  pageWish,
  type ActionCall,
  type Actions,
  type Filter,
  type FilterWords,
} from './action.js';
import { visibleMachines } from './cvm-shape.js';
import {
  vpcShape,
  subnetShape,
  groupShape,
  routeTableShape,
  natShape,
  interfaceShape,
  addressStatus,
  addressShape,
  type Interface,
} from './vpc-shape.js';

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

function primaryOf(machine: Machine): Interface {
  const { interfaceId, subnetId, address, createdAt, name, tags, id } = machine;
  return { id: interfaceId, subnetId, address, createdAt, name, tags, machineId: id, primary: machine };
}
