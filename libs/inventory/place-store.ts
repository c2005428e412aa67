import { hash } from 'node:crypto';
import type { Instant } from '@springtide/kernel';
import type { Database, RequestContext } from '@springtide/platform';
import { PlaceRepository, type Place, type Seen } from './data/place.repository.js';
import { driftOf, takeOver, type LedgerMachines, type Observed, type Suspicion } from './domain/index.js';

/** What the ledger knows of the account's machines; asked only when something must be explained. */
export type AskLedger = () => Promise<LedgerMachines>;

/** What was seen of one place, as it was taken into the inventory. */
export type Tally = Readonly<{ appeared: number; changed: number; unchanged: number }>;

type TakeHints = Readonly<{ known?: (id: string) => boolean; first?: boolean }>;

const NOBODY: LedgerMachines = new Map();

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
    const suspicion = await this.suspicion(seen.some(({ resource }) => known(resource.id)));
    return await this.work(async (inventory) => {
      await inventory.lock();
      const { fresh, before } = await this.write(inventory, onceEach(seen), at, known);
      const resources = fresh.map(({ resource }) => resource);
      const taken = takeOver(before, resources);
      await inventory.saveRelations([...before.values()], resources);
      await inventory.addDrift(
        driftOf(this.place, first ? { ...taken, appeared: [] } : taken, [], at, suspicion),
      );
      const { appeared, changed, unchanged } = taken;
      return { appeared: appeared.length, changed: changed.length, unchanged: unchanged.length };
    });
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
    const asks = known && this.place.resourceType === 'machine';
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
  await inventory.saveRelations(last, []);
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
