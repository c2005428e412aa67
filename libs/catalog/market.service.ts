import { SpringtideError, asSpringtideError, toInstant, type Clock, type Instant } from '@springtide/kernel';
import { requirePermission } from '@springtide/identity';
import { newId, sha256, type Database, type Logger, type RequestContext } from '@springtide/platform';
import { collectComplete, type CloudClient, type Offering, type Quota } from '@springtide/provider-kit';
import type { CloudSource } from './cloud-source.js';
import { MarketRepository, type OfferingFilter } from './data/market.repository.js';
import {
  decideOfferings,
  decideQuotas,
  marketEvidence,
  orderedMarket,
  type MarketFreshness,
  type MarketNetwork,
  type MarketOffering,
  type MarketQuota,
  type MarketSnapshot,
  type OfferingKey,
} from './domain/index.js';

export type MarketRefresh = Readonly<{
  accountId: string;
  region: string;
  at: Instant;
  /** False: the listing was cut or failed; nothing was withdrawn, what was seen is stored. */
  complete: boolean;
  reason: string | null;
  offerings: number;
  written: number;
  withdrawn: number;
}>;

export type OfferingPage = Readonly<{ items: readonly MarketOffering[]; next: OfferingKey | null }>;

type Listing = Readonly<{
  offerings: readonly MarketOffering[];
  quotas: readonly MarketQuota[] | undefined;
  complete: boolean;
  reason: string | null;
}>;

/** Prices, stock, quota and free addresses of every account, and the snapshots of them that plans refer to as evidence. */
export class MarketService {
  constructor(
    private readonly database: Database,
    private readonly clouds: CloudSource,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  /** Reads what the account is offered now, region by region. A region that fails does not stop the others. */
  async refreshOfferings(context: RequestContext, accountId: string): Promise<readonly MarketRefresh[]> {
    requirePermission(context, 'catalog:write');
    const regions = await this.clouds.regions(context, accountId);
    return await this.clouds.use(context, accountId, async (client) => {
      const reports: MarketRefresh[] = [];
      if (!client.offers('compute')) return reports;
      for (const region of regions) {
        reports.push(await this.refreshRegion(context, client, accountId, region));
      }
      return reports;
    });
  }

  /** What is offered now, sold-out offerings included, cheapest first. Pass `next` as `after` for the next page. */
  async listOfferings(
    context: RequestContext,
    filter: OfferingFilter,
    page: Readonly<{ limit: number; after?: OfferingKey }>,
  ): Promise<OfferingPage> {
    requirePermission(context, 'catalog:read');
    const found = await this.database.unitOfWork(context, (tx) =>
      new MarketRepository(tx, context.tenantId).page(filter, page.limit + 1, page.after),
    );
    const items = found.slice(0, page.limit);
    return { items, next: found.length > page.limit ? (items.at(-1) ?? null) : null };
  }

  /** Quotas of these accounts, and how far their market rows can be believed. */
  async readLimits(
    context: RequestContext,
    accountIds: readonly string[],
  ): Promise<Readonly<{ quotas: readonly MarketQuota[]; freshness: readonly MarketFreshness[] }>> {
    requirePermission(context, 'catalog:read');
    return await this.database.unitOfWork(context, async (tx) => {
      const market = new MarketRepository(tx, context.tenantId);
      return { quotas: await market.quotas(accountIds), freshness: await market.freshness(accountIds) };
    });
  }

  /**
   * Freezes the market of these accounts as it is known now; refresh first for the present one.
   * @throws failed-precondition when an account has never been listed completely: a plan on it would be a guess.
   */
  async takeMarketSnapshot(context: RequestContext, accountIds: readonly string[]): Promise<MarketSnapshot> {
    return await this.snapshot(context, accountIds, { keep: true });
  }

  /** The same, for a question of which nothing is kept: its id names no row. */
  async viewMarket(context: RequestContext, accountIds: readonly string[]): Promise<MarketSnapshot> {
    return await this.snapshot(context, accountIds, { keep: false });
  }

  private async snapshot(
    context: RequestContext,
    accountIds: readonly string[],
    { keep }: Readonly<{ keep: boolean }>,
  ): Promise<MarketSnapshot> {
    requirePermission(context, 'catalog:read');
    return await this.database.unitOfWork(context, async (tx) => {
      const market = new MarketRepository(tx, context.tenantId);
      const freshness = await market.freshness(accountIds);
      requireListed(accountIds, freshness);
      const rows = orderedMarket({
        offerings: await market.offerings(accountIds),
        quotas: await market.quotas(accountIds),
        networks: await market.networks(accountIds),
      });
      const snapshot: MarketSnapshot = {
        id: newId(),
        takenAt: toInstant(this.clock.now()),
        hash: sha256(marketEvidence(rows)),
        ...rows,
        freshness,
      };
      if (keep) await market.addSnapshot(snapshot);
      return snapshot;
    });
  }

  /** @throws not-found. */
  async getMarketSnapshot(context: RequestContext, id: string): Promise<MarketSnapshot> {
    requirePermission(context, 'catalog:read');
    const snapshot = await this.database.unitOfWork(context, (tx) =>
      new MarketRepository(tx, context.tenantId).findSnapshot(id),
    );
    if (snapshot) return snapshot;
    throw new SpringtideError('not-found', `there is no market snapshot ${id}`);
  }

  private async refreshRegion(
    context: RequestContext,
    client: CloudClient,
    accountId: string,
    region: string,
  ): Promise<MarketRefresh> {
    const at = toInstant(this.clock.now());
    const listing = await readMarket(client, { accountId, region, at });
    const networks = await this.networksOf(client, { accountId, region, at });
    if (!listing.complete) {
      this.log.warn({ accountId, region, reason: listing.reason }, 'market listing incomplete');
    }
    return await this.database.unitOfWork(context, async (tx) =>
      storeListing(new MarketRepository(tx, context.tenantId), listing, networks, { accountId, region, at }),
    );
  }

  /** None where they cannot be listed: a plan is possible without, and says that nothing is known of its addresses. */
  private async networksOf(client: CloudClient, moment: Moment): Promise<readonly MarketNetwork[]> {
    if (!client.offers('network')) return [];
    const { accountId, region, at } = moment;
    try {
      const pages = client.network.listNetworks({ region }, { priority: 'sync' });
      const networks = await collectComplete(pages, 'networks');
      return networks.map(({ id, name, zone, freeAddresses, takesUnnamed }) => ({
        ...{ accountId, region, id, name, observedAt: at },
        ...(zone === undefined ? {} : { zone }),
        ...(freeAddresses === undefined ? {} : { freeAddresses }),
        ...(takesUnnamed === true ? { takesUnnamed } : {}),
      }));
    } catch (thrown) {
      const reason = asSpringtideError(thrown).message;
      this.log.warn({ accountId, region, reason }, 'networks could not be listed');
      return [];
    }
  }
}

type Moment = Readonly<{ accountId: string; region: string; at: Instant }>;

async function readMarket(client: Pick<CloudClient, 'compute'>, moment: Moment): Promise<Listing> {
  const { accountId, region, at } = moment;
  const seen: Offering[] = [];
  let complete = false;
  try {
    for await (const page of client.compute.listOfferings({ region }, { priority: 'sync' })) {
      seen.push(...page.items);
      complete = page.complete;
    }
    const quotas = await client.compute.listQuotas({ region }, { priority: 'sync' });
    return {
      offerings: seen.map((offering) => marketOffering(offering, accountId, at)),
      quotas: quotas.map((quota: Quota) => ({ ...quota, accountId, observedAt: at })),
      complete,
      reason: complete ? null : 'the list of offerings ended before it was complete',
    };
  } catch (thrown) {
    const offerings = seen.map((offering) => marketOffering(offering, accountId, at));
    return { offerings, quotas: undefined, complete: false, reason: asSpringtideError(thrown).message };
  }
}

async function storeListing(
  market: MarketRepository,
  listing: Listing,
  networks: readonly MarketNetwork[],
  moment: Moment,
): Promise<MarketRefresh> {
  const { accountId, region, at } = moment;
  const { complete, reason } = listing;
  const before = await market.lockFreshness({ accountId, region });
  if (before && before.attemptedAt > at) {
    const superseded = 'a later refresh of this region has finished already';
    return { ...moment, complete: false, reason: superseded, offerings: 0, written: 0, withdrawn: 0 };
  }
  const changes = decideOfferings(await market.offerings([accountId], region), listing.offerings, complete);
  await market.applyOfferings(changes, at);
  if (listing.quotas) {
    await market.applyQuotas(decideQuotas(await market.quotas([accountId], region), listing.quotas));
  }
  await market.replaceNetworks({ accountId, region }, networks);
  const confirmedAt = complete ? at : (before?.confirmedAt ?? null);
  await market.saveFreshness({ accountId, region, attemptedAt: at, confirmedAt, complete, reason });
  return {
    ...moment,
    complete,
    reason,
    offerings: listing.offerings.length,
    written: changes.write.length,
    withdrawn: changes.withdrawn.length,
  };
}

function marketOffering(offering: Offering, accountId: string, observedAt: Instant): MarketOffering {
  return { ...offering, accountId, observedAt };
}

function requireListed(accountIds: readonly string[], freshness: readonly MarketFreshness[]): void {
  const unread = accountIds.filter(
    (accountId) => !freshness.some((row) => row.accountId === accountId && row.confirmedAt !== null),
  );
  if (unread.length === 0) return;
  throw new SpringtideError(
    'failed-precondition',
    `the offerings of ${unread.length} of ${accountIds.length} cloud accounts have never been listed completely, ` +
      'so no price evidence could be taken and nothing was planned',
    {
      nextStep: 'Verify these accounts and refresh their offerings.',
      facts: { accounts: unread.join(', ') },
    },
  );
}
