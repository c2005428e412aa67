import type { Params } from '../wire/wire-call.js';
import { WireError } from '../wire/wire-error.js';
import type { Cloud } from './cloud.js';
import type { ChargeType, Tag } from './machine.js';
import type { Image, Region } from './region.js';
import { machineTypeOf, type MachineType } from './seed.js';
import type { Subnet } from './subnet.js';

const TIMER_LEAD_MS = 5 * 60_000;
const LARGEST_USER_DATA = 16 * 1024;
/** Of those that the vendor has; dedicated hosts and clusters are not simulated. */
const CHARGE_TYPES: readonly string[] = ['POSTPAID_BY_HOUR', 'SPOTPAID', 'PREPAID'];
const MAX_TAGS = 50;
const UNNAMED = '未命名';

type DiskWish = Readonly<{ DiskType?: string; DiskSize?: number; DeleteWithInstance?: boolean }>;

/** Fields of RunInstances that mean something here; the contract has checked their types. */
export type LaunchParams = Readonly<{
  InstanceChargeType?: string;
  InstanceChargePrepaid?: Readonly<{ Period: number }>;
  Placement?: Readonly<{ Zone: string; ProjectId?: number }>;
  InstanceType?: string;
  ImageId?: string;
  SystemDisk?: DiskWish;
  DataDisks?: readonly DiskWish[];
  VirtualPrivateCloud?: Readonly<{ VpcId: string; SubnetId: string }>;
  InternetAccessible?: Readonly<{
    InternetChargeType?: string;
    InternetMaxBandwidthOut?: number;
    PublicIpAssigned?: boolean;
  }>;
  InstanceCount?: number;
  MinCount?: number;
  InstanceName?: string;
  HostName?: string;
  SecurityGroupIds?: readonly string[];
  ClientToken?: string;
  ActionTimer?: Readonly<{ TimerAction?: string; ActionTime?: string }>;
  TagSpecification?: readonly Readonly<{ ResourceType: string; Tags: readonly Tag[] }>[];
  InstanceMarketOptions?: Readonly<{ MarketType?: string; SpotOptions?: Readonly<{ MaxPrice: string }> }>;
  UserData?: string;
  DryRun?: boolean;
  DisableApiTermination?: boolean;
  LaunchTemplate?: unknown;
}>;

export type DiskOrder = Readonly<{ type: string; sizeGib: number; deleteWithMachine: boolean }>;

/** A launch that the rules allow; whether there is room is another question. */
export type LaunchOrder = Readonly<{
  zone: string;
  projectId: number;
  type: MachineType;
  image: Image;
  subnet: Subnet;
  securityGroupIds: readonly string[];
  chargeType: ChargeType;
  months: number;
  count: number;
  minimum: number;
  name: string;
  hostName: string;
  tags: readonly Tag[];
  systemDisk: DiskOrder;
  dataDisks: readonly DiskOrder[];
  internet: Readonly<{ chargeType: string; megabits: number; assigned: boolean }>;
  userData: string;
  timerAt?: number;
  spotMaxFen?: number;
  protectedFromApi: boolean;
}>;

/** @throws WireError for what the vendor's rules refuse. */
export function launchOrderOf(cloud: Cloud, region: Region, raw: Params): LaunchOrder {
  const params = raw as LaunchParams;
  if (params.LaunchTemplate !== undefined) {
    throw new WireError(
      'InvalidParameterValue.LaunchTemplateNotFound',
      'There are no launch templates here.',
    );
  }
  const { Placement, ImageId } = params;
  if (Placement === undefined) throw missing('Placement');
  if (ImageId === undefined) throw missing('ImageId');
  const zone = zoneOf(region, Placement.Zone);
  const type = typeOf(cloud, params.InstanceType);
  const timerAt = timerOf(cloud, params.ActionTimer);
  const charge = chargeOf(cloud, params, type);
  return {
    zone,
    type,
    projectId: Placement.ProjectId ?? 0,
    image: imageOf(region, ImageId),
    subnet: subnetOf(region, zone, params.VirtualPrivateCloud),
    securityGroupIds: groupsOf(region, params.SecurityGroupIds),
    ...charge,
    ...countsOf(cloud, params),
    name: nameOf(params.InstanceName),
    hostName: params.HostName ?? '',
    tags: tagsOf(params.TagSpecification),
    systemDisk: diskOf(cloud, params.SystemDisk, 50),
    dataDisks: (params.DataDisks ?? []).map((disk) => diskOf(cloud, disk, 10)),
    internet: internetOf(params.InternetAccessible),
    userData: userDataOf(params.UserData),
    ...(timerAt === undefined ? {} : { timerAt }),
    protectedFromApi: params.DisableApiTermination ?? false,
  };
}

export function timerOf(cloud: Cloud, timer: LaunchParams['ActionTimer']): number | undefined {
  if (timer === undefined) return undefined;
  if (timer.TimerAction === undefined) throw missing('ActionTimer.TimerAction');
  const text = timer.ActionTime ?? '';
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) {
    throw new WireError(
      'InvalidParameterValue.InvalidTimeFormat',
      `ActionTimer.ActionTime \`${text}\` is malformed.`,
    );
  }
  if (at > cloud.now() + TIMER_LEAD_MS) return at;
  throw new WireError('InvalidParameterValue', 'ActionTimer.ActionTime must be more than 5 minutes ahead.');
}

/** Several names out of one: `{R:3}` counts from 3, `{R:3,F:3}` with leading zeros; else 1, 2, … is appended. */
export function namesOf(name: string, count: number): readonly string[] {
  const pattern = /\{R:(\d+)(?:,F:([0-8]))?\}/g;
  return Array.from({ length: count }, (_, n) => {
    if (!name.includes('{R:')) return count === 1 || name === UNNAMED ? name : `${name}${n + 1}`;
    return name.replace(pattern, (_match, from: string, width?: string) =>
      String(Number(from) + n).padStart(Number(width ?? 0), '0'),
    );
  });
}

function zoneOf(region: Region, zone: string): string {
  if (region.zones.includes(zone)) return zone;
  throw new WireError(
    'InvalidZone.MismatchRegion',
    `The zone \`${zone}\` does not belong to \`${region.name}\`.`,
  );
}

function typeOf(cloud: Cloud, name = 'S5.MEDIUM4'): MachineType {
  const type = machineTypeOf(cloud.seed, name);
  if (type !== undefined) return type;
  const known = /^[A-Z0-9]+\.[A-Z0-9]+$/.test(name);
  throw new WireError(
    known ? 'InvalidParameterValue.InstanceTypeNotFound' : 'InvalidInstanceType.Malformed',
    `The instance type \`${name}\` ${known ? 'does not exist' : 'is malformed'}.`,
  );
}

function imageOf(region: Region, id: string): Image {
  const image = region.images.get(id);
  if (image !== undefined) return image;
  const formed = /^img-[a-z0-9]{8}$/.test(id);
  throw new WireError(
    formed ? 'InvalidImageId.NotFound' : 'InvalidImageId.Malformed',
    `The image \`${id}\` ${formed ? 'is not found' : 'is malformed'}.`,
  );
}

function subnetOf(region: Region, zone: string, wish: LaunchParams['VirtualPrivateCloud']): Subnet {
  const subnet = wish === undefined ? region.subnetOfZone(zone) : region.subnets.get(wish.SubnetId);
  if (wish !== undefined && wish.VpcId !== region.vpc.id) {
    throw new WireError('InvalidParameterValue.VpcIdNotExist', `The VPC \`${wish.VpcId}\` does not exist.`);
  }
  if (subnet === undefined) {
    throw new WireError(
      'InvalidParameterValue.SubnetNotExist',
      `The subnet \`${wish?.SubnetId}\` does not exist.`,
    );
  }
  if (subnet.plan.zone === zone) return subnet;
  throw new WireError(
    'InvalidParameterValue.VpcIdZoneIdNotMatch',
    `The subnet \`${subnet.plan.id}\` is in \`${subnet.plan.zone}\`, not in \`${zone}\`.`,
  );
}

function groupsOf(region: Region, ids: readonly string[] | undefined): readonly string[] {
  if (ids === undefined || ids.length === 0) {
    return [...region.securityGroups.values()].filter(({ isDefault }) => isDefault).map(({ id }) => id);
  }
  const unknown = ids.find((id) => !region.securityGroups.has(id));
  if (unknown === undefined) return ids;
  throw new WireError('InvalidSecurityGroupId.NotFound', `The security group \`${unknown}\` is not found.`);
}

function chargeOf(cloud: Cloud, params: LaunchParams, type: MachineType) {
  const chargeType = params.InstanceChargeType ?? 'POSTPAID_BY_HOUR';
  if (!CHARGE_TYPES.includes(chargeType)) {
    throw new WireError('InvalidParameterValue', `InstanceChargeType \`${chargeType}\` is not supported.`);
  }
  const months = params.InstanceChargePrepaid?.Period ?? 0;
  if (chargeType === 'PREPAID' && months < 1) throw missing('InstanceChargePrepaid');
  const known = { chargeType: chargeType as ChargeType, months };
  const offer = params.InstanceMarketOptions?.SpotOptions?.MaxPrice;
  if (chargeType !== 'SPOTPAID' || offer === undefined) return known;
  const spotMaxFen = Number(offer) * 100;
  if (spotMaxFen >= (type.fenPerHour * cloud.seed.spotPercent) / 100) return { ...known, spotMaxFen };
  throw new WireError(
    'InvalidParameterValue.InsufficientPrice',
    `The price ${offer} is below the spot price.`,
  );
}

function countsOf(cloud: Cloud, params: LaunchParams) {
  const count = params.InstanceCount ?? 1;
  if (count < 1 || count > cloud.settings.maxLaunch) {
    throw new WireError(
      'InvalidParameterValue.LimitExceeded',
      `InstanceCount must be between 1 and ${cloud.settings.maxLaunch}.`,
    );
  }
  const minimum = params.MinCount ?? count;
  if (minimum < 1 || minimum > count) {
    throw new WireError(
      'InvalidParameterValue.InvalidParameterMinCount',
      'MinCount must be from 1 to InstanceCount.',
    );
  }
  return { count, minimum: cloud.settings.partialDelivery ? minimum : count };
}

function nameOf(name = UNNAMED): string {
  if (name.length <= 128) return name;
  throw new WireError('InvalidInstanceName.TooLong', 'InstanceName must not be longer than 128 characters.');
}

function tagsOf(specifications: LaunchParams['TagSpecification']): readonly Tag[] {
  const tags = (specifications ?? []).flatMap(({ ResourceType, Tags }) => {
    if (ResourceType === 'instance') return Tags;
    throw new WireError(
      'InvalidParameterValue',
      `TagSpecification.ResourceType \`${ResourceType}\` is not supported.`,
    );
  });
  checkTags(tags);
  return tags;
}

/** @throws WireError for tags that no resource takes. */
export function checkTags(tags: readonly Tag[]): void {
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
    throw new WireError('InvalidParameterValue.DuplicateTags', 'A tag key is given twice.');
  }
  if (tags.length > MAX_TAGS) {
    throw new WireError(
      'InvalidParameterValue.TagQuotaLimitExceeded',
      `More than ${MAX_TAGS} tags are given.`,
    );
  }
  for (const { Key, Value } of tags) {
    if (/^(qcloud|tencent|project)/i.test(Key)) {
      throw new WireError('FailedOperation.TagKeyReserved', `The tag key \`${Key}\` is reserved.`);
    }
    if (Key === '' || Key.length > 127 || !isTagText(Key)) {
      throw new WireError('FailedOperation.IllegalTagKey', `The tag key \`${Key}\` is illegal.`);
    }
    if (Value.length > 255 || !isTagText(Value)) {
      throw new WireError('FailedOperation.IllegalTagValue', `The tag value \`${Value}\` is illegal.`);
    }
  }
}

/** Letters of any language, digits, spaces and `+ - = . _ : / @ ( ) [ ] ,` and the like. */
function isTagText(text: string): boolean {
  return /^[\p{L}\p{M}\p{N} +\-=._:/@()[\],，（）【】;；]*$/u.test(text);
}

function diskOf(cloud: Cloud, wish: DiskWish | undefined, defaultGib: number): DiskOrder {
  const type = wish?.DiskType ?? 'CLOUD_PREMIUM';
  if (!Object.hasOwn(cloud.seed.diskFenPerGibHour, type)) {
    throw new WireError('InvalidParameterValue', `The disk type \`${type}\` is not supported.`);
  }
  return { type, sizeGib: wish?.DiskSize ?? defaultGib, deleteWithMachine: wish?.DeleteWithInstance ?? true };
}

function internetOf(wish: LaunchParams['InternetAccessible']) {
  const chargeType = wish?.InternetChargeType ?? 'TRAFFIC_POSTPAID_BY_HOUR';
  const megabits = wish?.InternetMaxBandwidthOut ?? 0;
  return { chargeType, megabits, assigned: (wish?.PublicIpAssigned ?? megabits > 0) && megabits > 0 };
}

function userDataOf(text = ''): string {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    throw new WireError('InvalidParameterValue.InvalidUserDataFormat', 'UserData must be encoded in base64.');
  }
  if (Buffer.from(text, 'base64').length <= LARGEST_USER_DATA) return text;
  throw new WireError('InvalidParameterValue.TooLarge', 'UserData must not be larger than 16 KB.');
}

function missing(name: string): WireError {
  return new WireError('MissingParameter', `The request is missing a required parameter \`${name}\`.`);
}
