import { requirePermission } from '@springtide/identity';
import { SpringtideError, type Instant } from '@springtide/kernel';
import type { Database, RequestContext } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import {
  InventoryQueries,
  type CountBy,
  type InventoryCursor,
  type InventoryFilter,
} from './data/inventory.queries.js';
import { InventoryRepository } from './data/inventory.repository.js';
import {
  changesBetween,
  type DriftEvent,
  type InventoryFreshness,
  type InventoryRow,
  type ObservedByType,
  type ObservedMachine,
  type ResourceType,
} from './domain/index.js';

export type InventoryPage<K extends ResourceType> = Readonly<{
  items: readonly InventoryRow<ObservedByType[K]>[];
  next: InventoryCursor | null;
}>;

/** Machines of one account and region. */
export type MachineGroup = Readonly<{ accountId: string; region: string; machineIds: readonly string[] }>;

/** One inventory over all clouds: lists, counts, freshness and drift, and what other contexts learn at first hand. */
export class InventoryService {
  constructor(
    private readonly database: Database,
    /** Our creator mark: what the filter `ours` means. */
    private readonly installation: string,
  ) {}

  /** By name. Pass `next` as `after` for the page that follows. */
  async list<K extends ResourceType>(
    context: RequestContext,
    resourceType: K,
    filter: InventoryFilter,
    page: Readonly<{ limit: number; after?: InventoryCursor }>,
  ): Promise<InventoryPage<K>> {
    const found = await this.read(context, (queries) =>
      queries.list(resourceType, filter, page.limit + 1, page.after),
    );
    const items = found.slice(0, page.limit);
    const last = items.at(-1);
    const next = found.length > page.limit && last ? { name: last.resource.name, id: last.id } : null;
    return { items, next };
  }

  /** @throws not-found. */
  async getMachine(context: RequestContext, id: string): Promise<InventoryRow<ObservedMachine>> {
    const machine = await this.read(context, (queries) => queries.find('machine', id));
    if (machine) return machine;
    throw new SpringtideError('not-found', `there is no machine ${id} in the inventory`);
  }

  /** How many there are under the filter, by one property; the empty text is "none". */
  async count(
    context: RequestContext,
    resourceType: ResourceType,
    filter: InventoryFilter,
    by: CountBy,
  ): Promise<ReadonlyMap<string, number>> {
    return await this.read(context, (queries) => queries.count(resourceType, filter, by));
  }

  async freshness(context: RequestContext, accountId?: string): Promise<readonly InventoryFreshness[]> {
    return await this.read(context, (queries) => queries.freshness(accountId));
  }

  /** Newest first; `before` is the id of the last event of the page before. */
  async listDrift(
    context: RequestContext,
    filter: Readonly<{ accountId?: string; resourceId?: string }>,
    page: Readonly<{ limit: number; before?: string }>,
  ): Promise<readonly (DriftEvent & { id: string })[]> {
    return await this.read(context, (queries) => queries.drift(filter, page.limit, page.before));
  }

  /** Takes over what a caller has just read of single machines, so that nobody waits for the next listing. */
  async recordObserved(
    context: RequestContext,
    accountId: string,
    machines: readonly ObservedMachine[],
    at: Instant,
  ): Promise<void> {
    requirePermission(context, 'inventory:write');
    const regions = new Set(machines.map((machine) => machine.region));
    await this.database.unitOfWork(context, async (tx) => {
      for (const region of [...regions].toSorted()) {
        const place = { accountId, region, resourceType: 'machine' } as const;
        const inventory = new InventoryRepository(tx, context.tenantId, place);
        await inventory.lock();
        const known = new Map(
          (await inventory.known('machine')).map((row) => [row.resource.id, row.resource]),
        );
        const here = machines.filter((machine) => machine.region === region);
        const news = here.filter(
          (machine) => changesBetween(known.get(machine.id) ?? {}, machine).length > 0,
        );
        await inventory.save(news, at);
      }
    });
  }

  /**
   * For the ledger, in its own transaction: it asked for the end of these machines, so a listing without them is no
   * surprise. They are gone only when the cloud says so.
   */
  async recordReleased(
    tx: EntityManager,
    context: RequestContext,
    group: MachineGroup,
    at: Instant,
  ): Promise<void> {
    await machinesOf(tx, context, group).markReleased(group.machineIds, at);
  }

  /** For the ledger, in its own transaction: the cloud itself said of these ids that they are gone. */
  async recordGone(
    tx: EntityManager,
    context: RequestContext,
    group: MachineGroup,
    at: Instant,
  ): Promise<void> {
    await machinesOf(tx, context, group).markGone(group.machineIds, at);
  }

  private async read<T>(
    context: RequestContext,
    work: (queries: InventoryQueries) => Promise<T>,
  ): Promise<T> {
    return await this.database.unitOfWork(context, async (tx) =>
      work(new InventoryQueries(tx, context.tenantId, this.installation)),
    );
  }
}

function machinesOf(tx: EntityManager, context: RequestContext, group: MachineGroup): InventoryRepository {
  const { accountId, region } = group;
  return new InventoryRepository(tx, context.tenantId, { accountId, region, resourceType: 'machine' });
}
