import type { AlibabaCloud } from '../cloud.js';
import type { VSwitch } from '../network.js';
import type { MachineType } from '../seed.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { invalidParameter, missingParameter, WireError } from '../wire/wire-error.js';
import { readReleaseTime } from './auto-release.js';
import type { SpotTerms } from './instance.js';
import type { MachineOrder } from './machines.js';
import { takesOpenPools } from './private-pools.js';

/** Smallest balance with which the vendor sells pay-as-you-go machines. */
const LEAST_BALANCE = 100;

/** `Amount` machines, or at least `MinAmount` of them, or none. */
export function runInstances(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  return cloud.tokens.once(call, cloud.clock.life(), () => {
    const order = readOrder(cloud, call);
    const amount = grantedAmount(cloud, call, order);
    if (call.flag('DryRun') === true) throw dryRunPassed();
    const suffix = call.flag('UniqueSuffix') === true;
    const instances = Array.from({ length: amount }, (_, index) =>
      cloud.machines.create({ ...named(order, index, suffix), ...taken(cloud, order) }),
    );
    return {
      OrderId: '',
      TradePrice: 0,
      InstanceIdSets: { InstanceIdSet: instances.map(({ id }) => id) },
    };
  });
}

/** One machine out of the account's own pools while they last, then out of what everybody can buy. */
function taken(
  cloud: AlibabaCloud,
  { vswitch, type, openPools }: MachineOrder,
): Pick<MachineOrder, 'privatePool'> {
  const { zoneId } = vswitch;
  const pool = openPools === true ? cloud.privatePools.take(zoneId, type.id, cloud.clock.life()) : undefined;
  if (pool !== undefined) return { privatePool: pool };
  cloud.stock.take(zoneId, type.id, 1);
  return {};
}

export function dryRunPassed(): WireError {
  return new WireError(400, 'DryRunOperation', 'Request validation has been passed with DryRun flag set.');
}

function readOrder(cloud: AlibabaCloud, call: ApiCall): MachineOrder {
  const regionId = call.need('RegionId');
  cloud.region(regionId);
  const type = readType(cloud, call);
  const vswitch = readVSwitch(cloud, call, regionId);
  const imageId = readImage(cloud, call, regionId);
  const securityGroupIds = readSecurityGroups(cloud, call, vswitch);
  const release = call.text('AutoReleaseTime');
  return {
    regionId,
    vswitch,
    type,
    imageId,
    securityGroupIds,
    tags: call.tags(),
    ...optional('name', call.text('InstanceName')),
    ...optional('hostName', call.text('HostName')),
    ...optional('spot', readSpot(call)),
    openPools: takesOpenPools(call, readSpot(call) !== undefined),
    ...optional('userData', call.text('UserData')),
    ...optional('token', call.text('ClientToken')),
    ...(release === undefined ? {} : { autoReleaseAt: readReleaseTime(cloud, release) }),
    deletionProtection: call.flag('DeletionProtection') ?? false,
    publicAddress: (call.number('InternetMaxBandwidthOut') ?? 0) > 0,
    systemDisk: {
      category: call.text('SystemDisk.Category') ?? 'cloud_essd',
      sizeGib: call.number('SystemDisk.Size') ?? 40,
    },
    dataDisks: call.records('DataDisk').map((disk) => ({
      category: disk.get('Category') ?? 'cloud_essd',
      sizeGib: Number(disk.get('Size') ?? 40),
      deleteWithInstance: disk.get('DeleteWithInstance') !== 'false',
    })),
  };
}

function readType(cloud: AlibabaCloud, call: ApiCall): MachineType {
  const type = cloud.types.get(call.need('InstanceType'));
  if (type !== undefined) return type;
  throw new WireError(
    403,
    'InvalidInstanceType.ValueNotSupported',
    'The specified InstanceType does not exist.',
  );
}

function readVSwitch(cloud: AlibabaCloud, call: ApiCall, regionId: string): VSwitch {
  const vswitch = cloud.network.vswitches.get(call.need('VSwitchId'));
  if (vswitch === undefined || vswitch.regionId !== regionId) {
    throw new WireError(404, 'InvalidVSwitchId.NotFound', 'The specified VSwitch does not exist.');
  }
  const zone = call.text('ZoneId');
  if (zone !== undefined && zone !== vswitch.zoneId) {
    const text = 'The specified VSwitchId is not in the specified Zone.';
    throw new WireError(403, 'InvalidParameter.Mismatch', text);
  }
  return vswitch;
}

function readImage(cloud: AlibabaCloud, call: ApiCall, regionId: string): string {
  const id = call.text('ImageId');
  if (id === undefined) throw missingParameter('ImageId');
  if (cloud.network.image(regionId, id) !== undefined) return id;
  throw new WireError(404, 'InvalidImageId.NotFound', 'The specified ImageId does not exist.');
}

function readSecurityGroups(cloud: AlibabaCloud, call: ApiCall, vswitch: VSwitch): readonly string[] {
  const one = call.text('SecurityGroupId');
  const several = call.list('SecurityGroupIds');
  if (one !== undefined && several.length > 0) {
    throw invalidParameter('SecurityGroupIds', 'SecurityGroupId cannot be sent with it');
  }
  const ids = one === undefined ? several : [one];
  if (ids.length === 0) throw missingParameter('SecurityGroupId');
  for (const id of ids) {
    const group = cloud.network.securityGroups.get(id);
    if (group === undefined || group.regionId !== vswitch.regionId) {
      throw new WireError(
        404,
        'InvalidSecurityGroupId.NotFound',
        'The specified SecurityGroupId does not exist.',
      );
    }
    if (group.vpcId !== vswitch.vpcId) {
      const text = 'The specified security group and VSwitch are not in the same VPC.';
      throw new WireError(403, 'InvalidSecurityGroupId.VPCMismatch', text);
    }
  }
  return ids;
}

function readSpot(call: ApiCall): SpotTerms | undefined {
  const strategy = call.text('SpotStrategy') ?? 'NoSpot';
  if (strategy !== 'SpotAsPriceGo' && strategy !== 'SpotWithPriceLimit') return undefined;
  const priceLimit = call.text('SpotPriceLimit');
  return {
    strategy,
    ...optional('priceLimit', priceLimit),
    durationHours: call.number('SpotDuration') ?? 1,
    interruption: call.text('SpotInterruptionBehavior') === 'Stop' ? 'Stop' : 'Terminate',
  };
}

/** What stock, quota and addresses allow. @throws WireError when that is less than the call insists on. */
function grantedAmount(cloud: AlibabaCloud, call: ApiCall, order: MachineOrder): number {
  const amount = call.number('Amount') ?? 1;
  const least = call.number('MinAmount') ?? amount;
  if (least > amount) throw invalidParameter('MinAmount', 'it must not be greater than Amount');
  if (Number(cloud.settings.balance) < LEAST_BALANCE) {
    throw notEnoughBalance();
  }
  const limits: readonly (readonly [number, () => WireError])[] = [
    [quotaLeft(cloud, order), () => quotaExceeded(order.spot !== undefined)],
    [order.vswitch.free, addressesUsedUp],
    [machinesLeft(cloud, order), noStock],
  ];
  for (const [available, refusal] of limits) if (available < least) throw refusal();
  return Math.min(amount, ...limits.map(([available]) => available));
}

function machinesLeft(cloud: AlibabaCloud, { vswitch, type, openPools }: MachineOrder): number {
  const { zoneId } = vswitch;
  const kept = openPools === true ? cloud.privatePools.free(zoneId, type.id, cloud.clock.life()) : 0;
  return kept + cloud.stock.available(zoneId, type.id);
}

function quotaLeft(cloud: AlibabaCloud, { regionId, spot, type }: MachineOrder): number {
  const { vcpuLimit, spotVcpuLimit } = cloud.settings;
  const limit = spot === undefined ? vcpuLimit : spotVcpuLimit;
  if (limit === null) return Infinity;
  return Math.max(0, Math.floor((limit - cloud.machines.vcpusIn(regionId, spot !== undefined)) / type.vcpus));
}

export function quotaExceeded(spot: boolean): WireError {
  const text = `The number of vCPUs assigned to the ${spot ? 'spot' : 'pay-as-you-go'} ECS instances has exceeded the quota in the zone.`;
  return new WireError(403, spot ? 'QuotaExceed.SpotQuota' : 'QuotaExceed.ElasticQuota', text);
}

export function notEnoughBalance(): WireError {
  const text = 'Your account does not have enough balance.';
  return new WireError(403, 'InvalidAccountStatus.NotEnoughBalance', text);
}

export function noStock(): WireError {
  const text =
    'The requested resource is sold out in the specified zone; try other types of resources or other regions and zones.';
  return new WireError(403, 'OperationDenied.NoStock', text);
}

function addressesUsedUp(): WireError {
  const text = 'The specified VSwitch does not have enough IP addresses.';
  return new WireError(400, 'InvalidVSwitchId.IpNotEnough', text);
}

/** `web-[0,3]` counts from 0 with three digits; otherwise a suffix is put on only where it was asked for. */
function named(order: MachineOrder, index: number, suffix: boolean): MachineOrder {
  if (order.name === undefined) return order;
  const counted = /^(.*)\[(\d*),(\d*)\](.*)$/.exec(order.name);
  if (counted === null) return suffix ? { ...order, name: `${order.name}${digits(index + 1, 3)}` } : order;
  const [, before = '', begin = '', width = '', after = ''] = counted;
  return { ...order, name: `${before}${digits(Number(begin) + index, Number(width || 6))}${after}` };
}

function digits(number: number, width: number): string {
  return String(number).padStart(width, '0');
}

function optional<K extends string, V>(name: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, V>);
}
