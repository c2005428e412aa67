import type { InstanceTypeInfo } from '@aws-sdk/client-ec2';
import type { Clock, Money } from '@springtide/kernel';
import type { Offering, Page } from '@springtide/provider-kit';
import type { AwsAccount } from './account.js';
import type { AwsApi, AwsScope } from './aws-api.js';
import { readTypes } from './machine-types.js';
import { toOffering } from './mapping.js';
import type { PriceBook } from './price-book.js';
import { priceOf, type PriceList } from './price-list.js';
import type { QuotasApi } from './quotas-api.js';
import { vcpuLimits } from './quotas.js';
import { interruptionsOf, spotPrices } from './spot.js';
import { vcpuQuotaOf } from './vcpu-pools.js';

type Sources = Readonly<{
  account: AwsAccount;
  api: AwsApi;
  quotas: QuotasApi;
  prices: PriceBook;
  clock: Clock;
}>;

type Known = Readonly<{
  infos: ReadonlyMap<string, InstanceTypeInfo>;
  limits: ReadonlyMap<string, number>;
  spot: ReadonlyMap<string, Money>;
  lists: readonly PriceList[];
}>;

export async function* listOfferings(sources: Sources, at: AwsScope): AsyncIterable<Page<Offering>> {
  const { account, api, quotas, prices, clock } = sources;
  const known: Known = {
    infos: await readTypes(api, at, account.machineTypes),
    limits: await vcpuLimits(account, quotas, at),
    spot: await spotPrices(account, api, at, clock.now()),
    lists: await prices.lists(at),
  };
  let next: string | undefined;
  do {
    const answer = await api.describeInstanceTypeOfferings(at, {
      LocationType: 'availability-zone',
      Filters: [{ Name: 'instance-type', Values: [...account.machineTypes] }],
      ...(next === undefined ? {} : { NextToken: next }),
    });
    next = answer.NextToken === '' ? undefined : answer.NextToken;
    const items = (answer.InstanceTypeOfferings ?? []).flatMap(({ InstanceType = '', Location = '' }) =>
      offeringsOf(account, known, InstanceType, { region: at.region, zone: Location }),
    );
    yield { items, complete: next === undefined };
  } while (next !== undefined);
}

/** On demand, and as spot where the account buys spot and AWS tells a price for it. */
function offeringsOf(
  account: AwsAccount,
  known: Known,
  machineType: string,
  place: Readonly<{ region: string; zone: string }>,
): readonly Offering[] {
  const info = known.infos.get(machineType);
  if (info === undefined) return [];
  const groupOf = (option: 'on-demand' | 'spot'): string | undefined => {
    const code = vcpuQuotaOf(machineType, option);
    return code !== undefined && known.limits.has(code) ? code : undefined;
  };
  const onDemand = toOffering(info, place, {
    price: priceOf(known.lists, place.region, machineType),
    quotaGroup: groupOf('on-demand'),
  });
  if (onDemand === undefined) return [];
  const price = known.spot.get(`${place.zone} ${machineType}`);
  if (price === undefined) return [onDemand];
  const { quotaGroup: _ofOnDemand, ...size } = onDemand;
  const quotaGroup = groupOf('spot');
  const spot: Offering = {
    ...size,
    purchaseOption: 'spot',
    pricePerHour: price,
    ...(quotaGroup === undefined ? {} : { quotaGroup }),
    interruptionPerHour: interruptionsOf(account, machineType),
  };
  return [onDemand, spot];
}
