import { SpringtideError } from '@springtide/kernel';
import {
  readOwnershipTags,
  type LaunchBatch,
  type Machine,
  type MachineState,
  type Network,
  type Relation,
} from '@springtide/provider-kit';
import type { AlibabaAccount } from './account.js';
import type { Parameters } from './parameters.js';
import { toReleaseTime } from './release-time.js';
import { creationTags, readLabels } from './tags.js';
import { tagsOf, type WireInstance, type WireVSwitch } from './wire.js';

/** Digits of the number that the cloud puts after a batch's name: a batch has at most 100 machines. */
const NAME_DIGITS = 3;
const MOST_TAGS = 20;

const STATES: Readonly<Record<string, MachineState>> = {
  Pending: 'pending',
  Starting: 'pending',
  Running: 'running',
  Stopping: 'stopping',
  Stopped: 'stopped',
};

export function toMachine(instance: WireInstance, region: string): Machine {
  const tags = tagsOf(instance.Tags);
  const ownership = readOwnershipTags(tags);
  const [lock] = instance.OperationLocks?.LockReason ?? [];
  const reason = lock?.LockMsg || lock?.LockReason;
  const name = instance.InstanceName ?? '';
  return {
    id: instance.InstanceId,
    name: ownership === undefined ? name : numbered(name),
    state: STATES[instance.Status ?? ''] ?? 'unknown',
    region,
    zone: instance.ZoneId ?? '',
    machineType: instance.InstanceType ?? '',
    purchaseOption: purchaseOptionOf(instance),
    addresses: addressesOf(instance),
    ...(instance.ImageId ? { image: instance.ImageId } : {}),
    ...(instance.CreationTime ? { launchedAt: toFullInstant(instance.CreationTime) } : {}),
    ...(ownership === undefined ? {} : { ownership }),
    labels: readLabels(tags),
    relations: relationsOf(instance),
    ...(reason ? { stateReason: reason } : {}),
    // Five minutes before it takes a spot machine back, while that still runs.
    ...(lock?.LockReason === 'Recycling' ? { notice: reason ?? lock.LockReason } : {}),
  };
}

/** `<prefix>-007` as the cloud writes it is machine `<prefix>-7`. */
function numbered(name: string): string {
  return name.replace(/-0*(\d+)$/, '-$1');
}

function purchaseOptionOf({ SpotStrategy, InstanceChargeType }: WireInstance): Machine['purchaseOption'] {
  if (SpotStrategy && SpotStrategy !== 'NoSpot') return 'spot';
  return InstanceChargeType === 'PrePaid' ? 'reserved' : 'on-demand';
}

function addressesOf({ VpcAttributes, PublicIpAddress, EipAddress }: WireInstance): string[] {
  const all = [
    ...(VpcAttributes?.PrivateIpAddress?.IpAddress ?? []),
    ...(PublicIpAddress?.IpAddress ?? []),
    EipAddress?.IpAddress ?? '',
  ];
  return all.filter((each) => each !== '');
}

/** Its interfaces tell that they are attached to it, and its router is that of its network. */
function relationsOf({ VpcAttributes, SecurityGroupIds, ImageId }: WireInstance): Relation[] {
  const relations = [
    relation('inside', 'network', VpcAttributes?.VSwitchId),
    ...(SecurityGroupIds?.SecurityGroupId ?? []).map((id) => relation('guarded-by', 'security-group', id)),
    relation('made-from', 'image', ImageId),
  ];
  return relations.filter((each) => each !== undefined);
}

export function relation(
  kind: Relation['kind'],
  to: Relation['to'],
  id: string | null | undefined,
): Relation | undefined {
  return id ? { kind, to, id } : undefined;
}

/** A launch that names no vSwitch goes to the one that the account's settings have for its zone. */
export function toNetwork(
  { VSwitchId: id, VSwitchName, ZoneId, CidrBlock, AvailableIpAddressCount: free }: WireVSwitch,
  region: string,
  { subnets }: Pick<AlibabaAccount, 'subnets'>,
): Network {
  return {
    id,
    name: VSwitchName ?? id,
    region,
    ...(ZoneId === undefined ? {} : { zone: ZoneId }),
    ...(CidrBlock === undefined ? {} : { cidr: CidrBlock }),
    ...(typeof free === 'number' ? { freeAddresses: free } : {}),
    ...(subnets[ZoneId ?? ''] === id ? { takesUnnamed: true } : {}),
  };
}

/** The cloud leaves the seconds of a creation time out. */
export function toFullInstant(time: string): string {
  const date = new Date(time.replace(/T(\d{2}:\d{2})Z$/, 'T$1:00Z'));
  return Number.isNaN(date.getTime()) ? time : date.toISOString();
}

/**
 * The same tags on everything that the call creates, so that nothing outlives its machine unseen.
 * @throws invalid-argument for more tags than the cloud takes.
 */
export function toRunInstances(
  batch: LaunchBatch,
  account: Pick<AlibabaAccount, 'subnets' | 'securityGroups' | 'systemDisk'>,
  now: Date,
): Parameters {
  const tags = creationTags(batch.ownership, batch.labels);
  if (tags.length > MOST_TAGS) throw tooManyTags(tags.length);
  const { securityGroups, systemDisk } = account;
  return {
    RegionId: batch.region,
    ZoneId: batch.zone,
    ImageId: batch.image,
    InstanceType: batch.machineType,
    InstanceName: `${batch.namePrefix}-[0,${NAME_DIGITS}]`,
    Amount: batch.count,
    // Left out, the cloud creates all or nothing.
    MinAmount: batch.minimum < batch.count ? batch.minimum : undefined,
    ClientToken: batch.token,
    VSwitchId: batch.subnet ?? account.subnets[batch.zone],
    SecurityGroupIds: batch.securityGroups.length === 0 ? securityGroups : batch.securityGroups,
    InstanceChargeType: 'PostPaid',
    SpotStrategy: batch.purchaseOption === 'spot' ? 'SpotAsPriceGo' : 'NoSpot',
    // Capacity that is set aside is taken first; left out, the cloud would leave it lying. Spot machines may not ask for it.
    ...(batch.purchaseOption === 'spot'
      ? { SpotDuration: 0, SpotInterruptionBehavior: 'Terminate' }
      : { 'PrivatePoolOptions.MatchCriteria': 'Open' }),
    'SystemDisk.Category': systemDisk.category,
    'SystemDisk.Size': String(systemDisk.sizeGib),
    InternetMaxBandwidthOut: 0,
    HttpEndpoint: 'enabled',
    HttpTokens: 'required',
    AutoReleaseTime: batch.releaseAt === undefined ? undefined : toReleaseTime(batch.releaseAt, now),
    Tag: tags,
  };
}

/** User data may be longer than an address line; both signatures take parameters in the body as well. */
export function toRunInstancesBody({ userData }: LaunchBatch): Parameters | undefined {
  if (userData === undefined) return undefined;
  return { UserData: Buffer.from(userData, 'utf8').toString('base64') };
}

function tooManyTags(count: number): SpringtideError {
  return new SpringtideError(
    'invalid-argument',
    `the labels and the ownership mark together are ${count} tags, and Alibaba Cloud takes ${MOST_TAGS} in a create call; nothing was created`,
    { nextStep: 'Drop labels from the template.' },
  );
}
