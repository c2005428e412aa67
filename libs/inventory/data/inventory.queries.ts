import { toInstant } from '@springtide/kernel';
import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import type {
  DriftEvent,
  InventoryFreshness,
  InventoryRow,
  Observed,
  ObservedByType,
  ResourceType,
} from '../domain/index.js';
import { DriftEntity, FreshnessEntity, ResourceEntity, type ResourceRow } from './inventory.entity.js';
import { readChanges, readDoer, readObserved } from './observed-json.js';
import { toFreshness } from './place.repository.js';

/** Everything that is given must hold. */
export type InventoryFilter = Readonly<{
  accountId?: string;
  region?: string;
  zone?: string;
  /** A machine state, the cloud's own word for other resources, or `gone`. Without it, what is gone is left out. */
  state?: string;
  campaign?: string;
  service?: string;
  /** `true`: only what carries our installation's mark; `false`: only what does not. */
  ours?: boolean;
  /** All of these must be there; a value of null means: with any value. */
  labels?: readonly Readonly<{ key: string; value: string | null }>[];
  /** Part of a name, cloud id, address or short fact; case does not matter. */
  text?: string;
}>;

export type SortField = 'name' | 'state' | 'zone' | 'firstSeen';
export type InventorySort = Readonly<{ by: SortField; descending: boolean }>;
export const BY_NAME: InventorySort = { by: 'name', descending: false };

/** Where the page before ended: the sorted value as text, and the row. */
export type InventoryCursor = Readonly<{ value: string; id: string }>;
export type CountBy = 'type' | 'state' | 'account' | 'region' | 'zone' | 'campaign' | 'service';

const GROUP_COLUMN: Readonly<Record<CountBy, string>> = {
  type: 'resource_type',
  state: 'state',
  account: 'account_id',
  region: 'region',
  zone: 'zone',
  campaign: 'campaign',
  service: 'service',
};

const SORT_COLUMN: Readonly<Record<SortField, string>> = {
  name: 'r.name',
  state: `coalesce(r.state, '')`,
  zone: `coalesce(r.zone, '')`,
  firstSeen: 'r.first_seen',
};

const MOST_LABEL_VALUES = 500;

/** Reads of one tenant's inventory; everything is filtered, sorted and cut by the database. */
export class InventoryQueries {
  constructor(
    private readonly tx: EntityManager,
    private readonly tenantId: string,
    /** Our creator mark: what `ours` means. */
    private readonly installation: string,
  ) {}

  /** @param type null: of all types. */
  async list(
    type: ResourceType | null,
    filter: InventoryFilter,
    sort: InventorySort,
    page: Readonly<{ limit: number; after?: InventoryCursor }>,
  ): Promise<InventoryRow[]> {
    const column = SORT_COLUMN[sort.by];
    const way = sort.descending ? 'DESC' : 'ASC';
    const query = this.filtered(type, filter).orderBy(column, way).addOrderBy('r.id', way).limit(page.limit);
    if (page.after) {
      const beyond = `(${column}, r.id) ${sort.descending ? '<' : '>'} (:afterValue, :afterId)`;
      query.andWhere(beyond, { afterValue: page.after.value, afterId: page.after.id });
    }
    return await this.rows(query);
  }

  async find(id: string): Promise<InventoryRow | undefined> {
    const query = this.ofTenant().andWhere('r.id = :id', { id });
    return (await this.rows(query))[0];
  }

  async count(
    type: ResourceType | null,
    filter: InventoryFilter,
    by: CountBy,
  ): Promise<ReadonlyMap<string, number>> {
    const rows = await this.filtered(type, filter)
      .select(`r.${GROUP_COLUMN[by]}`, 'key')
      .addSelect('count(*)::int', 'count')
      .groupBy(`r.${GROUP_COLUMN[by]}`)
      .getRawMany<{ key: string | null; count: number }>();
    return new Map(rows.map((row) => [row.key ?? '', row.count]));
  }

  /** Keys and values in use, the most frequent first. */
  async labels(type: ResourceType | null): Promise<{ key: string; value: string; count: number }[]> {
    return await this.tx.query(
      `select l.key, l.value, count(*)::int as count
       from inventory_resource r, jsonb_each_text(r.labels) l
       where r.tenant_id = $1 and r.gone_at is null and ($2::text is null or r.resource_type = $2)
       group by l.key, l.value order by count(*) desc, l.key, l.value limit ${MOST_LABEL_VALUES}`,
      [this.tenantId, type],
    );
  }

  async freshness(accountId?: string): Promise<InventoryFreshness[]> {
    const rows = await this.tx.find(FreshnessEntity, {
      where: { tenantId: this.tenantId, ...(accountId === undefined ? {} : { accountId }) },
      order: { accountId: 'asc', region: 'asc', resourceType: 'asc' },
    });
    return rows.map(toFreshness);
  }

  /** Newest first; `before` is the id of the last event of the page before. */
  async drift(
    filter: DriftFilter,
    page: Readonly<{ limit: number; before?: string }>,
  ): Promise<(DriftEvent & { id: string })[]> {
    const query = this.tx
      .createQueryBuilder(DriftEntity, 'd')
      .where('d.tenantId = :tenantId', { tenantId: this.tenantId })
      .orderBy('d.id', 'DESC')
      .limit(page.limit);
    const exact = {
      accountId: filter.accountId,
      region: filter.region,
      resourceType: filter.type,
      cloudId: filter.resourceId,
      kind: filter.kind,
    };
    for (const [column, value] of Object.entries(exact)) {
      if (value !== undefined) query.andWhere(`d.${column} = :${column}`, { [column]: value });
    }
    if (filter.by !== undefined) query.andWhere(`d.who ->> 'by' = :by`, { by: filter.by });
    if (page.before !== undefined) query.andWhere('d.id < :before', { before: page.before });
    const rows = await query.getMany();
    return rows.map(({ cloudId, at, changes, who, tenantId: _tenant, ...rest }) => ({
      ...rest,
      resourceId: cloudId,
      changes: readChanges(changes),
      who: readDoer(who),
      at: toInstant(at),
    }));
  }

  /** What was seen when its place was last confirmed was seen then: its own row is written only when it changes. */
  private async rows(query: SelectQueryBuilder<ResourceRow>): Promise<InventoryRow[]> {
    const { raw, entities } = await query
      .leftJoin(
        'InventoryFreshness',
        'f',
        'f.tenantId = r.tenantId and f.accountId = r.accountId and f.region = r.region and f.resourceType = r.resourceType',
      )
      .addSelect('case when r.missed = 0 and r.gone_at is null then f.confirmed_at end', 'confirmed')
      .getRawAndEntities<{ confirmed: Date | null }>();
    return entities.map((row, index) => toRow(row, raw[index]?.confirmed ?? null));
  }

  private ofTenant(): SelectQueryBuilder<ResourceRow> {
    return this.tx
      .createQueryBuilder(ResourceEntity, 'r')
      .where('r.tenantId = :tenantId', { tenantId: this.tenantId });
  }

  private filtered(type: ResourceType | null, filter: InventoryFilter): SelectQueryBuilder<ResourceRow> {
    const query = this.ofTenant().andWhere(
      filter.state === 'gone' ? 'r.goneAt is not null' : 'r.goneAt is null',
    );
    const exact = {
      resourceType: type ?? undefined,
      accountId: filter.accountId,
      region: filter.region,
      zone: filter.zone,
      campaign: filter.campaign,
      service: filter.service,
      state: filter.state === 'gone' ? undefined : filter.state,
    };
    for (const [column, value] of Object.entries(exact)) {
      if (value !== undefined) query.andWhere(`r.${column} = :${column}`, { [column]: value });
    }
    if (filter.ours !== undefined) {
      const distinct = filter.ours ? 'not distinct' : 'distinct';
      query.andWhere(`r.ownerInstallation is ${distinct} from :ours`, { ours: this.installation });
    }
    for (const [index, { key, value }] of (filter.labels ?? []).entries()) {
      const names = { [`key${index}`]: key, [`value${index}`]: value };
      const holds =
        value === null
          ? `jsonb_exists(r.labels, :key${index})`
          : `r.labels ->> :key${index} = :value${index}`;
      query.andWhere(holds, names);
    }
    if (filter.text !== undefined) query.andWhere('r.search like :text', { text: likePart(filter.text) });
    return query;
  }
}

export type DriftFilter = Readonly<{
  accountId?: string;
  region?: string;
  type?: ResourceType;
  /** The cloud's id. */
  resourceId?: string;
  kind?: DriftEvent['kind'];
  by?: DriftEvent['who']['by'];
}>;

/** The text as it stands anywhere in the column: `%` and `_` are characters like any other. */
function likePart(text: string): string {
  return `%${text.toLowerCase().replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}

function toRow(row: ResourceRow, confirmedAt: Date | null): InventoryRow {
  const resource: ObservedByType[ResourceType] = readObserved(row.resourceType, row.observed);
  const lastSeen = confirmedAt !== null && confirmedAt > row.lastSeen ? confirmedAt : row.lastSeen;
  return {
    id: row.id,
    accountId: row.accountId,
    type: row.resourceType,
    resource: resource satisfies Observed,
    firstSeen: toInstant(row.firstSeen),
    lastSeen: toInstant(lastSeen),
    releasedAt: row.releasedAt === null ? null : toInstant(row.releasedAt),
    goneAt: row.goneAt === null ? null : toInstant(row.goneAt),
  };
}

/** The value of the row that its sort goes by, as text that the database reads back. */
export function sortValueOf(row: InventoryRow, by: SortField): string {
  if (by === 'name') return row.resource.name;
  if (by === 'firstSeen') return row.firstSeen;
  const { resource } = row;
  if (by === 'state') return 'state' in resource ? (resource.state ?? '') : '';
  return 'zone' in resource ? (resource.zone ?? '') : '';
}
