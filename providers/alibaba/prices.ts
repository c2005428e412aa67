import { HOUR, asSpringtideError, money, type Clock, type Money } from '@springtide/kernel';
import type { AlibabaAccount } from './account.js';
import type { AlibabaApi, Scope } from './api.js';
import { isRefusal } from './price-refusal.js';
import { priceAnswer, spotPricesAnswer } from './wire.js';

const KEPT_MS = HOUR;
/** At once; more would eat the price interface's own small budget. */
const LANES = 4;

type PoolName = Readonly<{ zone: string; machineType: string }>;
export type PriceOf = (pool: PoolName) => Money | undefined;

/** Prices of one machine with its system disk, kept for an hour. One that cannot be had is unknown, never zero. */
export class PriceReader {
  readonly #kept = new Map<string, Readonly<{ price: Money | undefined; until: number }>>();

  constructor(
    private readonly account: AlibabaAccount,
    private readonly api: AlibabaApi,
    private readonly clock: Clock,
  ) {}

  /** On demand a size costs the same in every zone of a region. */
  async onDemand(at: Scope, machineTypes: readonly string[]): Promise<PriceOf> {
    await this.#each(machineTypes, at, 'on-demand', async (machineType) => {
      this.#keep([at.region, machineType], await this.#askOnDemand(at, machineType));
    });
    return ({ machineType }) => this.#find([at.region, machineType]);
  }

  /** The latest of every zone; the system disk comes on top and costs the same as on demand. */
  async spot(at: Scope, machineTypes: readonly string[]): Promise<PriceOf> {
    await this.#each(machineTypes, at, 'spot', async (machineType) => {
      for (const [zone, price] of await this.#askSpot(at, machineType)) {
        this.#keep([at.region, machineType, zone], price);
      }
    });
    return ({ zone, machineType }) => this.#find([at.region, machineType, zone]);
  }

  async #askOnDemand(at: Scope, machineType: string): Promise<Money | undefined> {
    const { systemDisk } = this.account;
    const { PriceInfo } = await this.api.read(at, {
      product: 'ecs',
      action: 'DescribePrice',
      parameters: {
        RegionId: at.region,
        ResourceType: 'instance',
        InstanceType: machineType,
        InstanceNetworkType: 'vpc',
        IoOptimized: 'optimized',
        'SystemDisk.Category': systemDisk.category,
        'SystemDisk.Size': systemDisk.sizeGib,
        PriceUnit: 'Hour',
        Period: 1,
        Amount: 1,
      },
      answer: priceAnswer,
    });
    return positive(PriceInfo.Price.Currency, PriceInfo.Price.TradePrice);
  }

  async #askSpot(at: Scope, machineType: string): Promise<ReadonlyMap<string, Money | undefined>> {
    const { SpotPrices, Currency } = await this.api.read(at, {
      product: 'ecs',
      action: 'DescribeSpotPriceHistory',
      parameters: {
        RegionId: at.region,
        NetworkType: 'vpc',
        InstanceType: machineType,
        IoOptimized: 'optimized',
        OSType: 'linux',
      },
      answer: spotPricesAnswer,
    });
    const newestFirst = SpotPrices.toSorted((a, b) => b.Timestamp.localeCompare(a.Timestamp));
    const byZone = new Map<string, Money | undefined>();
    for (const { ZoneId, SpotPrice } of newestFirst) {
      if (!byZone.has(ZoneId) && Currency !== undefined) byZone.set(ZoneId, positive(Currency, SpotPrice));
    }
    return byZone;
  }

  /** A throttled price interface ends the round: what is not known by then stays unknown until the next one. */
  async #each(
    machineTypes: readonly string[],
    at: Scope,
    market: string,
    ask: (machineType: string) => Promise<void>,
  ): Promise<void> {
    const waiting = machineTypes.filter((machineType) => !this.#asked([market, at.region, machineType]));
    let throttled = false;
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined && !throttled; next = waiting.shift()) {
        try {
          await ask(next);
          this.#keep([market, at.region, next], undefined);
        } catch (thrown) {
          const error = asSpringtideError(thrown);
          if (error.code === 'rate-limited') throttled = true;
          else if (isRefusal(error)) this.#keep([market, at.region, next], undefined);
          else throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  #asked(key: readonly string[]): boolean {
    return this.clock.now().getTime() < (this.#kept.get(key.join('/'))?.until ?? 0);
  }

  #keep(key: readonly string[], price: Money | undefined): void {
    this.#kept.set(key.join('/'), { price, until: this.clock.now().getTime() + KEPT_MS });
  }

  #find(key: readonly string[]): Money | undefined {
    return this.#asked(key) ? this.#kept.get(key.join('/'))?.price : undefined;
  }
}

/** The wire has JSON numbers; their shortest decimal form is what the vendor wrote. */
function positive(currency: string, amount: number): Money | undefined {
  return amount > 0 ? money(currency, String(amount)) : undefined;
}
