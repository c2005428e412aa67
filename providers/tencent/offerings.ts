import type { Clock, Money } from '@springtide/kernel';
import type { Offering, Page, Quota } from '@springtide/provider-kit';
import type { TencentAccount } from './account.js';
import { ON_DEMAND, SPOT, diskPriceOf, toOffering } from './mapping.js';
import type { TencentApi, TencentScope } from './tencent-api.js';

const SPOT_GROUP = 'spot-vcpu';
const ON_DEMAND_GROUP = 'on-demand-vcpu';
/** What is priced where the settings name no disk: the cloud then takes a type that it has in stock, of this size. */
const USUAL_SYSTEM_DISK = { type: 'CLOUD_PREMIUM', sizeGib: 50 };
const PAGE_SIZE = 100;
/** Between two pages: the cloud counts calls per second, and somebody else may be listing too. */
const PACE_MS = 30;

/** One answer holds the whole region, what is sold out included. */
export async function* listOfferings(
  account: TencentAccount,
  api: TencentApi,
  at: TencentScope,
): AsyncIterable<Page<Offering>> {
  const { InstanceTypeQuotaSet = [] } = await api.call('cvm', 'DescribeZoneInstanceConfigInfos', at, {
    Filters: [
      { Name: 'instance-charge-type', Values: [ON_DEMAND, SPOT] },
      ...(account.machineTypes === undefined
        ? []
        : [{ Name: 'instance-type', Values: [...account.machineTypes] }]),
    ],
  });
  const diskPerHour = await systemDiskPrice(account, api, at);
  const offerings = new Map<string, Offering>();
  for (const item of InstanceTypeQuotaSet) {
    const spot = item.InstanceChargeType === SPOT;
    const onDemandGroup = account.vcpuLimits[at.region] === undefined ? undefined : ON_DEMAND_GROUP;
    const offering = toOffering(item, at.region, {
      currency: account.currency,
      diskPerHour,
      quotaGroup: spot ? SPOT_GROUP : onDemandGroup,
      interruptionPerHour: account.spotInterruptionPerHour,
    });
    if (offering === undefined || !isUsable(account, at.region, offering.zone)) continue;
    const key = `${offering.zone}/${offering.machineType}/${offering.purchaseOption}`;
    // The same type may be there once per network card: one that can be bought speaks for it.
    if (offerings.get(key) === undefined || offering.stock.level !== 'none') offerings.set(key, offering);
  }
  yield { items: [...offerings.values()], complete: true };
}

/**
 * Per hour, of the system disk that each machine gets: the prices of sizes leave it out, bills do not. It is the same
 * for all sizes and zones of a region, and spot lowers the price of the machine alone.
 */
async function systemDiskPrice(
  { systemDisk = USUAL_SYSTEM_DISK, currency }: Pick<TencentAccount, 'systemDisk' | 'currency'>,
  api: TencentApi,
  at: TencentScope,
): Promise<Money | undefined> {
  const { DiskPrice } = await api.call('cbs', 'InquiryPriceCreateDisks', at, {
    DiskChargeType: ON_DEMAND,
    DiskType: systemDisk.type,
    DiskSize: systemDisk.sizeGib,
  });
  return diskPriceOf(DiskPrice, currency);
}

/**
 * Where the settings name subnets for zones of this region, a zone without one would put its machines into another
 * network, or be refused. A region of which they name no zone uses the default network.
 */
function isUsable({ subnets }: Pick<TencentAccount, 'subnets'>, region: string, zone: string): boolean {
  const isHere = (name: string) =>
    name.startsWith(`${region}-`) && /^\d+$/.test(name.slice(region.length + 1));
  return subnets[zone] !== undefined || !Object.keys(subnets).some(isHere);
}

/**
 * Spot is limited in vCPU by the cloud's own word. Machines by the hour are limited in machines per zone, which says
 * nothing in vCPU; where the account states a limit of its own, what is used of it is counted.
 */
export async function listQuotas(
  account: TencentAccount,
  api: TencentApi,
  at: TencentScope,
  clock: Clock,
): Promise<readonly Quota[]> {
  const { AccountQuotaOverview } = await api.call('cvm', 'DescribeAccountQuota', at, {});
  const spot = AccountQuotaOverview?.AccountQuota?.SpotPaidQuotaSet ?? [];
  const limitVcpu = account.vcpuLimits[at.region];
  const { region } = at;
  return [
    ...(spot.length === 0
      ? []
      : [
          {
            group: SPOT_GROUP,
            region,
            limitVcpu: sum(spot.map(({ TotalQuota }) => TotalQuota)),
            usedVcpu: sum(spot.map(({ UsedQuota }) => UsedQuota)),
          },
        ]),
    ...(limitVcpu === undefined
      ? []
      : [{ group: ON_DEMAND_GROUP, region, limitVcpu, usedVcpu: await countOnDemandVcpu(api, at, clock) }]),
  ];
}

async function countOnDemandVcpu(api: TencentApi, at: TencentScope, clock: Clock): Promise<number> {
  const vcpus = new Map<string, number>();
  for (let offset = 0, total = 1; offset < total;) {
    const answer = await api.call('cvm', 'DescribeInstances', at, {
      Filters: [{ Name: 'instance-charge-type', Values: [ON_DEMAND] }],
      Offset: offset,
      Limit: PAGE_SIZE,
    });
    const rows = answer.InstanceSet ?? [];
    for (const { InstanceId = '', CPU = 0 } of rows) vcpus.set(InstanceId, CPU);
    if (rows.length === 0) break;
    offset += rows.length;
    total = answer.TotalCount ?? 0;
    if (offset < total) await clock.sleep(PACE_MS);
  }
  return sum([...vcpus.values()]);
}

function sum(numbers: readonly (number | null | undefined)[]): number {
  return numbers.reduce<number>((all, each) => all + (each ?? 0), 0);
}
