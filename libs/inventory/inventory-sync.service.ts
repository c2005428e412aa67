import type { CloudSource } from '@springtide/catalog';
import { requirePermission } from '@springtide/identity';
import { asSpringtideError, msBetween, toInstant, type Clock, type Instant } from '@springtide/kernel';
import type { Database, Logger, RequestContext } from '@springtide/platform';
import type { CloudClient } from '@springtide/provider-kit';
import { InventoryRepository, type Place } from './data/inventory.repository.js';
import {
  RECONCILIATION_POLICY,
  driftOf,
  reconcile,
  type Known,
  type Listing,
  type Observed,
  type Reconciliation,
  type ReconciliationPolicy,
  type ResourceType,
} from './domain/index.js';

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
  listMs: number;
  storeMs: number;
}>;

export type SyncReport = Readonly<{
  accountId: string;
  startedAt: Instant;
  finishedAt: Instant;
  /** True only if every place was read completely and believed. */
  complete: boolean;
  places: readonly PlaceReport[];
}>;

/** Cloud ids of the account's machines whose end the ledger asked for. */
export type ReleasedMachines = () => Promise<ReadonlySet<string>>;

const nothingReleased: ReleasedMachines = () => Promise.resolve(new Set());

type Task = Readonly<{
  context: RequestContext;
  client: CloudClient;
  place: Place;
  released: ReleasedMachines;
}>;

type Reading = Readonly<{
  listing: Listing<Observed>;
  gone: ReadonlySet<string>;
  hidden: number;
  policy: ReconciliationPolicy;
}>;

/** Brings the inventory in line with the clouds. A cut, empty or half-broken answer never looks like deletion. */
export class InventorySyncService {
  constructor(
    private readonly database: Database,
    private readonly clouds: CloudSource,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  /**
   * Reads every region of the account. A region or type that fails is reported; the others go on.
   * @param released asked only when machines are missing: those whose end the ledger itself has asked for, so that
   * their vanishing is no surprise.
   */
  async syncAccount(
    context: RequestContext,
    accountId: string,
    released: ReleasedMachines = nothingReleased,
  ): Promise<SyncReport> {
    requirePermission(context, 'inventory:write');
    const startedAt = this.now();
    const regions = await this.clouds.regions(context, accountId);
    return await this.clouds.use(context, accountId, async (client) => {
      const places: PlaceReport[] = [];
      for (const region of regions) {
        for (const resourceType of typesOf(client)) {
          places.push(
            await this.syncPlace({ context, client, place: { accountId, region, resourceType }, released }),
          );
        }
      }
      const complete = places.every((place) => place.complete);
      return { accountId, startedAt, finishedAt: this.now(), complete, places };
    });
  }

  private async syncPlace(task: Task): Promise<PlaceReport> {
    const { context, client, place } = task;
    const at = this.now();
    const reading = await this.read(task, await list(client, place, at));
    const listMs = msBetween(at, this.now());
    const stored = await this.database.unitOfWork(context, async (tx) =>
      store(new InventoryRepository(tx, context.tenantId, place), place, reading),
    );
    if (!stored.complete)
      this.log.warn({ ...place, reason: stored.reason }, 'inventory listing not believed');
    return { ...stored, listMs, storeMs: msBetween(at, this.now()) - listMs };
  }

  private async read(task: Task, listing: Listing<Observed>): Promise<Reading> {
    const { client, place } = task;
    const policy = { ...RECONCILIATION_POLICY, visibilityLagMs: client.manifest.limits.visibilityLagMs };
    const nothing = { listing, gone: new Set<string>(), hidden: 0, policy };
    if (!listing.complete) return nothing;
    const known = await this.known(task, listing);
    const { suspects } = reconcile<Observed>(known, listing, policy);
    if (suspects.length === 0) return nothing;
    if (place.resourceType !== 'machine') {
      // These cannot be read by id: a second complete listing without them stands in for it.
      const missedBefore = known.filter((row) => row.missed > 0).map((row) => row.resource.id);
      return { ...nothing, gone: new Set(missedBefore) };
    }
    return await readAgain(client, place, nothing, suspects);
  }

  /** What is known of the place, with what the ledger released marked, if anything is missing at all. */
  private async known(task: Task, listing: Listing<Observed>): Promise<Known<Observed>[]> {
    const { context, place, released } = task;
    const seen = new Set(listing.items.map((item) => item.id));
    const read = async (releasedIds: readonly string[]): Promise<Known<Observed>[]> =>
      await this.database.unitOfWork(context, async (tx) => {
        const inventory = new InventoryRepository(tx, context.tenantId, place);
        if (releasedIds.length > 0) await inventory.markReleased(releasedIds, listing.at);
        return await inventory.known(place.resourceType);
      });
    const known = await read([]);
    const absent = known.filter((row) => !row.leaving && !seen.has(row.resource.id));
    if (place.resourceType !== 'machine' || absent.length === 0) return known;
    const asked = await released();
    const ids = absent.map((row) => row.resource.id).filter((id) => asked.has(id));
    return ids.length === 0 ? known : await read(ids);
  }

  private now(): Instant {
    return toInstant(this.clock.now());
  }
}

function typesOf(client: CloudClient): ResourceType[] {
  const types: ResourceType[] = [];
  if (client.offers('compute')) types.push('machine');
  if (client.offers('network')) types.push('network');
  if (client.offers('images')) types.push('image');
  return types;
}

async function list(client: CloudClient, place: Place, at: Instant): Promise<Listing<Observed>> {
  const items: Observed[] = [];
  let complete = false;
  try {
    for await (const page of openListing(client, place)) {
      items.push(...page.items);
      complete = page.complete;
    }
    const reason = complete ? null : 'the listing ended before it was complete';
    return { items, complete, at, reason };
  } catch (thrown) {
    return { items, complete: false, at, reason: asSpringtideError(thrown).message };
  }
}

function openListing(
  client: CloudClient,
  { region, resourceType }: Place,
): AsyncIterable<Readonly<{ items: readonly Observed[]; complete: boolean }>> {
  switch (resourceType) {
    case 'machine':
      return client.compute.list({ region });
    case 'network':
      return client.network.listNetworks({ region });
    case 'image':
      return client.images.listImages({ region });
  }
}

/** A machine that vanished from a listing is read by its id before it is believed gone. */
async function readAgain(
  client: CloudClient,
  place: Place,
  reading: Reading,
  suspects: readonly Observed[],
): Promise<Reading> {
  const ids = suspects.map((suspect) => suspect.id);
  try {
    const answers = await client.compute.describe(ids, { region: place.region });
    const gone = new Set(ids.filter((id) => answers.get(id) === 'gone'));
    const hidden = [...answers.values()].filter((answer) => answer !== 'gone');
    const listing = { ...reading.listing, items: [...reading.listing.items, ...hidden] };
    return { ...reading, listing, gone, hidden: hidden.length };
  } catch (thrown) {
    const reason = `${ids.length} machines left the listing and could not be read by id: ${asSpringtideError(thrown).message}`;
    return { ...reading, listing: { ...reading.listing, complete: false, reason } };
  }
}

type Stored = Omit<PlaceReport, 'listMs' | 'storeMs'>;

async function store(inventory: InventoryRepository, place: Place, reading: Reading): Promise<Stored> {
  const { listing } = reading;
  const before = await inventory.lock();
  if (before && before.attemptedAt > listing.at) {
    const reason = 'a later listing of this place has been stored already';
    return {
      ...place,
      at: listing.at,
      complete: false,
      reason,
      seen: 0,
      appeared: 0,
      changed: 0,
      gone: 0,
      hidden: 0,
    };
  }
  const known = await inventory.known(place.resourceType);
  const result = reconcile<Observed>(known, listing, reading.policy);
  const gone = result.suspects.filter((suspect) => reading.gone.has(suspect.id));
  await write(inventory, result, gone, listing.at);
  // What the very first complete listing finds was always there: it is no drift.
  const first = (before?.confirmedAt ?? null) === null;
  await inventory.addDrift(driftOf(place, first ? { ...result, appeared: [] } : result, gone, listing.at));
  await inventory.saveFreshness({
    ...place,
    attemptedAt: listing.at,
    confirmedAt: result.believed ? listing.at : (before?.confirmedAt ?? null),
    complete: result.believed,
    reason: result.reason,
  });
  return {
    ...place,
    at: listing.at,
    complete: result.believed,
    reason: result.reason,
    seen: result.appeared.length + result.changed.length + result.unchanged.length,
    appeared: result.appeared.length,
    changed: result.changed.length,
    gone: gone.length,
    hidden: reading.hidden,
  };
}

async function write(
  inventory: InventoryRepository,
  result: Reconciliation<Observed>,
  gone: readonly Observed[],
  at: Instant,
): Promise<void> {
  await inventory.save([...result.appeared, ...result.changed.map((change) => change.resource)], at);
  await inventory.confirm(idsOf(result.unchanged), at);
  await inventory.countMissed(result.missed);
  await inventory.markGone(idsOf(gone), at);
}

function idsOf(resources: readonly Observed[]): string[] {
  return resources.map((resource) => resource.id);
}
