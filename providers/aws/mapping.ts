import type {
  Address,
  Image as AwsImage,
  Instance,
  InstanceTypeInfo,
  LaunchTemplate,
  NetworkInterface,
  RunInstancesCommandInput,
  Subnet,
  Volume,
} from '@aws-sdk/client-ec2';
import type { Money } from '@springtide/kernel';
import {
  readOwnershipTags,
  type Image,
  type LaunchBatch,
  type Machine,
  type MachineState,
  type Network,
  type Offering,
  type PurchaseOption,
  type Satellite,
} from '@springtide/provider-kit';
import type { AwsAccount } from './account.js';
import { placeOf, relation } from './resource-mapping.js';
import { INTENT_TAG, launchTags, nameOf, readLabels, tagMap } from './tags.js';

/** AWS bills Linux by the second, at least one minute. */
const MINIMUM_BILLING_SECONDS = 60;

const STATES: Readonly<Record<string, MachineState | 'gone'>> = {
  pending: 'pending',
  running: 'running',
  stopping: 'stopping',
  stopped: 'stopped',
  'shutting-down': 'terminating',
  terminated: 'gone',
};

export const STATES_NOT_GONE = Object.keys(STATES).filter((name) => STATES[name] !== 'gone');

export function toMachine(instance: Instance, region: string): Machine | 'gone' {
  const state = STATES[instance.State?.Name ?? ''] ?? 'unknown';
  if (state === 'gone') return 'gone';
  const tags = tagMap(instance.Tags);
  const ownership = readOwnershipTags(tags);
  const name = nameOf(tags);
  const reason = instance.StateReason?.Message ?? '';
  return {
    id: instance.InstanceId ?? '',
    name: ownership === undefined ? name : `${name}-${instance.AmiLaunchIndex ?? 0}`,
    state,
    region,
    zone: instance.Placement?.AvailabilityZone ?? '',
    machineType: instance.InstanceType ?? '',
    purchaseOption: purchaseOptionOf(instance),
    addresses: [instance.PrivateIpAddress, instance.PublicIpAddress, instance.Ipv6Address].flatMap(
      (address) => (address ? [address] : []),
    ),
    ...(instance.ImageId === undefined ? {} : { image: instance.ImageId }),
    ...(instance.LaunchTime === undefined ? {} : { launchedAt: instance.LaunchTime.toISOString() }),
    ...(ownership === undefined ? {} : { ownership }),
    labels: readLabels(tags),
    relations: [
      ...placeOf(instance.SubnetId, instance.SecurityGroups),
      relation('made-from', 'image', instance.ImageId),
    ].filter((each) => each !== undefined),
    ...(reason === '' ? {} : { stateReason: reason }),
  };
}

export function purchaseOptionOf({ InstanceLifecycle }: Pick<Instance, 'InstanceLifecycle'>): PurchaseOption {
  return InstanceLifecycle === 'spot' ? 'spot' : 'on-demand';
}

/** One machine, once: AWS ends it when it wants it back, and does not start another. */
export function spotOptions(maxPricePerHour: string | undefined) {
  return {
    SpotInstanceType: 'one-time' as const,
    InstanceInterruptionBehavior: 'terminate' as const,
    ...(maxPricePerHour === undefined ? {} : { MaxPrice: maxPricePerHour }),
  };
}

/** The same tags on everything that the call creates, so that nothing outlives its machine unseen. */
export function toRunInstances(
  batch: LaunchBatch,
  subnet: string | undefined,
  maxSpotPrice?: string,
): RunInstancesCommandInput {
  const tags = launchTags(batch);
  return {
    ClientToken: batch.token,
    ImageId: batch.image,
    InstanceType: batch.machineType as NonNullable<RunInstancesCommandInput['InstanceType']>,
    MinCount: batch.minimum,
    MaxCount: batch.count,
    Placement: { AvailabilityZone: batch.zone },
    ...(subnet === undefined ? {} : { SubnetId: subnet }),
    ...(batch.securityGroups.length === 0 ? {} : { SecurityGroupIds: [...batch.securityGroups] }),
    ...(batch.userData === undefined
      ? {}
      : { UserData: Buffer.from(batch.userData, 'utf8').toString('base64') }),
    TagSpecifications: (['instance', 'volume', 'network-interface'] as const).map((ResourceType) => ({
      ResourceType,
      Tags: tags,
    })),
    ...(batch.purchaseOption === 'spot'
      ? { InstanceMarketOptions: { MarketType: 'spot', SpotOptions: spotOptions(maxSpotPrice) } }
      : {}),
    // A machine that shuts itself down ends, and with it the bill.
    InstanceInitiatedShutdownBehavior: 'terminate',
    MetadataOptions: { HttpTokens: 'required', HttpEndpoint: 'enabled' },
  };
}

export function archOf(architectures: readonly (string | undefined)[]): 'amd64' | 'arm64' | undefined {
  if (architectures.includes('x86_64')) return 'amd64';
  return architectures.includes('arm64') ? 'arm64' : undefined;
}

/** Undefined for a type that cannot be planned with. */
export function toOffering(
  info: InstanceTypeInfo,
  place: Readonly<{ region: string; zone: string }>,
  extras: Readonly<{ price: Money | undefined; quotaGroup: string | undefined }>,
): Offering | undefined {
  const machineType = info.InstanceType;
  const arch = archOf(info.ProcessorInfo?.SupportedArchitectures ?? []);
  const vcpu = info.VCpuInfo?.DefaultVCpus;
  const memoryMiB = info.MemoryInfo?.SizeInMiB;
  if (machineType === undefined || arch === undefined || !vcpu || !memoryMiB) return undefined;
  return {
    ...place,
    machineType,
    family: familyOf(machineType),
    arch,
    purchaseOption: 'on-demand',
    vcpu,
    memoryMiB,
    ...(extras.price === undefined ? {} : { pricePerHour: extras.price }),
    minimumBillingSeconds: MINIMUM_BILLING_SECONDS,
    // AWS tells nobody how much on-demand stock it has.
    stock: { level: 'unknown' },
    ...(extras.quotaGroup === undefined ? {} : { quotaGroup: extras.quotaGroup }),
    interruptionPerHour: 0,
  };
}

export function familyOf(machineType: string): string {
  return machineType.split('.')[0] ?? machineType;
}

export function toNetwork(subnet: Subnet, region: string, { subnets }: Pick<AwsAccount, 'subnets'>): Network {
  const id = subnet.SubnetId ?? '';
  const named = subnets[subnet.AvailabilityZone ?? ''];
  const takesUnnamed = named === undefined ? subnet.DefaultForAz === true : named === id;
  return {
    id,
    name: nameOf(tagMap(subnet.Tags)) || id,
    region,
    ...(subnet.AvailabilityZone === undefined ? {} : { zone: subnet.AvailabilityZone }),
    ...(subnet.CidrBlock === undefined ? {} : { cidr: subnet.CidrBlock }),
    ...(subnet.AvailableIpAddressCount === undefined
      ? {}
      : { freeAddresses: subnet.AvailableIpAddressCount }),
    ...(takesUnnamed ? { takesUnnamed } : {}),
  };
}

export function toImage(image: AwsImage, region: string): Image {
  const id = image.ImageId ?? '';
  return {
    id,
    name: image.Name ?? id,
    region,
    arch: image.Architecture === 'arm64' ? 'arm64' : 'amd64',
    ...(image.CreationDate === undefined ? {} : { createdAt: image.CreationDate }),
  };
}

export function diskSatellite(volume: Volume, region: string): Satellite {
  return satellite('disk', volume.VolumeId, region, tagMap(volume.Tags).get(INTENT_TAG));
}

export function interfaceSatellite(nic: NetworkInterface, region: string): Satellite {
  const intent = tagMap(nic.TagSet).get(INTENT_TAG);
  return satellite('network-interface', nic.NetworkInterfaceId, region, intent);
}

export function addressSatellite(address: Address, region: string): Satellite {
  return satellite('address', address.AllocationId, region, tagMap(address.Tags).get(INTENT_TAG));
}

export function templateSatellite(template: LaunchTemplate, region: string): Satellite {
  const intent = tagMap(template.Tags).get(INTENT_TAG);
  return satellite('other', template.LaunchTemplateId, region, intent);
}

function satellite(
  kind: Satellite['kind'],
  id: string | undefined,
  region: string,
  intent: string | undefined,
): Satellite {
  return { id: id ?? '', kind, region, ...(intent === undefined ? {} : { intent }) };
}
