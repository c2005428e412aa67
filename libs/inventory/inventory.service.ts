import { requirePermission } from '@springtide/identity';
import { SpringtideError } from '@springtide/kernel';
import type { Database, RequestContext } from '@springtide/platform';
import {
  InventoryQueries,
  type CountBy,
  type InventoryCursor,
  type InventoryFilter,
} from './data/inventory.queries.js';
import type {
  DriftEvent,
  InventoryFreshness,
  InventoryRow,
  ObservedByType,
  ObservedMachine,
  ResourceType,
} from './domain/index.js';

export type InventoryPage<K extends ResourceType> = Readonly<{
  items: readonly InventoryRow<ObservedByType[K]>[];
  next: InventoryCursor | null;
}>;

/** One inventory over all clouds: lists, counts, freshness and drift. */
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

  private async read<T>(
    context: RequestContext,
    work: (queries: InventoryQueries) => Promise<T>,
  ): Promise<T> {
    requirePermission(context, 'inventory:read');
    return await this.database.unitOfWork(context, async (tx) =>
      work(new InventoryQueries(tx, context.tenantId, this.installation)),
    );
  }
}
