import type { AccountService, AccountSessions, CloudAccount } from '@springtide/accounts';
import type { MarketService } from '@springtide/catalog';
import {
  MINUTE,
  addMs,
  asSpringtideError,
  msBetween,
  toInstant,
  type Clock,
  type Instant,
} from '@springtide/kernel';
import { jobContext, newId, type RequestContext } from '@springtide/platform';
import {
  collectComplete,
  type CallControl,
  type CloudClient,
  type LaunchBatch,
} from '@springtide/provider-kit';
import type {
  AccountFacts,
  AccountReportFacts,
  ImageFact,
  MarketFacts,
  Measured,
  NetworkFact,
  PoolOffer,
  ReadinessSubject,
  ReservationFact,
} from './domain/index.js';

export type AccountSources = Readonly<{
  accounts: AccountService;
  sessions: AccountSessions;
  market: MarketService;
  clock: Clock;
}>;

type Pools = ReadinessSubject['pools'];

/** Stock moves by the minute; a market that was read just now need not be read again for one more look. */
const STOCK_AGE_MS = MINUTE;
const WITHIN_MS = 45_000;

/** Asks one account's cloud everything that its part of a plan depends on; reads only. */
export class AccountFactFinder {
  constructor(private readonly sources: AccountSources) {}

  async find(ctx: RequestContext, accountId: string, subject: ReadinessSubject): Promise<AccountFacts> {
    const pools = subject.pools.filter((pool) => pool.accountId === accountId);
    const { accounts, sessions } = this.sources;
    const account = await accounts.get(ctx, accountId);
    const { capabilities } = sessions.manifest(account.provider);
    const regions = [...new Set(pools.map((pool) => pool.region))];
    const control = { priority: 'sync', deadline: addMs(this.now(), WITHIN_MS) } as const;
    const [report, market, networks, images, trials, reservations] = await Promise.all([
      this.measured(async () => await this.report(ctx, account, control)),
      this.market(ctx, accountId, pools, STOCK_AGE_MS),
      this.perRegion(
        ctx,
        account,
        regions,
        async (client, region) => await networksOf(client, region, control),
      ),
      this.perRegion(
        ctx,
        account,
        regions,
        async (client, region) => await imagesOf(client, region, control),
      ),
      this.trials(ctx, account, { ...subject, pools }, control),
      this.perRegion(
        ctx,
        account,
        // Who cannot be asked is not asked: the manifest says why.
        capabilities.capacityReservations?.supported === true ? regions : [],
        async (client, region) => await reservationsOf(client, region, control),
      ),
    ]);
    return {
      id: account.id,
      name: account.name,
      isPrivate: account.kind === 'private-cloud',
      credentialCreatedAt: account.credentialCreatedAt,
      stockSignal: capabilities.stockSignal,
      quotaSignal: capabilities.quotaSignal,
      report,
      market,
      networks,
      images,
      reservationSignal: capabilities.capacityReservations ?? UNREAD_RESERVATIONS,
      reservations,
      trials,
    };
  }

  /** What the account's market says of these pools; read afresh when it is older than that. */
  async market(
    ctx: RequestContext,
    accountId: string,
    pools: Pools,
    noOlderThanMs: number,
  ): Promise<Measured<MarketFacts>> {
    return await this.measured(async () => await this.offers(ctx, accountId, pools, noOlderThanMs));
  }

  private async report(
    ctx: RequestContext,
    account: CloudAccount,
    control: CallControl,
  ): Promise<AccountReportFacts> {
    const verify = async (client: CloudClient) => await client.verify(control);
    const told = await this.sources.sessions.use(ctx.tenantId, account.id, verify);
    return {
      identity: told.identity,
      missing: told.permissions.filter((one) => !one.granted),
      granted: told.permissions.filter((one) => one.granted).length,
      clockSkewMs: told.clockSkewMs ?? null,
      balance: told.balance ?? null,
    };
  }

  /** @throws what kept a region from being read: half a market would look like a smaller one. */
  private async offers(
    ctx: RequestContext,
    accountId: string,
    pools: Pools,
    noOlderThanMs: number,
  ): Promise<MarketFacts> {
    const { market } = this.sources;
    // Who may see a campaign may have its prices read, without the right to change the catalogue otherwise.
    const reader = jobContext('readiness', ctx.tenantId, ctx.requestId);
    if (!(await this.isFresh(reader, accountId, pools, noOlderThanMs))) {
      const reports = await market.refreshOfferings(reader, accountId);
      const used = new Set(pools.map((pool) => pool.region));
      const cut = reports.find((one) => used.has(one.region) && !one.complete);
      if (cut !== undefined) throw new Error(cut.reason ?? 'the listing was cut off');
    }
    const { quotas } = await market.readLimits(reader, [accountId]);
    const offers: PoolOffer[] = [];
    for (const pool of pools) offers.push(await this.offerOf(reader, pool));
    return { offers, quotas };
  }

  private async isFresh(
    ctx: RequestContext,
    accountId: string,
    pools: Pools,
    noOlderThanMs: number,
  ): Promise<boolean> {
    const { freshness } = await this.sources.market.readLimits(ctx, [accountId]);
    return pools.every(({ region }) => {
      const read = freshness.find((one) => one.region === region);
      if (read === undefined || !read.complete || read.confirmedAt === null) return false;
      return msBetween(read.confirmedAt, this.now()) <= noOlderThanMs;
    });
  }

  private async offerOf(ctx: RequestContext, pool: Pools[number]): Promise<PoolOffer> {
    const { accountId, region, zone, machineType, purchaseOption } = pool;
    const filter = { accountId, region, zone, machineType, purchaseOption };
    const { items } = await this.sources.market.listOfferings(ctx, filter, { limit: 1 });
    const found = items[0];
    if (found === undefined) return { poolId: pool.id, offer: null };
    const { vcpu, quotaGroup = null, pricePerHour: price = null, stock } = found;
    const machines = stock.machines ?? null;
    return { poolId: pool.id, offer: { vcpu, quotaGroup, price, stock: { level: stock.level, machines } } };
  }

  /** Where the cloud can try a launch, each pool is tried with as many machines as one call takes. */
  private async trials(
    ctx: RequestContext,
    account: CloudAccount,
    { pools, sheets }: ReadinessSubject,
    control: CallControl,
  ): Promise<AccountFacts['trials']> {
    const { capabilities, limits } = this.sources.sessions.manifest(account.provider);
    if (capabilities.launchTrial?.supported !== true) return [];
    return await Promise.all(
      pools.slice(0, MOST_TRIALS).flatMap((pool) => {
        const sheet = sheets.find((one) => one.poolId === pool.id);
        if (sheet === undefined) return [];
        const batch = trialBatch(ctx, pool, sheet, limits.launchBatch);
        const result = this.measured(async () => {
          await this.sources.sessions.use(ctx.tenantId, account.id, async (client) => {
            await client.compute.tryLaunch(batch, control);
          });
          return 'would pass' as const;
        });
        return [result.then((told) => ({ poolId: pool.id, machines: batch.count, result: told }))];
      }),
    );
  }

  private async perRegion<T>(
    ctx: RequestContext,
    account: CloudAccount,
    regions: readonly string[],
    read: (client: CloudClient, region: string) => Promise<readonly T[]>,
  ): Promise<Measured<readonly T[]>> {
    return await this.measured(
      async () =>
        await this.sources.sessions.use(ctx.tenantId, account.id, async (client) => {
          const all = await Promise.all(regions.map(async (region) => await read(client, region)));
          return all.flat();
        }),
    );
  }

  private async measured<T>(ask: () => Promise<T>): Promise<Measured<T>> {
    try {
      const value = await ask();
      return { known: true, value, at: this.now() };
    } catch (thrown) {
      const { code, message } = asSpringtideError(thrown);
      return { known: false, code, why: message, at: this.now() };
    }
  }

  private now(): Instant {
    return toInstant(this.sources.clock.now());
  }
}

/** Tries are counted by clouds like launches; a plan with more pools is tried on its first ones. */
const MOST_TRIALS = 20;

function trialBatch(
  ctx: RequestContext,
  pool: Pools[number],
  sheet: ReadinessSubject['sheets'][number],
  launchBatch: number,
): LaunchBatch {
  const token = `st-trial-${newId()}`;
  const count = Math.min(pool.most, launchBatch);
  return {
    token,
    region: pool.region,
    zone: pool.zone,
    machineType: pool.machineType,
    purchaseOption: pool.purchaseOption,
    count,
    minimum: count,
    namePrefix: 'st-trial',
    image: sheet.image,
    securityGroups: [],
    ownership: { installation: 'readiness', tenant: ctx.tenantId, intent: 'trial', token },
    labels: {},
    ...(sheet.subnet === null ? {} : { subnet: sheet.subnet }),
    ...(sheet.userData === null ? {} : { userData: sheet.userData }),
  };
}

const UNREAD_RESERVATIONS = { supported: false, reason: 'this cloud has none that could be read' } as const;

async function reservationsOf(
  client: CloudClient,
  region: string,
  control: CallControl,
): Promise<readonly ReservationFact[]> {
  const found = await client.compute.listReservations({ region }, control);
  return found.map(({ zone, machineType, free, startsAt, endsAt = null }) => {
    return { region, zone, machineType, free, startsAt, endsAt };
  });
}

async function networksOf(
  client: CloudClient,
  region: string,
  control: CallControl,
): Promise<readonly NetworkFact[]> {
  const networks = await collectComplete(client.network.listNetworks({ region }, control), 'networks');
  return networks.map(({ id, name, zone = null, freeAddresses = null }) => {
    return { id, name, region, zone, freeAddresses };
  });
}

async function imagesOf(
  client: CloudClient,
  region: string,
  control: CallControl,
): Promise<readonly ImageFact[]> {
  const images = await collectComplete(client.images.listImages({ region }, control), 'images');
  return images.map(({ id, name, digest = null }) => ({ id, name, region, digest }));
}
