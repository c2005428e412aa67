import { addMoney, money, type Money } from '@springtide/kernel';
import {
  readOwnershipTags,
  type Image,
  type Machine,
  type MachineState,
  type Network,
  type Offering,
  type PurchaseOption,
  type Relation,
} from '@springtide/provider-kit';
import type { Price as DiskPrice } from 'tencentcloud-sdk-nodejs/tencentcloud/services/cbs/v20170312/cbs_models.js';
import type {
  Image as TencentImage,
  Instance,
  InstanceTypeQuotaItem,
  ItemPrice,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/cvm/v20170312/cvm_models.js';
import type { Subnet } from 'tencentcloud-sdk-nodejs/tencentcloud/services/vpc/v20170312/vpc_models.js';
import type { TencentAccount } from './account.js';
import { readLabels, tagMap } from './tags.js';

/** Tencent bills machines by the hour for every second that they run. */
const MINIMUM_BILLING_SECONDS = 1;

export const ON_DEMAND = 'POSTPAID_BY_HOUR';
export const SPOT = 'SPOTPAID';

const STATES: Readonly<Record<string, MachineState | 'gone'>> = {
  PENDING: 'pending',
  LAUNCH_FAILED: 'failed',
  RUNNING: 'running',
  STARTING: 'pending',
  REBOOTING: 'running',
  STOPPING: 'stopping',
  STOPPED: 'stopped',
  SHUTDOWN: 'terminating',
  TERMINATING: 'terminating',
  TERMINATED: 'gone',
};

const OPTIONS: Readonly<Record<string, PurchaseOption>> = {
  [ON_DEMAND]: 'on-demand',
  [SPOT]: 'spot',
  PREPAID: 'reserved',
};

export function toMachine(instance: Instance, region: string): Machine | 'gone' {
  const state = STATES[instance.InstanceState ?? ''] ?? 'unknown';
  if (state === 'gone') return 'gone';
  const tags = tagMap(instance.Tags);
  const ownership = readOwnershipTags(tags);
  const reason = instance.LatestOperationErrorMsg ?? '';
  const launchedAt = instantOf(instance.CreatedTime);
  return {
    id: instance.InstanceId ?? '',
    name: instance.InstanceName ?? '',
    state,
    region,
    zone: instance.Placement?.Zone ?? '',
    machineType: instance.InstanceType ?? '',
    purchaseOption: OPTIONS[instance.InstanceChargeType ?? ''] ?? 'on-demand',
    addresses: [
      ...(instance.PrivateIpAddresses ?? []),
      ...(instance.PublicIpAddresses ?? []),
      ...(instance.IPv6Addresses ?? []),
    ],
    ...(instance.ImageId ? { image: instance.ImageId } : {}),
    ...(launchedAt === undefined ? {} : { launchedAt }),
    ...(ownership === undefined ? {} : { ownership }),
    labels: readLabels(tags),
    relations: relationsOf(instance),
    ...(reason === '' && state !== 'failed' ? {} : { stateReason: reason || 'LAUNCH_FAILED' }),
  };
}

function relationsOf(instance: Instance): readonly Relation[] {
  const subnet = instance.VirtualPrivateCloud?.SubnetId;
  const host = instance.Placement?.HostId;
  return [
    ...(subnet ? [{ kind: 'inside', to: 'network', id: subnet } as const] : []),
    ...(instance.SecurityGroupIds ?? []).map(
      (id) => ({ kind: 'guarded-by', to: 'security-group', id }) as const,
    ),
    ...(instance.ImageId ? [{ kind: 'made-from', to: 'image', id: instance.ImageId } as const] : []),
    ...(host ? [{ kind: 'runs-on', to: 'host', id: host } as const] : []),
  ];
}

/** Undefined for what cannot be planned with: no size, or another way of paying. */
export function toOffering(
  item: InstanceTypeQuotaItem,
  region: string,
  extras: Readonly<{
    currency: string;
    /** Of the system disk; a machine whose disk has no known price has none either. */
    diskPerHour: Money | undefined;
    quotaGroup: string | undefined;
    interruptionPerHour: number;
  }>,
): Offering | undefined {
  const purchaseOption = OPTIONS[item.InstanceChargeType ?? ''];
  const { Zone: zone, InstanceType: machineType, Cpu: vcpu, Memory: memoryGib } = item;
  if (purchaseOption === undefined || purchaseOption === 'reserved') return undefined;
  if (!zone || !machineType || !vcpu || !memoryGib) return undefined;
  const bare = priceOf(item.Price, extras.currency);
  const { diskPerHour } = extras;
  const pricePerHour =
    bare === undefined || diskPerHour === undefined ? undefined : addMoney(bare, diskPerHour);
  return {
    region,
    zone,
    machineType,
    family: item.InstanceFamily || (machineType.split('.')[0] ?? machineType),
    arch: /ampere|kunpeng|arm/i.test(item.CpuType ?? '') ? 'arm64' : 'amd64',
    purchaseOption,
    vcpu,
    memoryMiB: memoryGib * 1_024,
    ...(pricePerHour === undefined ? {} : { pricePerHour }),
    minimumBillingSeconds: MINIMUM_BILLING_SECONDS,
    stock: { level: stockOf(item) },
    ...(extras.quotaGroup === undefined ? {} : { quotaGroup: extras.quotaGroup }),
    interruptionPerHour: purchaseOption === 'spot' ? extras.interruptionPerHour : 0,
  };
}

const STOCK: Readonly<Record<string, Offering['stock']['level']>> = {
  EnoughStock: 'enough',
  NormalStock: 'normal',
  UnderStock: 'low',
  WithoutStock: 'none',
};

function stockOf(item: InstanceTypeQuotaItem): Offering['stock']['level'] {
  if (item.Status === 'SOLD_OUT') return 'none';
  return STOCK[item.StatusCategory ?? ''] ?? 'unknown';
}

/** Per hour, what the account pays. The plain figures are rounded to hundredths, which is 5 % of a small disk's price. */
export function diskPriceOf(price: DiskPrice | undefined, currency: string): Money | undefined {
  const plain = price?.UnitPriceDiscount ?? price?.UnitPrice;
  const perHour = price?.UnitPriceDiscountHigh ?? price?.UnitPriceHigh ?? plain;
  if (price?.ChargeUnit !== 'HOUR' || perHour === undefined || perHour === null) return undefined;
  return money(currency, perHour);
}

/** What the account pays, its discount included. A price of zero is no price: it would be bought first. */
function priceOf(price: ItemPrice | undefined, currency: string): Money | undefined {
  const perHour = price?.UnitPriceDiscount ?? price?.UnitPrice;
  if (price?.ChargeUnit !== 'HOUR' || perHour === undefined || !(perHour > 0)) return undefined;
  return money(currency, perHour);
}

export function toNetwork(
  subnet: Subnet,
  region: string,
  { subnets }: Pick<TencentAccount, 'subnets'>,
): Network {
  const id = subnet.SubnetId ?? '';
  const named = subnets[subnet.Zone ?? ''];
  const takesUnnamed = named === undefined ? subnet.IsDefault === true : named === id;
  return {
    id,
    name: subnet.SubnetName || id,
    region,
    ...(subnet.Zone ? { zone: subnet.Zone } : {}),
    ...(subnet.CidrBlock ? { cidr: subnet.CidrBlock } : {}),
    ...(subnet.AvailableIpAddressCount === undefined
      ? {}
      : { freeAddresses: subnet.AvailableIpAddressCount }),
    ...(takesUnnamed ? { takesUnnamed } : {}),
  };
}

export function toImage(image: TencentImage, region: string): Image {
  const id = image.ImageId ?? '';
  const createdAt = instantOf(image.CreatedTime);
  return {
    id,
    name: image.ImageName || id,
    region,
    arch: image.Architecture === 'arm' ? 'arm64' : 'amd64',
    ...(createdAt === undefined ? {} : { createdAt }),
  };
}

/** ISO 8601 where the product speaks it; its own `YYYY-MM-DD hh:mm:ss` is Beijing time. */
export function instantOf(text: string | null | undefined): string | undefined {
  if (!text) return undefined;
  const time = Date.parse(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text) ? `${text.replace(' ', 'T')}+08:00` : text,
  );
  return Number.isNaN(time) || time <= 0 ? undefined : new Date(time).toISOString();
}
