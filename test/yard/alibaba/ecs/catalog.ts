import type { AlibabaCloud } from '../cloud.js';
import type { MachineType } from '../seed.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';

const DISK_CATEGORIES = ['cloud_essd', 'cloud_efficiency', 'cloud_ssd'];

export function describeRegions(cloud: AlibabaCloud): AnswerBody {
  const regions = [...cloud.regions.values()].map(({ regionId, localName }) => ({
    RegionId: regionId,
    LocalName: localName,
    RegionEndpoint: `ecs.${regionId}.aliyuncs.com`,
    Status: 'available',
  }));
  return { Regions: { Region: regions } };
}

export function describeZones(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const types = [...cloud.types.keys()];
  const zones = cloud.region(call.need('RegionId')).zones.map((zone) => ({
    ZoneId: zone,
    ZoneType: 'AvailabilityZone',
    LocalName: zone,
    AvailableInstanceTypes: { InstanceTypes: types },
    AvailableDiskCategories: { DiskCategories: DISK_CATEGORIES },
    AvailableResourceCreation: { ResourceTypes: ['VSwitch', 'IoOptimized', 'Instance', 'Disk'] },
  }));
  return { Zones: { Zone: zones } };
}

export function describeInstanceTypes(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const wanted = call.list('InstanceTypes');
  const family = call.text('InstanceTypeFamily');
  const cpus = call.number('MinimumCpuCoreCount') ?? 0;
  const memory = call.number('MinimumMemorySize') ?? 0;
  const types = [...cloud.types.values()].filter(
    (type) =>
      (wanted.length === 0 || wanted.includes(type.id)) &&
      (family === undefined || family === type.family) &&
      type.vcpus >= cpus &&
      type.memoryGib >= memory,
  );
  const from = Number(call.text('NextToken') ?? 0);
  const size = Math.min(call.number('MaxResults') ?? 100, 100);
  const next = from + size < types.length ? String(from + size) : '';
  return { NextToken: next, InstanceTypes: { InstanceType: types.slice(from, from + size).map(typeShape) } };
}

function typeShape(type: MachineType): AnswerBody {
  return {
    InstanceTypeId: type.id,
    InstanceTypeFamily: type.family,
    InstanceFamilyLevel: 'EnterpriseLevel',
    InstanceCategory: 'General-purpose',
    CpuCoreCount: type.vcpus,
    CpuArchitecture: 'X86',
    MemorySize: type.memoryGib,
    GPUAmount: 0,
    GPUSpec: '',
    EniQuantity: 4,
    EniPrivateIpAddressQuantity: 10,
    InstanceBandwidthRx: type.vcpus * 1_024_000,
    InstanceBandwidthTx: type.vcpus * 1_024_000,
    DiskQuantity: 17,
  };
}

/** What could be bought right now, by zone: the stock of the simulator as the vendor would show it. */
export function describeAvailableResource(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const region = cloud.region(call.need('RegionId'));
  const zone = call.text('ZoneId');
  const wanted = call.text('InstanceType');
  const cores = call.number('Cores');
  const memory = call.number('Memory');
  const types = [...cloud.types.values()].filter(
    (type) =>
      (wanted === undefined || wanted === type.id) &&
      (cores === undefined || cores === type.vcpus) &&
      (memory === undefined || memory === type.memoryGib),
  );
  const zones = region.zones
    .filter((zoneId) => zone === undefined || zone === zoneId)
    .map((zoneId) => zoneShape(cloud, region.regionId, zoneId, types, call.need('DestinationResource')));
  return { AvailableZones: { AvailableZone: zones } };
}

function zoneShape(
  cloud: AlibabaCloud,
  regionId: string,
  zoneId: string,
  types: readonly MachineType[],
  destination: string,
): AnswerBody {
  const values = destination.endsWith('Disk') ? DISK_CATEGORIES : types.map(({ id }) => id);
  const resources = values.map((value) => {
    const isThere = cloud.stock.available(zoneId, value) > 0;
    return {
      Value: value,
      Status: isThere ? 'Available' : 'SoldOut',
      StatusCategory: isThere ? 'WithStock' : 'WithoutStock',
    };
  });
  const isAny = resources.some(({ Status }) => Status === 'Available');
  return {
    RegionId: regionId,
    ZoneId: zoneId,
    Status: isAny ? 'Available' : 'SoldOut',
    StatusCategory: isAny ? 'WithStock' : 'WithoutStock',
    AvailableResources: {
      AvailableResource: [{ Type: destination, SupportedResources: { SupportedResource: resources } }],
    },
  };
}

/** Quotas in the older form: vCPUs of pay-as-you-go and of spot machines. */
export function describeAccountAttributes(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const { vcpuLimit, spotVcpuLimit } = cloud.settings;
  const regionId = call.text('RegionId') ?? '';
  const values: Readonly<Record<string, number>> = {
    'max-postpaid-instance-vcpu-count': vcpuLimit ?? 1_000_000,
    'max-spot-instance-vcpu-count': spotVcpuLimit ?? 1_000_000,
    'used-postpaid-instance-vcpu-count': cloud.machines.vcpusIn(regionId, false),
    'used-spot-instance-vcpu-count': cloud.machines.vcpusIn(regionId, true),
  };
  const wanted = call.list('AttributeName');
  const items = Object.entries(values)
    .filter(([name]) => wanted.length === 0 || wanted.includes(name))
    .map(([AttributeName, value]) => ({
      AttributeName,
      AttributeValues: { ValueItem: [{ Value: String(value) }] },
    }));
  return { AccountAttributeItems: { AccountAttributeItem: items } };
}
