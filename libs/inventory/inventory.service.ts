import { requirePermission } from '@springtide/identity';
import { SpringtideError } from '@springtide/kernel';
import type { Database, RequestContext } from '@springtide/platform';
import {
  BY_NAME,
  InventoryQueries,
  sortValueOf,
  type CountBy,
  type DriftFilter,
  type InventoryCursor,
  type InventoryFilter,
  type InventorySort,
} from './data/inventory.queries.js';
import type {
  DriftEvent,
  InventoryFreshness,
  InventoryRow,
  ObservedByType,
  ObservedMachine,
  ResourceType,
} from './domain/index.js';

export type InventoryPage<K extends ResourceType = ResourceType> = Readonly<{
  items: readonly InventoryRow<ObservedByType[K]>[];
  next: InventoryCursor | null;
}>;

export type PageOf = Readonly<{ limit: number; after?: InventoryCursor; sort?: InventorySort }>;

/** One inventory over all clouds: lists, counts, labels, freshness and drift. */
export class InventoryService {
  constructor(
    private readonly database: Database,
    /** Our creator mark: what the filter `ours` means. */
    private readonly installation: string,
  ) {}

  /** By name, or as `sort` says. Pass `next` as `after`, with the same filter and sort, for the page that follows. */
  async list<K extends ResourceType>(
    context: RequestContext,
    resourceType: K,
    filter: InventoryFilter,
    page: PageOf,
  ): Promise<InventoryPage<K>> {
    // The rows are of the type that was asked for, which the compiler cannot follow.
    return (await this.page(context, resourceType, filter, page)) as InventoryPage<K>;
  }

  /** Of all types. */
  async listAll(context: RequestContext, filter: InventoryFilter, page: PageOf): Promise<InventoryPage> {
    return await this.page(context, null, filter, page);
  }

  /** @throws not-found. */
  async get(context: RequestContext, id: string): Promise<InventoryRow> {
    const row = await this.read(context, (queries) => queries.find(id));
    if (row) return row;
    throw new SpringtideError('not-found', `there is no resource ${id} in the inventory`);
  }

  /** @throws not-found. */
  async getMachine(context: RequestContext, id: string): Promise<InventoryRow<ObservedMachine>> {
    const row = await this.read(context, (queries) => queries.find(id));
    if (row && 'machineType' in row.resource) return { ...row, resource: row.resource };
    throw new SpringtideError('not-found', `there is no machine ${id} in the inventory`);
  }

  /** How many there are under the filter, by one property; the empty text is "none". */
  async count(
    context: RequestContext,
    resourceType: ResourceType | null,
    filter: InventoryFilter,
    by: CountBy,
  ): Promise<ReadonlyMap<string, number>> {
    return await this.read(context, (queries) => queries.count(resourceType, filter, by));
  }

  /** Labels in use with how often, the most frequent first. */
  async labels(
    context: RequestContext,
    resourceType: ResourceType | null,
  ): Promise<readonly Readonly<{ key: string; value: string; count: number }>[]> {
    return await this.read(context, (queries) => queries.labels(resourceType));
  }

  async freshness(context: RequestContext, accountId?: string): Promise<readonly InventoryFreshness[]> {
    return await this.read(context, (queries) => queries.freshness(accountId));
  }

  /** Newest first; `before` is the id of the last event of the page before. */
  async listDrift(
    context: RequestContext,
    filter: DriftFilter,
    page: Readonly<{ limit: number; before?: string }>,
  ): Promise<readonly (DriftEvent & { id: string })[]> {
    return await this.read(context, (queries) => queries.drift(filter, page));
  }

  private async page(
    context: RequestContext,
    type: ResourceType | null,
    filter: InventoryFilter,
    { limit, after, sort = BY_NAME }: PageOf,
  ): Promise<Readonly<{ items: readonly InventoryRow[]; next: InventoryCursor | null }>> {
    const wanted = { limit: limit + 1, ...(after ? { after } : {}) };
    const found = await this.read(context, (queries) => queries.list(type, filter, sort, wanted));
    const items = found.slice(0, limit);
    const last = items.at(-1);
    const next = found.length > limit && last ? { value: sortValueOf(last, sort.by), id: last.id } : null;
    return { items, next };
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
