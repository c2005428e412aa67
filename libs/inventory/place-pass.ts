import { asSpringtideError, msBetween, type Instant } from '@springtide/kernel';
import type { CloudClient } from '@springtide/provider-kit';
import type { Indexed, Place, PlaceFreshness, PlaceRepository } from './data/place.repository.js';
import type { Seen } from './data/place-rows.js';
import {
  RECONCILIATION_POLICY,
  judgeAbsence,
  type Absence,
  type ListingEnd,
  type Observed,
  type ReconciliationPolicy,
  type ResourceType,
} from './domain/index.js';
import { bury, seenOf, type AskLedger, type PlaceStore } from './place-store.js';
import { WriteBehind } from './write-behind.js';

/** What became of one account, region and resource type. */
export type PlaceReport = Readonly<{
  accountId: string;
  region: string;
  resourceType: ResourceType;
  at: Instant;
  /** False: nothing was concluded from what the listing lacks; `reason` says why. */
  complete: boolean;
  reason: string | null;
  seen: number;
  appeared: number;
  changed: number;
  gone: number;
  /** Absent from the listing, and still there when read by id. */
  hidden: number;
  /** Until the cloud had said its last word. */
  listMs: number;
  /** What came after: rest of the writing, reading again what is missing, conclusions. */
  storeMs: number;
}>;

export type PassParts = Readonly<{
  client: CloudClient;
  store: PlaceStore;
  askLedger: AskLedger;
  now: () => Instant;
}>;

/** Rows per transaction: large enough that its cost is shared, small enough that the lock is short. */
const BATCH = 1_000;
/** Rows that may wait for the database; a cloud that answers faster is read no faster than this is written. */
const WAITING = 2 * BATCH;

type Known = Readonly<{ index: Map<string, Indexed>; freshness: PlaceFreshness | undefined }>;

/** What the listing lacks, after the cloud was asked about it. */
type Missing = Readonly<{
  absence: Absence;
  gone: readonly string[];
  released: readonly string[];
  hidden: number;
  readAt: Instant;
}>;

/**
 * One look at everything of one place. Pages are compared by hash with what is stored and written while the next page
 * is on its way; what the whole look lacks is judged at its end. Only ids and hashes are held.
 */
export class PlacePass {
  readonly #known: Promise<Known>;
  readonly #seen = new Set<string>();
  /** Seen as stored, though listings before lacked them. */
  readonly #found: string[] = [];
  readonly #writer: WriteBehind<Seen>;
  #appeared = 0;
  #changed = 0;

  constructor(
    private readonly parts: PassParts,
    readonly at: Instant,
  ) {
    this.#known = parts.store.work(async (inventory) => ({
      freshness: await inventory.freshness(),
      index: await inventory.index(),
    }));
    // Whoever awaits it hears of its failure; until then nobody is there to.
    this.#known.catch(() => undefined);
    this.#writer = new WriteBehind(async (batch) => this.#write(batch), { batch: BATCH, waiting: WAITING });
  }

  async offer(items: readonly Observed[]): Promise<void> {
    const { index } = await this.#known;
    const news: Seen[] = [];
    for (const item of items) {
      this.#seen.add(item.id);
      const one = seenOf(item);
      const row = index.get(item.id);
      if (row?.hash !== one.hash) news.push(one);
      else if (row.missed > 0) this.#found.push(item.id);
    }
    await this.#writer.offer(news);
  }

  async end(listing: Omit<ListingEnd, 'at'>): Promise<PlaceReport> {
    const { store, now } = this.parts;
    const listMs = msBetween(this.at, now());
    await this.#writer.drain();
    const known = await this.#known;
    const missing = await this.#missing(known.index, { ...listing, at: this.at });
    const report = await this.#conclude(known, missing);
    return { ...store.place, ...report, listMs, storeMs: msBetween(this.at, now()) - listMs };
  }

  async #write(batch: readonly Seen[]): Promise<void> {
    const { index, freshness } = await this.#known;
    const tally = await this.parts.store.take(batch, this.at, {
      known: (id) => index.has(id),
      first: (freshness?.confirmedAt ?? null) === null,
    });
    this.#appeared += tally.appeared;
    this.#changed += tally.changed;
  }

  /** What is absent, and what the cloud says of it when asked by id. */
  async #missing(index: ReadonlyMap<string, Indexed>, listing: ListingEnd): Promise<Missing> {
    const { client, store, now } = this.parts;
    const policy = policyOf(client);
    const isMachine = store.place.resourceType === 'machine';
    const released = isMachine && listing.complete ? await this.#released(index) : [];
    const leaving = new Set(released);
    const judged = new Map(
      [...index].map(([id, row]) => [id, leaving.has(id) ? { ...row, leaving: true } : row]),
    );
    const absence = judgeAbsence(judged, this.#seen, listing, policy);
    const nothing = { absence, released, hidden: 0, readAt: now() };
    // These cannot be read by id: a second complete listing without them stands in for it.
    if (!isMachine)
      return { ...nothing, gone: absence.suspects.filter((id) => (index.get(id)?.missed ?? 0) > 0) };
    if (absence.suspects.length === 0) return { ...nothing, gone: [] };
    return await this.#readAgain(nothing);
  }

  /** Those of the missing machines whose end the ledger asked for. */
  async #released(index: ReadonlyMap<string, Indexed>): Promise<string[]> {
    const absent = [...index].filter(([id, row]) => !row.leaving && !this.#seen.has(id)).map(([id]) => id);
    if (absent.length === 0) return [];
    const ledger = await this.parts.askLedger();
    return absent.filter((id) => ledger.get(id)?.releasing === true);
  }

  /** A machine that vanished from a listing is read by its id before it is believed gone. */
  async #readAgain(missing: Omit<Missing, 'gone'>): Promise<Missing> {
    const { client, store, now } = this.parts;
    const ids = missing.absence.suspects;
    try {
      const readAt = now();
      const answers = await client.compute.describe(
        ids,
        { region: store.place.region },
        { priority: 'sync' },
      );
      const gone = ids.filter((id) => answers.get(id) === 'gone');
      const hidden = [...answers.values()].filter((answer) => answer !== 'gone');
      if (hidden.length > 0) {
        const tally = await store.take(hidden.map(seenOf), readAt);
        this.#changed += tally.changed;
      }
      const there = new Set(hidden.map((machine) => machine.id));
      const missed = missing.absence.missed.filter((id) => !there.has(id));
      return { ...missing, absence: { ...missing.absence, missed }, gone, hidden: hidden.length, readAt };
    } catch (thrown) {
      const problem = asSpringtideError(thrown).message;
      const reason = `${ids.length} machines left the listing and could not be read by id: ${problem}`;
      return { ...missing, absence: { suspects: [], missed: [], believed: false, reason }, gone: [] };
    }
  }

  async #conclude(
    known: Known,
    missing: Missing,
  ): Promise<Omit<PlaceReport, keyof Place | 'listMs' | 'storeMs'>> {
    const { store } = this.parts;
    const suspicion = await store.suspicion(missing.gone.length > 0);
    const counted = { at: this.at, appeared: this.#appeared, changed: this.#changed, hidden: missing.hidden };
    return await store.work(async (inventory) => {
      await inventory.lock();
      const before = await inventory.freshness();
      if (before?.listedAt != null && before.listedAt > this.at) {
        const reason = 'a later listing of this place has been stored already';
        return { ...counted, complete: false, reason, seen: this.#seen.size, gone: 0 };
      }
      await inventory.confirm(this.#found, this.at);
      await inventory.markReleased(missing.released, this.at);
      await inventory.countMissed(missing.absence.missed, before?.confirmedAt ?? null);
      const gone = await bury(inventory, store.place, missing.gone, missing.readAt, suspicion);
      await this.#saveFreshness(inventory, before, missing.absence);
      const { believed: complete, reason } = missing.absence;
      return { ...counted, complete, reason, seen: this.#seen.size + missing.hidden, gone };
    });
  }

  async #saveFreshness(
    inventory: PlaceRepository,
    before: PlaceFreshness | undefined,
    { believed, reason }: Absence,
  ): Promise<void> {
    const confirmed = before?.confirmedAt ?? null;
    const later = confirmed === null || confirmed < this.at ? this.at : confirmed;
    const attempted = before?.attemptedAt ?? this.at;
    await inventory.saveFreshness({
      attemptedAt: attempted < this.at ? this.at : attempted,
      listedAt: this.at,
      confirmedAt: believed ? later : confirmed,
      complete: believed,
      reason,
    });
  }
}

function policyOf(client: CloudClient): ReconciliationPolicy {
  return { ...RECONCILIATION_POLICY, visibilityLagMs: client.manifest.limits.visibilityLagMs };
}
