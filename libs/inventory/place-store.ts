import { hash } from 'node:crypto';
import { asSpringtideError, type Instant } from '@springtide/kernel';
import type { Database, RequestContext } from '@springtide/platform';
import { PlaceRepository, type Place } from './data/place.repository.js';
import type { Seen } from './data/place-rows.js';
import {
  allRelations,
  driftOf,
  relationNews,
  takeOver,
  type LedgerMachines,
  type Observed,
  type ResourceType,
  type Suspicion,
} from './domain/index.js';

/** What the ledger knows of the account's machines; asked only when something must be explained. */
export type AskLedger = () => Promise<LedgerMachines>;

/** What was seen of one place, as it was taken into the inventory. */
export type Tally = Readonly<{ appeared: number; changed: number; unchanged: number }>;

type TakeHints = Readonly<{ known?: (id: string) => boolean; first?: boolean }>;

const NOBODY: LedgerMachines = new Map();
/** What the ledger can explain: machines, and what comes and goes with them. */
const HANGS_ON_MACHINES: ReadonlySet<ResourceType> = new Set([
  'machine',
  'disk',
  'network-interface',
  'address',
]);

/** Takes what is seen of one place into the inventory. Each step is one short transaction under the place's lock. */
export class PlaceStore {
  constructor(
    private readonly database: Database,
    private readonly context: RequestContext,
    readonly place: Place,
    private readonly askLedger: AskLedger,
    private readonly installation: string,
  ) {}

  async work<T>(work: (inventory: PlaceRepository) => Promise<T>): Promise<T> {
    return await this.database.unitOfWork(this.context, async (tx) =>
      work(new PlaceRepository(tx, this.context.tenantId, this.place)),
    );
  }

  /**
   * What was seen is always taken over, unless a later look is stored already.
   * @param at when the look began. `known`: which of these were stored when it began, so that their changes may have to
   * be explained. `first`: nothing was ever known of this place, so that what appears was always there and is no drift.
   */
  async take(
    seen: readonly Seen[],
    at: Instant,
    { known = () => true, first = false }: TakeHints = {},
  ): Promise<Tally> {
    const once = onceEach(seen);
    const someKnown = once.some(({ resource }) => known(resource.id));
    if (first && !someKnown && (await this.addNew(once, at)))
      return { appeared: once.length, changed: 0, unchanged: 0 };
    const suspicion = await this.suspicion(someKnown);
    return await this.work(async (inventory) => {
      await inventory.lock();
      await inventory.doNotWaitForDisk();
      const { fresh, before } = await this.write(inventory, once, at, known);
      const resources = fresh.map(({ resource }) => resource);
      const taken = takeOver(before, resources);
      const relations = relationNews(before, resources);
      await inventory.dropRelations(relations.lost);
      await inventory.addRelations(relations.won);
      await inventory.addDrift(
        driftOf(this.place, first ? { ...taken, appeared: [] } : taken, [], at, suspicion),
      );
      const { appeared, changed, unchanged } = taken;
      return { appeared: appeared.length, changed: changed.length, unchanged: unchanged.length };
    });
  }

  /**
   * Of a place that nobody has looked at before nothing is stored, which need not be asked for each row. @returns false,
   * and nothing is written, when something is stored all the same: by id, while others watch.
   */
  private async addNew(seen: readonly Seen[], at: Instant): Promise<boolean> {
    const { won } = relationNews(
      new Map(),
      seen.map(({ resource }) => resource),
    );
    try {
      await this.work(async (inventory) => {
        await inventory.lock();
        await inventory.doNotWaitForDisk();
        await inventory.addNew(seen, at);
        await inventory.addRelations(won);
      });
      return true;
    } catch (thrown) {
      if (asSpringtideError(thrown).code === 'already-exists') return false;
      throw thrown;
    }
  }

  /** @returns what is written, which is all that no later look has seen, and what was stored of it and not gone. */
  private async write(
    inventory: PlaceRepository,
    seen: readonly Seen[],
    at: Instant,
    known: (id: string) => boolean,
  ): Promise<Readonly<{ fresh: readonly Seen[]; before: ReadonlyMap<string, Observed> }>> {
    // What nobody knew is nearly always new; the database says which of it is not, without being asked beforehand.
    const added = await inventory.add(
      seen.filter(({ resource }) => !known(resource.id)),
      at,
    );
    const others = seen.filter(({ resource }) => !added.has(resource.id));
    const stored = await inventory.stored(
      this.place.resourceType,
      others.map(({ resource }) => resource.id),
    );
    const isLater = (id: string): boolean => (stored.get(id)?.observedAt ?? at) > at;
    await inventory.save(
      others.filter(({ resource }) => !isLater(resource.id)),
      at,
    );
    const alive = [...stored].filter(([id, row]) => !row.gone && !isLater(id));
    return {
      fresh: seen.filter(({ resource }) => !isLater(resource.id)),
      before: new Map(alive.map(([id, row]) => [id, row.resource])),
    };
  }

  /** On the cloud's word of `at`. @returns how many were not gone before. */
  async takeAway(ids: readonly string[], at: Instant): Promise<number> {
    if (ids.length === 0) return 0;
    const suspicion = await this.suspicion(true);
    return await this.work(async (inventory) => {
      await inventory.lock();
      return await bury(inventory, this.place, ids, at, suspicion);
    });
  }

  async suspicion(known: boolean): Promise<Suspicion> {
    const asks = known && HANGS_ON_MACHINES.has(this.place.resourceType);
    return { ledger: asks ? await this.askLedger() : NOBODY, installation: this.installation };
  }
}

/** Inside a transaction that holds the place's lock. */
export async function bury(
  inventory: PlaceRepository,
  place: Place,
  ids: readonly string[],
  at: Instant,
  suspicion: Suspicion,
): Promise<number> {
  const gone = await inventory.markGone(ids, at);
  const last = [...(await inventory.stored(place.resourceType, gone)).values()].map((row) => row.resource);
  await inventory.dropRelations(last.flatMap(allRelations));
  await inventory.addDrift(driftOf(place, { appeared: [], changed: [] }, last, at, suspicion));
  return gone.length;
}

export function seenOf(resource: Observed): Seen {
  const json = JSON.stringify(resource);
  return { resource, json, hash: hash('sha256', json, 'base64url') };
}

/** One statement cannot write a row twice; of a resource that moved between pages the later word counts. */
function onceEach(seen: readonly Seen[]): readonly Seen[] {
  const once = new Map(seen.map((one) => [one.resource.id, one]));
  return once.size === seen.length ? seen : [...once.values()];
}
