import { SpringtideError } from '@springtide/kernel';
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

  async listScopes() {
    const scopes = new Map<string, { tenantId: string; accountId: string; region: string }>();
    for (const [tenantId, book] of this.books) {
      for (const { accountId, region, kind, state } of book.intents.values()) {
        if (kind !== 'create' || state === 'released') continue;
        scopes.set(`${tenantId}/${accountId}/${region}`, { tenantId, accountId, region });
      }
    }
    return [...scopes.values()];
  }
}

function copyOf(book: TenantBook | undefined): TenantBook {
  return {
    intents: new Map(book?.intents),
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
    return [...this.book.intents.values()].find(
      (i) => i.runId === place.runId && i.step === place.step && i.batch === place.batch,
    );
  }

  async listIntents(filter: IntentFilter) {
    return [...this.book.intents.values()].filter(
      (intent) =>
        (filter.runId === undefined || intent.runId === filter.runId) &&
        (filter.campaignId === undefined || intent.campaignId === filter.campaignId) &&
        (filter.accountId === undefined || intent.accountId === filter.accountId) &&
        (filter.region === undefined || intent.region === filter.region) &&
        (filter.kind === undefined || intent.kind === filter.kind) &&
        (filter.service === undefined || intent.service === filter.service) &&
        (filter.onlyUnreleased !== true || intent.state !== 'released'),
    );
  }

  async insertIntent(intent: Intent) {
    if ((await this.lockIntentAt(intent)) !== undefined || this.book.intents.has(intent.id)) {
      throw new SpringtideError('already-exists', `effect ${intent.step}/${intent.batch} of this run exists`);
    }
    this.book.intents.set(intent.id, intent);
  }

  async saveIntent(intent: Intent) {
    this.book.intents.set(intent.id, intent);
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

  async saveListing(record: ListingRecord) {
    this.book.listings.set(`${record.accountId}/${record.region}`, record);
  }
}
