import type { InstanceTypeInfo } from '@aws-sdk/client-ec2';
import type { Offering, Page, Quota } from '@springtide/provider-kit';
import type { AwsAccount } from './account.js';
import type { AwsApi, AwsScope } from './aws-api.js';
import { isStandardFamily, STATES_NOT_GONE, toOffering } from './mapping.js';
import { priceOf } from './price-list.js';
import { SHIPPED_PRICES } from './shipped-prices.js';

/** AWS's name for the limit that the standard families share, counted in vCPU. */
const STANDARD_ON_DEMAND = 'L-1216C47A';

export async function* listOfferings(
  account: AwsAccount,
  api: AwsApi,
  at: AwsScope,
): AsyncIterable<Page<Offering>> {
  const infos = await readTypes(api, at, account.machineTypes);
  const lists = account.prices === undefined ? SHIPPED_PRICES : [account.prices, ...SHIPPED_PRICES];
  const limited = account.vcpuLimits[at.region] !== undefined;
  let next: string | undefined;
  do {
    const answer = await api.describeInstanceTypeOfferings(at, {
      LocationType: 'availability-zone',
      Filters: [{ Name: 'instance-type', Values: [...account.machineTypes] }],
      ...(next === undefined ? {} : { NextToken: next }),
    });
    next = answer.NextToken === '' ? undefined : answer.NextToken;
    const items = (answer.InstanceTypeOfferings ?? []).flatMap(({ InstanceType = '', Location = '' }) => {
      const info = infos.get(InstanceType);
      if (info === undefined) return [];
      const price = priceOf(lists, at.region, InstanceType);
      const quotaGroup = limited && isStandardFamily(InstanceType) ? STANDARD_ON_DEMAND : undefined;
      return toOffering(info, { region: at.region, zone: Location }, { price, quotaGroup }) ?? [];
    });
    yield { items, complete: next === undefined };
  } while (next !== undefined);
}

/** The limit is the account's setting; what is used is counted from the machines that EC2 lists. */
export async function listQuotas(account: AwsAccount, api: AwsApi, at: AwsScope): Promise<readonly Quota[]> {
  const limitVcpu = account.vcpuLimits[at.region];
  if (limitVcpu === undefined) return [];
  const counts = await countStandardMachines(api, at);
  const infos = await readTypes(api, at, [...counts.keys()]);
  let usedVcpu = 0;
  for (const [machineType, machines] of counts) {
    usedVcpu += machines * (infos.get(machineType)?.VCpuInfo?.DefaultVCpus ?? 0);
  }
  return [{ group: STANDARD_ON_DEMAND, region: at.region, limitVcpu, usedVcpu }];
}

async function countStandardMachines(api: AwsApi, at: AwsScope): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  let next: string | undefined;
  do {
    const answer = await api.describeInstances(at, {
      Filters: [
        { Name: 'instance-state-name', Values: STATES_NOT_GONE.filter((name) => name !== 'stopped') },
      ],
      MaxResults: 1000,
      ...(next === undefined ? {} : { NextToken: next }),
    });
    next = answer.NextToken === '' ? undefined : answer.NextToken;
    for (const { InstanceType = '', InstanceLifecycle } of (answer.Reservations ?? []).flatMap(
      ({ Instances = [] }) => Instances,
    )) {
      if (InstanceLifecycle === 'spot' || !isStandardFamily(InstanceType)) continue;
      counts.set(InstanceType, (counts.get(InstanceType) ?? 0) + 1);
    }
  } while (next !== undefined);
  return counts;
}

/** By filter and not by name: one type that the region does not have would fail the whole call. */
async function readTypes(
  api: AwsApi,
  at: AwsScope,
  machineTypes: readonly string[],
): Promise<ReadonlyMap<string, InstanceTypeInfo>> {
  const infos = new Map<string, InstanceTypeInfo>();
  if (machineTypes.length === 0) return infos;
  let next: string | undefined;
  do {
    const answer = await api.describeInstanceTypes(at, {
      Filters: [{ Name: 'instance-type', Values: [...machineTypes] }],
      MaxResults: 100,
      ...(next === undefined ? {} : { NextToken: next }),
    });
    next = answer.NextToken === '' ? undefined : answer.NextToken;
    for (const info of answer.InstanceTypes ?? []) infos.set(info.InstanceType ?? '', info);
  } while (next !== undefined);
  return infos;
}
