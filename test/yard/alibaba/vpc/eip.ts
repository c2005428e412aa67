import type { AlibabaCloud } from '../cloud.js';
import { secondStamp } from '../cloud-clock.js';
import { hasTags } from '../ecs/describe-instances.js';
import { findInstance } from '../ecs/instance-calls.js';
import { numberedPage } from '../ecs/places.js';
import { newId } from '../ids.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { WireError } from '../wire/wire-error.js';

/** A public address that lives on its own. */
export type Eip = {
  readonly id: string;
  readonly order: number;
  readonly regionId: string;
  readonly address: string;
  readonly bandwidth: string;
  readonly createdAt: number;
  tags: Map<string, string>;
  instanceId?: string;
};

export function allocateEip(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  return cloud.tokens.once(call, cloud.clock.life(), () => {
    const regionId = call.need('RegionId');
    cloud.region(regionId);
    const eip = createEip(cloud, { regionId, tags: call.tags(), bandwidth: call.text('Bandwidth') ?? '5' });
    return { AllocationId: eip.id, EipAddress: eip.address, OrderId: 0, ResourceGroupId: '' };
  });
}

export function createEip(
  cloud: AlibabaCloud,
  of: Readonly<{ regionId: string; tags: ReadonlyMap<string, string>; bandwidth: string }>,
): Eip {
  const order = cloud.eips.nextOrder();
  const eip: Eip = {
    id: newId('eip'),
    order,
    regionId: of.regionId,
    // TEST-NET-2, reserved for documents, and beyond: nobody is reached there.
    address: `198.51.${100 + Math.floor(order / 250)}.${(order % 250) + 1}`,
    bandwidth: of.bandwidth,
    createdAt: cloud.clock.life(),
    tags: new Map(of.tags),
  };
  cloud.eips.add(eip);
  return eip;
}

export function associateEip(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const eip = findEip(cloud, call.need('AllocationId'));
  if (eip.instanceId !== undefined) throw wrongStatus();
  eip.instanceId = findInstance(cloud, call.need('InstanceId')).id;
  return {};
}

export function unassociateEip(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const eip = findEip(cloud, call.need('AllocationId'));
  delete eip.instanceId;
  return {};
}

export function releaseEip(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const eip = findEip(cloud, call.need('AllocationId'));
  if (isBound(cloud, eip)) throw wrongStatus();
  cloud.eips.remove(eip.id);
  return {};
}

export function describeEips(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const regionId = call.need('RegionId');
  cloud.region(regionId);
  const id = call.text('AllocationId');
  const instance = call.text('AssociatedInstanceId');
  const status = call.text('Status');
  const address = call.text('EipAddress');
  const tags = call.tags();
  const found = [...cloud.eips.newest(regionId)].filter(
    (eip) =>
      (id === undefined || id.split(',').includes(eip.id)) &&
      (instance === undefined || instance === eip.instanceId) &&
      (status === undefined || status === statusOf(cloud, eip)) &&
      (address === undefined || address === eip.address) &&
      hasTags(eip.tags, tags),
  );
  const page = numberedPage(found, call, 100);
  return { ...page.about, EipAddresses: { EipAddress: page.items.map((eip) => shape(cloud, eip)) } };
}

function shape(cloud: AlibabaCloud, eip: Eip): AnswerBody {
  const bound = isBound(cloud, eip);
  return {
    AllocationId: eip.id,
    IpAddress: eip.address,
    Name: '',
    RegionId: eip.regionId,
    Status: statusOf(cloud, eip),
    InstanceId: bound ? eip.instanceId : '',
    InstanceType: bound ? 'EcsInstance' : '',
    Bandwidth: eip.bandwidth,
    ChargeType: 'PostPaid',
    InternetChargeType: 'PayByTraffic',
    AllocationTime: secondStamp(cloud.clock.shown(eip.createdAt)),
    ResourceGroupId: '',
    Tags: { Tag: [...eip.tags].map(([Key, Value]) => ({ Key, Value })) },
  };
}

/** An address outlives the machine it belonged to, and is free then. */
function isBound(cloud: AlibabaCloud, { instanceId }: Eip): boolean {
  return instanceId !== undefined && cloud.instances.get(instanceId) !== undefined;
}

function statusOf(cloud: AlibabaCloud, eip: Eip): string {
  return isBound(cloud, eip) ? 'InUse' : 'Available';
}

function findEip(cloud: AlibabaCloud, id: string): Eip {
  const eip = cloud.eips.get(id);
  if (eip !== undefined) return eip;
  throw new WireError(404, 'InvalidAllocationId.NotFound', 'The specified AllocationId is not found.');
}

function wrongStatus(): WireError {
  return new WireError(
    400,
    'IncorrectEipStatus',
    'The current status of the EIP does not support this operation.',
  );
}
