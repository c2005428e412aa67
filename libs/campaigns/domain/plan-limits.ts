import type { MarketNetwork, MarketOffering, MarketSnapshot } from '@springtide/catalog/domain';
import type { PlanPool } from '@springtide/contracts';

/** Something that machines use up and of which there is only so much, as it was when the plan was made. */
export type PlanLimit = Readonly<{
  /** The same in every plan that draws on it. */
  id: string;
  kind: 'stock' | 'quota' | 'hosts' | 'addresses' | 'link';
  /** Read by people in the plan's reasons. */
  name: string;
  unit: 'machines' | 'vCPU' | 'addresses' | 'Mbit/s';
  free: number;
  /** What one machine of each of these pools takes; where it depends on what the machine does, for a service alone. */
  takes: readonly Readonly<{ poolId: string; each: number; service?: string }>[];
}>;

/** A pool that the plan may use, and the offering it came from. */
export type KeptOffering = Readonly<{ pool: PlanPool; offering: MarketOffering }>;

/** Every limit of the kept pools that clouds have told; what nobody told is no limit. */
export function limitsOf(kept: readonly KeptOffering[], market: MarketSnapshot): readonly PlanLimit[] {
  return [
    ...kept.map(({ pool }) => stockLimit(pool)),
    ...quotaLimits(kept, market),
    ...hostLimits(kept),
    ...addressLimits(kept, market.networks),
  ];
}

type Place = Pick<PlanPool, 'accountId' | 'region' | 'zone' | 'machineType' | 'purchaseOption'>;

/** The market knows a pool by its place; its id is a name of the plan. */
export function stockId({ accountId, region, zone, machineType, purchaseOption }: Place): string {
  return ['stock', accountId, region, zone, machineType, purchaseOption].join('/');
}

export function stockLimit(pool: PlanPool): PlanLimit {
  const takes = [{ poolId: pool.id, each: 1 }];
  return { id: stockId(pool), kind: 'stock', name: pool.id, unit: 'machines', free: pool.cap, takes };
}

function quotaLimits(kept: readonly KeptOffering[], { quotas }: MarketSnapshot): readonly PlanLimit[] {
  return quotas.flatMap((quota): PlanLimit[] => {
    const { accountId, region, group, limitVcpu, usedVcpu } = quota;
    const own = kept.filter(
      ({ pool, offering }) =>
        pool.purchaseOption !== 'private' &&
        pool.accountId === accountId &&
        pool.region === region &&
        offering.quotaGroup === group,
    );
    const [first] = own;
    if (first === undefined) return [];
    return [
      {
        ...{ id: ['quota', accountId, region, group].join('/'), kind: 'quota', unit: 'vCPU' },
        name: [first.pool.accountName, region, group].join('/'),
        free: Math.max(0, limitVcpu - usedVcpu),
        takes: byVcpu(own),
      },
    ];
  });
}

/**
 * Private types of one zone stand on the same hosts: each says how many would fit if it were alone. Together they get the
 * vCPUs that the roomiest of them would fill.
 */
function hostLimits(kept: readonly KeptOffering[]): readonly PlanLimit[] {
  const own = kept.filter(({ pool }) => pool.purchaseOption === 'private');
  const zones = Map.groupBy(own, ({ pool }) => ['hosts', pool.accountId, pool.region, pool.zone].join('/'));
  return [...zones].map(([id, types]) => ({
    ...{ id, kind: 'hosts', unit: 'vCPU' },
    name: hostsName(types),
    free: Math.max(...types.map(({ pool, offering }) => pool.cap * offering.vcpu)),
    takes: byVcpu(types),
  }));
}

function hostsName([first]: readonly KeptOffering[]): string {
  return first === undefined ? '' : `${first.pool.accountName}/${first.pool.region}/${first.pool.zone}/hosts`;
}

function byVcpu(kept: readonly KeptOffering[]): PlanLimit['takes'] {
  return kept.map(({ pool, offering }) => ({ poolId: pool.id, each: offering.vcpu }));
}

/** One machine, one address. */
function addressLimits(
  kept: readonly KeptOffering[],
  networks: readonly MarketNetwork[],
): readonly PlanLimit[] {
  const placed = kept.flatMap(({ pool }) => {
    const network = networkFor(pool, networks);
    return network === undefined ? [] : [{ pool, network, id: addressId(network) }];
  });
  return [...Map.groupBy(placed, ({ id }) => id)].flatMap(([id, own]): PlanLimit[] => {
    const [first] = own;
    if (first === undefined) return [];
    const { pool, network } = first;
    return [
      {
        ...{ id, kind: 'addresses', unit: 'addresses' },
        name: [pool.accountName, network.region, labelOf(network)].join('/'),
        free: network.freeAddresses,
        takes: own.map((one) => ({ poolId: one.pool.id, each: 1 })),
      },
    ];
  });
}

function addressId({ accountId, region, id }: MarketNetwork): string {
  return ['addresses', accountId, region, id].join('/');
}

function labelOf({ id, name }: MarketNetwork): string {
  return name === id ? id : `${name} (${id})`;
}

type CountedNetwork = MarketNetwork & Readonly<{ freeAddresses: number }>;

/**
 * Where a pool's machines get their addresses, as launches name no network: the one that the cloud or the account's settings
 * say, otherwise the roomiest of all that reach into the zone. Undefined where the cloud does not count the addresses of each
 * of them: it might be one of those.
 */
export function networkFor(
  { accountId, region, zone }: Pick<PlanPool, 'accountId' | 'region' | 'zone'>,
  networks: readonly MarketNetwork[],
): CountedNetwork | undefined {
  const reaching = networks.filter(
    (network) =>
      network.accountId === accountId &&
      network.region === region &&
      (network.zone === undefined || network.zone === zone),
  );
  const told = reaching.filter(({ takesUnnamed }) => takesUnnamed === true);
  const usable = told.length > 0 ? told : reaching;
  const counted = usable.filter((one): one is CountedNetwork => one.freeAddresses !== undefined);
  if (counted.length < usable.length) return undefined;
  return counted.toSorted((a, b) => b.freeAddresses - a.freeAddresses)[0];
}
