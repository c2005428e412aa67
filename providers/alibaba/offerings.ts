import { asSpringtideError, type Clock, type Money } from '@springtide/kernel';
import type { Offering, Page } from '@springtide/provider-kit';
import type { AlibabaAccount } from './account.js';
import type { AlibabaApi, Scope } from './api.js';
import { isRefusal } from './price-refusal.js';
import { PriceReader } from './prices.js';
import { ON_DEMAND_VCPU, SPOT_VCPU } from './quotas.js';
import {
  availableResourceAnswer,
  instanceTypesAnswer,
  spotAdviceAnswer,
  type WireInstanceType,
} from './wire.js';

/** The cloud bills by the second, and no machine for less than a minute. */
const MINIMUM_BILLING_SECONDS = 60;
/** As many types as one call may name. */
const TYPES_PER_CALL = 10;
/** Assumed where the cloud gives no advice for a spot pool. */
const USUAL_SPOT_INTERRUPTION = 0.05;

const STOCK: Readonly<Record<string, Offering['stock']['level']>> = {
  WithStock: 'enough',
  // Closed for new customers or about to be: what is left is little.
  ClosedWithStock: 'low',
  WithoutStock: 'none',
  ClosedWithoutStock: 'none',
};

type Pool = Readonly<{ zone: string; machineType: string; level: Offering['stock']['level'] }>;
type Market = Readonly<{ option: 'on-demand' | 'spot'; strategy: 'NoSpot' | 'SpotAsPriceGo' }>;

const MARKETS: readonly Market[] = [
  { option: 'on-demand', strategy: 'NoSpot' },
  { option: 'spot', strategy: 'SpotAsPriceGo' },
];

/** Sizes × zones × prices. Sizes and prices of a region hardly move and are kept; stock is asked every time. */
export class OfferingReader {
  readonly #prices: PriceReader;
  readonly #types = new Map<string, ReadonlyMap<string, WireInstanceType>>();

  constructor(
    private readonly account: AlibabaAccount,
    private readonly api: AlibabaApi,
    clock: Clock,
  ) {
    this.#prices = new PriceReader(account, api, clock);
  }

  async *list(at: Scope): AsyncGenerator<Page<Offering>> {
    const types = await this.#typesOf(at);
    for (const [index, market] of MARKETS.entries()) {
      const pools = (await this.#pools(at, market)).filter(({ machineType }) => types.has(machineType));
      const names = [...new Set(pools.map(({ machineType }) => machineType))];
      const priceOf =
        market.option === 'on-demand'
          ? await this.#prices.onDemand(at, names)
          : await this.#prices.spot(at, names);
      const riskOf = market.option === 'spot' ? await this.#interruptions(at) : () => 0;
      const items = pools.flatMap((pool) => {
        const type = types.get(pool.machineType);
        return type === undefined
          ? []
          : [toOffering(at.region, market, pool, type, priceOf(pool), riskOf(pool))];
      });
      yield { items, complete: index === MARKETS.length - 1 };
    }
  }

  async #typesOf(at: Scope): Promise<ReadonlyMap<string, WireInstanceType>> {
    const known = this.#types.get(at.region);
    if (known !== undefined) return known;
    const types = new Map<string, WireInstanceType>();
    const { machineTypes } = this.account;
    for (let start = 0; start < machineTypes.length; start += TYPES_PER_CALL) {
      const { InstanceTypes } = await this.api.read(at, {
        product: 'ecs',
        action: 'DescribeInstanceTypes',
        parameters: { InstanceTypes: machineTypes.slice(start, start + TYPES_PER_CALL) },
        answer: instanceTypesAnswer,
      });
      for (const type of InstanceTypes) {
        if (machineTypes.includes(type.InstanceTypeId)) types.set(type.InstanceTypeId, type);
      }
    }
    this.#types.set(at.region, types);
    return types;
  }

  async #pools(at: Scope, { strategy }: Market): Promise<readonly Pool[]> {
    const { AvailableZones } = await this.api.read(at, {
      product: 'ecs',
      action: 'DescribeAvailableResource',
      parameters: {
        RegionId: at.region,
        DestinationResource: 'InstanceType',
        ResourceType: 'instance',
        InstanceChargeType: 'PostPaid',
        IoOptimized: 'optimized',
        NetworkCategory: 'vpc',
        SystemDiskCategory: this.account.systemDisk.category,
        SpotStrategy: strategy,
      },
      answer: availableResourceAnswer,
    });
    const zones = AvailableZones.filter(({ ZoneId }) => isUsable(this.account, ZoneId));
    return zones.flatMap(({ ZoneId: zone, AvailableResources }) =>
      AvailableResources.flatMap(({ SupportedResources }) =>
        SupportedResources.map(({ Value, Status, StatusCategory }) => ({
          zone,
          machineType: Value,
          level: Status === 'SoldOut' ? 'none' : (STOCK[StatusCategory ?? ''] ?? 'unknown'),
        })),
      ),
    );
  }

  /** Advice is a help and no condition: without it the usual rate is assumed. */
  async #interruptions(at: Scope): Promise<(pool: Pool) => number> {
    const rates = new Map<string, number>();
    try {
      const { AvailableSpotZones } = await this.api.read(at, {
        product: 'ecs',
        action: 'DescribeSpotAdvice',
        parameters: { RegionId: at.region },
        answer: spotAdviceAnswer,
      });
      for (const { ZoneId, AvailableSpotResources } of AvailableSpotZones) {
        for (const { InstanceType, InterruptionRate } of AvailableSpotResources) {
          if (typeof InterruptionRate === 'number')
            rates.set(`${ZoneId}/${InstanceType}`, InterruptionRate / 100);
        }
      }
    } catch (thrown) {
      if (!isRefusal(asSpringtideError(thrown))) throw thrown;
    }
    return ({ zone, machineType }) => rates.get(`${zone}/${machineType}`) ?? USUAL_SPOT_INTERRUPTION;
  }
}

/** A launch needs a vSwitch in its zone. Where the settings name none at all, every order brings its own. */
function isUsable({ subnets }: Pick<AlibabaAccount, 'subnets'>, zone: string): boolean {
  return Object.keys(subnets).length === 0 || subnets[zone] !== undefined;
}

function toOffering(
  region: string,
  { option }: Pick<Market, 'option'>,
  { zone, machineType, level }: Pool,
  type: WireInstanceType,
  pricePerHour: Money | undefined,
  interruptionPerHour: number,
): Offering {
  return {
    region,
    zone,
    machineType,
    family: type.InstanceTypeFamily ?? machineType.split('.').slice(0, 2).join('.'),
    arch: type.CpuArchitecture === 'ARM' ? 'arm64' : 'amd64',
    purchaseOption: option,
    vcpu: type.CpuCoreCount,
    memoryMiB: Math.round(type.MemorySize * 1024),
    ...(pricePerHour === undefined ? {} : { pricePerHour }),
    minimumBillingSeconds: MINIMUM_BILLING_SECONDS,
    stock: { level },
    quotaGroup: option === 'spot' ? SPOT_VCPU : ON_DEMAND_VCPU,
    interruptionPerHour,
  };
}
