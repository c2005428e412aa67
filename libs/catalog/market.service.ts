import { createHash, randomUUID } from 'node:crypto';
import { SpringtideError, asSpringtideError, toInstant, type Clock, type Instant } from '@springtide/kernel';
import type { Database, Logger, RequestContext } from '@springtide/platform';
import type { CloudClient, Offering, Quota } from '@springtide/provider-kit';
import { MarketRepository } from './data/market.repository.js';
import {
  decideOfferings,
  decideQuotas,
  marketEvidence,
  orderedMarket,
  type MarketFreshness,
  type MarketOffering,
  type MarketQuota,
  type MarketSnapshot,
} from './domain/index.js';

/** Where the market reads clouds from; the accounts context fulfils it. */
export interface MarketSource {
  /** Regions in which the account is used. */
  regions(context: RequestContext, accountId: string): Promise<readonly string[]>;
  client(context: RequestContext, accountId: string): Promise<Pick<CloudClient, 'offers' | 'compute'>>;
}

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

export type MarketQuery = Readonly<{ accountIds: readonly string[]; region?: string }>;

type Listing = Readonly<{
  offerings: readonly MarketOffering[];
  quotas: readonly MarketQuota[] | undefined;
  complete: boolean;
  reason: string | null;
}>;

/** Prices, stock and quota of every account, and the snapshots of them that plans refer to as evidence. */
export class MarketService {
  constructor(
    private readonly database: Database,
    private readonly clouds: MarketSource,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  /** Reads what the account is offered now, region by region. A region that fails does not stop the others. */
  async refreshOfferings(context: RequestContext, accountId: string): Promise<readonly MarketRefresh[]> {
    const client = await this.clouds.client(context, accountId);
    if (!client.offers('compute')) return [];
    const reports: MarketRefresh[] = [];
    for (const region of await this.clouds.regions(context, accountId)) {
      reports.push(await this.refreshRegion(context, client, accountId, region));
    }
    return reports;
  }

  /** What can be bought now, as last seen, with how fresh that is. */
  async listOfferings(
    context: RequestContext,
    query: MarketQuery,
  ): Promise<Readonly<{ offerings: MarketOffering[]; quotas: MarketQuota[]; freshness: MarketFreshness[] }>> {
    return await this.database.unitOfWork(context, async (tx) => {
      const market = new MarketRepository(tx, context.tenantId);
      const offerings = await market.offerings(query.accountIds, query.region);
      const quotas = await market.quotas(query.accountIds, query.region);
      return { ...orderedMarket(offerings, quotas), freshness: await market.freshness(query.accountIds) };
    });
  }

  /**
   * Freezes the market of these accounts as it is known now; refresh first for the present one.
   * @throws failed-precondition when an account has never been listed completely: a plan on it would be a guess.
   */
  async takeMarketSnapshot(context: RequestContext, accountIds: readonly string[]): Promise<MarketSnapshot> {
    return await this.database.unitOfWork(context, async (tx) => {
      const market = new MarketRepository(tx, context.tenantId);
      const freshness = await market.freshness(accountIds);
      requireListed(accountIds, freshness);
      const rows = orderedMarket(await market.offerings(accountIds), await market.quotas(accountIds));
      const snapshot: MarketSnapshot = {
        id: randomUUID(),
        takenAt: toInstant(this.clock.now()),
        hash: createHash('sha256').update(marketEvidence(rows.offerings, rows.quotas)).digest('hex'),
        ...rows,
        freshness,
      };
      await market.addSnapshot(snapshot);
      return snapshot;
    });
  }

  /** @throws not-found. */
  async getMarketSnapshot(context: RequestContext, id: string): Promise<MarketSnapshot> {
    const snapshot = await this.database.unitOfWork(context, (tx) =>
      new MarketRepository(tx, context.tenantId).findSnapshot(id),
    );
    if (snapshot) return snapshot;
    throw new SpringtideError('not-found', `there is no market snapshot ${id}`);
  }

  private async refreshRegion(
    context: RequestContext,
    client: Pick<CloudClient, 'compute'>,
    accountId: string,
    region: string,
  ): Promise<MarketRefresh> {
    const at = toInstant(this.clock.now());
    const listing = await readMarket(client, { accountId, region, at });
    if (!listing.complete) {
      this.log.warn({ accountId, region, reason: listing.reason }, 'market listing incomplete');
    }
    return await this.database.unitOfWork(context, async (tx) =>
      storeListing(new MarketRepository(tx, context.tenantId), listing, { accountId, region, at }),
    );
  }
}

type Moment = Readonly<{ accountId: string; region: string; at: Instant }>;

async function readMarket(client: Pick<CloudClient, 'compute'>, moment: Moment): Promise<Listing> {
  const { accountId, region, at } = moment;
  const seen: Offering[] = [];
  let complete = false;
  try {
    for await (const page of client.compute.listOfferings({ region })) {
      seen.push(...page.items);
      complete = page.complete;
    }
    const quotas = await client.compute.listQuotas({ region });
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
