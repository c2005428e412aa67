import type { CloudSource } from '@springtide/catalog';
import { requirePermission } from '@springtide/identity';
import { toInstant, type Clock, type Instant } from '@springtide/kernel';
import type { Database, Logger, RequestContext } from '@springtide/platform';
import type { CloudClient } from '@springtide/provider-kit';
import type { Place } from './data/place.repository.js';
import { askWhoDidIt, tellsWho } from './drift-trails.js';
import { readInto, typesOf, type BetweenPages } from './listings.js';
import { PlacePass, type PlaceReport } from './place-pass.js';
import { PlaceStore, type AskLedger } from './place-store.js';

export type SyncReport = Readonly<{
  accountId: string;
  startedAt: Instant;
  finishedAt: Instant;
  /** True only if every place was read completely and believed. */
  complete: boolean;
  places: readonly PlaceReport[];
}>;

export type SyncParts = Readonly<{
  database: Database;
  clouds: CloudSource;
  clock: Clock;
  log: Logger;
  /** Our creator mark, by which resources are told to be ours. */
  installation: string;
}>;

/** A cloud is asked for one list while another one is being written; more would only crowd its call budget. */
const PLACES_AT_ONCE = 3;

/** Nothing is known of any machine: everything that is not marked as ours was done outside. */
const nothingKnown: AskLedger = () => Promise.resolve(new Map());

/** Brings the inventory in line with the clouds. A cut, empty or half-broken answer never looks like deletion. */
export class InventorySyncService {
  constructor(private readonly parts: SyncParts) {}

  /**
   * Reads every region of the account. A region or type that fails is reported; the others go on.
   * @param askLedger asked at most once, and only when machines changed or are missing: what the ledger itself has
   * asked for surprises nobody, and is told as ours.
   */
  async syncAccount(
    context: RequestContext,
    accountId: string,
    askLedger: AskLedger = nothingKnown,
  ): Promise<SyncReport> {
    requirePermission(context, 'inventory:write');
    const startedAt = this.now();
    const { clouds } = this.parts;
    const regions = await clouds.regions(context, accountId);
    const ledger = once(askLedger);
    return await clouds.use(context, accountId, async (client) => {
      const places = regions.flatMap((region) =>
        typesOf(client).map((resourceType) => ({ accountId, region, resourceType })),
      );
      const reports = await inLanes(PLACES_AT_ONCE, places, async (place) =>
        this.syncPlace(context, client, place, ledger),
      );
      await this.nameWho(context, client, places);
      const complete = reports.every((place) => place.complete);
      return { accountId, startedAt, finishedAt: this.now(), complete, places: reports };
    });
  }

  /** One complete look at one place, over a session that the caller holds open. */
  async syncPlace(
    context: RequestContext,
    client: CloudClient,
    place: Place,
    askLedger: AskLedger,
    betweenPages?: BetweenPages,
  ): Promise<PlaceReport> {
    const { database, log, installation } = this.parts;
    const store = new PlaceStore(database, context, place, askLedger, installation);
    const now = (): Instant => this.now();
    const pass = new PlacePass({ client, store, askLedger, now }, now());
    const report = await pass.end(await readInto(pass, client, place, betweenPages));
    if (!report.complete) log.warn({ ...place, reason: report.reason }, 'inventory listing not believed');
    return report;
  }

  private async nameWho(
    context: RequestContext,
    client: CloudClient,
    places: readonly Place[],
  ): Promise<void> {
    if (!tellsWho(client)) return;
    const { database, installation } = this.parts;
    for (const place of places.filter(({ resourceType }) => resourceType === 'machine')) {
      const store = new PlaceStore(database, context, place, nothingKnown, installation);
      await askWhoDidIt(this.parts, client, store);
    }
  }

  private now(): Instant {
    return toInstant(this.parts.clock.now());
  }
}

/** The first answer serves the whole sync: what the ledger asks for meanwhile is explained by the next one. */
function once(ask: AskLedger): AskLedger {
  let answer: ReturnType<AskLedger> | undefined;
  return () => (answer ??= ask());
}

/** Works on items, so many at once; results in the order of the items. */
async function inLanes<T, R>(
  lanes: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const left = items.entries();
  const results: R[] = [];
  const lane = async (): Promise<void> => {
    for (const [index, item] of left) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
