import type { AlibabaCloud } from '../cloud.js';
import type { VSwitch } from '../network.js';
import { askedPage, cutPage } from '../paging.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { notFound, WireError } from '../wire/wire-error.js';
import { hasTags } from './describe-instances.js';
import { macOf } from './instance-shape.js';
import type { Instance } from './instance.js';

/** A network interface; the primary one of a machine comes and goes with it. */
export type NetworkInterface = {
  readonly id: string;
  readonly order: number;
  readonly regionId: string;
  readonly type: 'Primary' | 'Secondary';
  readonly vswitch: VSwitch;
  readonly address: string;
  readonly securityGroupIds: readonly string[];
  readonly createdAt: number;
  readonly visibleAt?: number;
  tags: Map<string, string>;
  instance?: Instance;
};

export function describeNetworkInterfaces(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const regionId = call.need('RegionId');
  cloud.region(regionId);
  const asked = askedPage(call, { least: 10, most: 500, usual: 10 });
  const ids = call.list('NetworkInterfaceId');
  const instanceId = call.text('InstanceId');
  const status = call.text('Status');
  const vswitch = call.text('VSwitchId');
  const type = call.text('Type');
  const tags = call.tags();
  const now = cloud.clock.life();
  const page = cutPage(
    cloud.interfaces.newest(regionId),
    asked,
    (each) =>
      (each.visibleAt ?? 0) <= now &&
      (ids.length === 0 || ids.includes(each.id)) &&
      (instanceId === undefined || instanceId === ownerOf(each)?.id) &&
      (status === undefined || status === statusOf(each)) &&
      (vswitch === undefined || vswitch === each.vswitch.id) &&
      (type === undefined || type === each.type) &&
      hasTags(each.tags, tags),
    tags.size > 0 ? cloud.settings.tagFilterLimit : Infinity,
  );
  return {
    TotalCount: page.total,
    PageNumber: call.number('PageNumber') ?? 1,
    PageSize: call.number('PageSize') ?? page.items.length,
    NextToken: page.next,
    NetworkInterfaceSets: {
      NetworkInterfaceSet: page.items.map((each) => interfaceShape(each, cloud)),
    },
  };
}

function interfaceShape(each: NetworkInterface, cloud: AlibabaCloud): AnswerBody {
  return {
    NetworkInterfaceId: each.id,
    NetworkInterfaceName: '',
    Description: '',
    Type: each.type,
    Status: statusOf(each),
    InstanceId: ownerOf(each)?.id ?? '',
    VpcId: each.vswitch.vpcId,
    VSwitchId: each.vswitch.id,
    ZoneId: each.vswitch.zoneId,
    PrivateIpAddress: each.address,
    MacAddress: macOf(each.order),
    CreationTime: `${cloud.clock.shown(each.createdAt).toISOString().slice(0, 19)}Z`,
    ResourceGroupId: '',
    DeleteOnRelease: each.type === 'Primary',
    PrivateIpSets: { PrivateIpSet: [{ PrivateIpAddress: each.address, Primary: true }] },
    SecurityGroupIds: { SecurityGroupId: each.securityGroupIds },
    Tags: { Tag: [...each.tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue })) },
  };
}

function statusOf(each: NetworkInterface): string {
  return ownerOf(each) === undefined ? 'Available' : 'InUse';
}

/** A secondary interface outlives its machine. */
function ownerOf({ instance }: NetworkInterface): Instance | undefined {
  return instance?.gone === true ? undefined : instance;
}

export function deleteNetworkInterface(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const id = call.need('NetworkInterfaceId');
  const found = cloud.interfaces.get(id);
  if (found === undefined) throw notFound('EniId', id);
  if (ownerOf(found) !== undefined) {
    const text = 'The network interface is attached to an instance.';
    throw new WireError(403, 'InvalidOperation.EniStatus', text);
  }
  found.vswitch.giveBack(found.address);
  cloud.interfaces.remove(id);
  return {};
}

export function detachNetworkInterface(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const id = call.need('NetworkInterfaceId');
  const found = cloud.interfaces.get(id);
  if (found === undefined) throw notFound('EniId', id);
  if (found.type === 'Primary') {
    throw new WireError(403, 'InvalidOperation.EniType', 'A primary interface cannot be detached.');
  }
  delete found.instance;
  return {};
}
