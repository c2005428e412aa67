import { SpringtideError, type Instant } from '@springtide/kernel';
import type { Intent, Mandate } from '../domain/index.js';
import type {
  EffectStore,
  EffectTransaction,
  IntentFilter,
  ListingRecord,
  StopSwitch,
} from '../effect-store.port.js';

type TenantBook = {
  intents: Map<string, Intent>;
  /** Intent ids by the identity of their effect. */
  places: Map<string, string>;
  mandates: Map<string, Mandate>;
  fences: Map<string, { owner: string; fence: number }>;
  stop: StopSwitch | undefined;
  listings: Map<string, ListingRecord>;
};

/** The ledger in memory, for simulation and for the bench's baseline. Transactions run one after another. */
export class MemoryEffectStore implements EffectStore {
  private readonly books = new Map<string, TenantBook>();
  private tail: Promise<unknown> = Promise.resolve();

  async transaction<T>(tenantId: string, work: (tx: EffectTransaction) => Promise<T>): Promise<T> {
    const mine = this.tail.then(async () => {
      const draft = copyOf(this.books.get(tenantId));
      const result = await work(new MemoryTransaction(draft));
      this.books.set(tenantId, draft);
      return result;
    });
    this.tail = mine.catch(() => undefined);
    return await mine;
  }

  async listScopes(since?: Instant) {
    const scopes = new Map<string, { tenantId: string; accountId: string; region: string }>();
    for (const [tenantId, book] of this.books) {
      for (const { accountId, region, kind, state, createdAt } of book.intents.values()) {
        const recent = since !== undefined && createdAt >= since;
        if (kind !== 'create' || (state === 'released' && !recent)) continue;
        scopes.set(`${tenantId}/${accountId}/${region}`, { tenantId, accountId, region });
      }
    }
    return [...scopes.values()];
  }
}

function copyOf(book: TenantBook | undefined): TenantBook {
  return {
    intents: new Map(book?.intents),
    places: new Map(book?.places),
    mandates: new Map(book?.mandates),
    fences: new Map(book?.fences),
    stop: book?.stop,
    listings: new Map(book?.listings),
  };
}

class MemoryTransaction implements EffectTransaction {
  constructor(private readonly book: TenantBook) {}

  async lockIntent(id: string) {
    return this.book.intents.get(id);
  }

  async lockIntentAt(place: { runId: string; step: string; batch: number }) {
    return this.book.intents.get(this.book.places.get(placeKey(place)) ?? '');
  }

  async listIntents(filter: IntentFilter) {
    const found = [...this.book.intents.values()].filter(
      (intent) =>
        (filter.ids === undefined || filter.ids.includes(intent.id)) &&
        (filter.runId === undefined || intent.runId === filter.runId) &&
        (filter.campaignId === undefined || intent.campaignId === filter.campaignId) &&
        (filter.accountId === undefined || intent.accountId === filter.accountId) &&
        (filter.region === undefined || intent.region === filter.region) &&
        (filter.kind === undefined || intent.kind === filter.kind) &&
        (filter.service === undefined || intent.service === filter.service) &&
        (filter.states === undefined || filter.states.includes(intent.state)) &&
        (filter.onlyUnreleased !== true || intent.state !== 'released'),
    );
    return found.toSorted(byCreation);
  }

  async insertIntent(intent: Intent) {
    if ((await this.lockIntentAt(intent)) !== undefined || this.book.intents.has(intent.id)) {
      throw new SpringtideError('already-exists', `effect ${intent.step}/${intent.batch} of this run exists`);
    }
    this.book.intents.set(intent.id, intent);
    this.book.places.set(placeKey(intent), intent.id);
  }

  async saveIntent(intent: Intent) {
    if (!this.book.intents.has(intent.id)) throw notRecorded(intent.id);
    this.book.intents.set(intent.id, intent);
  }

  async renewLeases(runId: string, until: Instant) {
    const live = await this.listIntents({ runId, kind: 'create', onlyUnreleased: true });
    for (const intent of live) {
      if ((intent.releaseBy ?? '') < until) this.book.intents.set(intent.id, { ...intent, releaseBy: until });
    }
    return live.length;
  }

  async countReleasing(place: { accountId: string; region: string }, since: Instant) {
    const intents = await this.listIntents({ ...place, kind: 'create' });
    return intents
      .flatMap((intent) => intent.items)
      .filter((item) => item.releasingAt !== null && item.releasingAt >= since).length;
  }

  async lockMandate(id: string) {
    return this.book.mandates.get(id);
  }

  async findMandateOfRun(runId: string) {
    return [...this.book.mandates.values()].find((mandate) => mandate.runId === runId);
  }

  async insertMandate(mandate: Mandate) {
    if ((await this.findMandateOfRun(mandate.runId)) !== undefined) {
      throw new SpringtideError('already-exists', 'this run has a mandate');
    }
    this.book.mandates.set(mandate.id, mandate);
  }

  async saveMandate(mandate: Mandate) {
    if (!this.book.mandates.has(mandate.id)) throw notRecorded(mandate.id);
    this.book.mandates.set(mandate.id, mandate);
  }

  async takeFence(runId: string, owner: string) {
    const held = this.book.fences.get(runId);
    if (held?.owner === owner) return held.fence;
    const fence = (held?.fence ?? 0) + 1;
    this.book.fences.set(runId, { owner, fence });
    return fence;
  }

  async currentFence(runId: string) {
    return this.book.fences.get(runId)?.fence ?? 0;
  }

  async findStopSwitch() {
    return this.book.stop;
  }

  async saveStopSwitch(state: StopSwitch) {
    this.book.stop = state;
  }

  async findListing(accountId: string, region: string) {
    return this.book.listings.get(`${accountId}/${region}`);
  }

  async listListings() {
    return [...this.book.listings.values()];
  }

  async saveListing(record: ListingRecord) {
    this.book.listings.set(`${record.accountId}/${record.region}`, record);
  }
}

function placeKey(place: { runId: string; step: string; batch: number }): string {
  return JSON.stringify([place.runId, place.step, place.batch]);
}

function byCreation(a: Intent, b: Intent): number {
  const [x, y] = [`${a.createdAt} ${a.step}`, `${b.createdAt} ${b.step}`];
  if (x === y) return a.batch - b.batch;
  return x < y ? -1 : 1;
}

function notRecorded(id: string): SpringtideError {
  return new SpringtideError('not-found', `${id} is not in the ledger; the change was not recorded`, {
    effect: 'none',
  });
}
