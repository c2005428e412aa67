import type { CloudSource } from '@springtide/catalog';
import { requirePermission } from '@springtide/identity';
import {
  MINUTE,
  SECOND,
  addMs,
  asSpringtideError,
  msBetween,
  toInstant,
  type ErrorCode,
  type Instant,
} from '@springtide/kernel';
import type { RequestContext } from '@springtide/platform';
import type { CloudClient, Machine } from '@springtide/provider-kit';
import type { Place } from './data/place.repository.js';
import { WATCH_RHYTHM, listAgainAfterMs, type LedgerMachines, type WatchRhythm } from './domain/index.js';
import { askWhoDidIt, tellsWho } from './drift-trails.js';
import type { InventorySyncService, SyncParts } from './inventory-sync.service.js';
import { PlacePass } from './place-pass.js';
import { PlaceStore, seenOf, type AskLedger } from './place-store.js';

/** What the ledger is asked while an account is watched. */
export type WatchedLedger = Readonly<{
  /** All that it knows of the account's machines; asked to explain a change. */
  all: AskLedger;
  /** Those that may still be alive; asked every few seconds, so it should be quick. */
  alive: AskLedger;
}>;

/** Ends at `until`, or soon after `signal`. */
export type WatchEnd = Readonly<{ until: Instant; signal: AbortSignal }>;

type Watch = Readonly<{ context: RequestContext; place: Place; ledger: WatchedLedger; end: WatchEnd }>;
type Feed = { cursor: string | undefined; firstWaitMs: number };

/**
 * The first answer holds everything there is, and takes as long as a listing of it: five thousand machines on a busy
 * vCenter take more than a minute. Where it was missed, the next question waits twice as long.
 */
const FIRST_WAIT_MS = MINUTE;
const FIRST_WAIT_MOST_MS = 8 * MINUTE;
/** A feed is asked again after this long without news; short enough to notice the end of the watch. */
const FEED_WAIT_MS = 20 * SECOND;
/** Between two answers of a feed, so that many small changes become one batch. */
const FEED_PAUSE_MS = SECOND / 2;
const AFTER_FAILURE_MS = 10 * SECOND;
/** Between two looks for drift of which nobody knows yet who did it. */
const TRAIL_EVERY_MS = 10 * SECOND;

/**
 * Keeps machines fresh within seconds between the scheduled listings: by the cloud's change feed where there is one;
 * elsewhere by reading what starts or ends by id, and by listing as often as the call budget can bear.
 */
export class InventoryWatchService {
  private readonly feeds = new Map<string, Feed>();

  constructor(
    private readonly parts: Pick<SyncParts, 'database' | 'clouds' | 'clock' | 'log' | 'installation'>,
    private readonly sync: InventorySyncService,
    private readonly rhythm: WatchRhythm = WATCH_RHYTHM,
  ) {}

  /** Follows the machines of all regions of the account until the end. A region that fails is tried again. */
  async watchAccount(
    context: RequestContext,
    accountId: string,
    ledger: WatchedLedger,
    end: WatchEnd,
  ): Promise<void> {
    requirePermission(context, 'inventory:write');
    const regions = await this.clouds.regions(context, accountId);
    await Promise.all(
      regions.map(async (region) => {
        const place: Place = { accountId, region, resourceType: 'machine' };
        const watch = { context, place, ledger, end };
        await Promise.all([this.follow(watch), this.nameWho(watch)]);
      }),
    );
  }

  /** Goes on where the watch before this one ended; a cloud that does not know the cursor any more begins anew. */
  private feedOf({ accountId, region }: Place): Feed {
    const key = `${accountId}/${region}`;
    const feed = this.feeds.get(key) ?? { cursor: undefined, firstWaitMs: FIRST_WAIT_MS };
    this.feeds.set(key, feed);
    return feed;
  }

  private get clouds(): CloudSource {
    return this.parts.clouds;
  }

  private async follow(watch: Watch): Promise<void> {
    const feed = this.feedOf(watch.place);
    let listAt = this.now();
    while (!this.isOver(watch.end)) {
      try {
        const pauseMs = await this.clouds.use(watch.context, watch.place.accountId, async (client) => {
          if (!client.offers('compute')) return msBetween(this.now(), watch.end.until);
          if (hasFeed(client)) return await this.followFeed(watch, client, feed);
          listAt = await this.poll(watch, client, listAt);
          // A listing that is due does not wait for the next turn of what is in flight.
          return Math.max(0, Math.min(this.rhythm.inFlightMs, msBetween(this.now(), listAt)));
        });
        await this.pause(pauseMs, watch.end);
      } catch (thrown) {
        const code = this.told(watch, thrown);
        if (code === 'timeout' && feed.cursor === undefined) {
          feed.firstWaitMs = Math.min(2 * feed.firstWaitMs, FIRST_WAIT_MOST_MS);
        }
        feed.cursor = undefined;
        await this.pause(AFTER_FAILURE_MS, watch.end);
      }
    }
  }

  /** Beside the machines themselves: a trail that takes its time keeps no machine unseen. */
  private async nameWho(watch: Watch): Promise<void> {
    const ask = async (client: CloudClient): Promise<boolean> => {
      if (tellsWho(client)) await askWhoDidIt(this.parts, client, this.storeOf(watch));
      return tellsWho(client);
    };
    for (let goesOn = true; goesOn && !this.isOver(watch.end);) {
      try {
        goesOn = await this.clouds.use(watch.context, watch.place.accountId, ask);
      } catch (thrown) {
        this.told(watch, thrown);
      }
      if (goesOn) await this.pause(TRAIL_EVERY_MS, watch.end);
    }
  }

  private told({ place }: Watch, thrown: unknown): ErrorCode {
    const { code, message } = asSpringtideError(thrown);
    this.parts.log.warn({ ...place, code, reason: message }, 'machines could not be watched');
    return code;
  }

  private async followFeed(watch: Watch, client: CloudClient, feed: Feed): Promise<number> {
    const { region } = watch.place;
    const waitMs = feed.cursor === undefined ? feed.firstWaitMs : FEED_WAIT_MS;
    const deadline = addMs(this.now(), waitMs);
    const scope = { region, ...(feed.cursor === undefined ? {} : { cursor: feed.cursor }) };
    const news = await client.compute.changes(scope, { deadline, priority: 'sync' });
    // The answer is as fresh as its end, however long it was waited for.
    const at = this.now();
    const store = this.storeOf(watch);
    if (news.whole) {
      const parts = { client, store, askLedger: watch.ledger.all, now: () => this.now() };
      const pass = new PlacePass(parts, at);
      await pass.offer(news.changed);
      await pass.end({ complete: true, reason: null });
    } else {
      if (news.changed.length > 0) await store.take(news.changed.map(seenOf), at);
      await this.readById(client, store, news.gone);
      await confirm(store, at);
    }
    feed.cursor = news.cursor;
    return FEED_PAUSE_MS;
  }

  /** @returns when everything is to be listed again. */
  private async poll(watch: Watch, client: CloudClient, listAt: Instant): Promise<Instant> {
    await this.readInFlight(watch, client);
    const startedAt = this.now();
    if (startedAt < listAt) return listAt;
    let readAt = startedAt;
    // A listing of an account with thousands of machines takes longer than what starts or ends may stay unseen.
    const betweenPages = async () => {
      if (msBetween(readAt, this.now()) < this.rhythm.inFlightMs) return;
      await this.readInFlight(watch, client).catch((thrown: unknown) => this.told(watch, thrown));
      readAt = this.now();
    };
    await this.sync.syncPlace(watch.context, client, watch.place, watch.ledger.all, betweenPages);
    const tookMs = msBetween(startedAt, this.now());
    return addMs(this.now(), listAgainAfterMs(tookMs, this.rhythm));
  }

  private async readInFlight(watch: Watch, client: CloudClient): Promise<void> {
    const store = this.storeOf(watch);
    const alive = await watch.ledger.alive();
    const ids = new Set([
      ...(await store.work(async (inventory) => inventory.inFlight())),
      ...underWay(alive, watch.place.region),
    ]);
    await this.readById(client, store, [...ids]);
  }

  /** What the cloud says of these now; gone is what it calls gone, and nothing else. */
  private async readById(client: CloudClient, store: PlaceStore, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const at = this.now();
    const answers = await client.compute.describe(ids, { region: store.place.region }, { priority: 'sync' });
    const there = [...answers.values()].filter((answer): answer is Machine => answer !== 'gone');
    if (there.length > 0) await store.take(there.map(seenOf), at);
    await store.takeAway(
      ids.filter((id) => answers.get(id) === 'gone'),
      at,
    );
  }

  private storeOf({ context, place, ledger }: Watch): PlaceStore {
    return new PlaceStore(this.parts.database, context, place, ledger.all, this.parts.installation);
  }

  private isOver({ until, signal }: WatchEnd): boolean {
    return signal.aborted || this.now() >= until;
  }

  private async pause(ms: number, end: WatchEnd): Promise<void> {
    const left = Math.max(0, Math.min(ms, msBetween(this.now(), end.until)));
    const woken = new Promise<void>((resolve) => {
      if (end.signal.aborted) resolve();
      else end.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([this.parts.clock.sleep(left), woken]);
  }

  private now(): Instant {
    return toInstant(this.parts.clock.now());
  }
}

function hasFeed(client: CloudClient): boolean {
  return client.manifest.capabilities.changeFeed?.supported === true;
}

/** Machines of ours that no listing may show yet: what we bought is never hidden. */
function underWay(machines: LedgerMachines, region: string): string[] {
  return [...machines.values()]
    .filter((machine) => machine.inFlight && machine.region === region)
    .map((machine) => machine.machineId);
}

/** Nothing else happened until `at`, by the word of a feed that goes on from a whole and believed look. */
async function confirm(store: PlaceStore, at: Instant): Promise<void> {
  await store.work(async (inventory) => {
    await inventory.lock();
    const before = await inventory.freshness();
    if (before?.complete !== true || (before.confirmedAt ?? '') >= at) return;
    await inventory.saveFreshness({ ...before, attemptedAt: at, confirmedAt: at });
  });
}
