import { toInstant } from '@springtide/kernel';
import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import type {
  DriftEvent,
  InventoryFreshness,
  InventoryRow,
  ObservedByType,
  ResourceType,
} from '../domain/index.js';
import { DriftEntity, FreshnessEntity, ResourceEntity, type ResourceRow } from './inventory.entity.js';
import { toFreshness } from './inventory.repository.js';
import { readChanges, readObserved } from './observed-json.js';

/** Everything that is given must hold. */
export type InventoryFilter = Readonly<{
  accountId?: string;
  region?: string;
  zone?: string;
  /** A machine state, or `gone`. Without it, what is gone is left out. */
  state?: string;
  campaign?: string;
  service?: string;
  /** `true`: only what carries our installation's mark; `false`: only what does not. */
  ours?: boolean;
  /** Part of a name, cloud id or address; case does not matter. */
  text?: string;
}>;

export type InventoryCursor = Readonly<{ name: string; id: string }>;
export type CountBy = 'state' | 'account' | 'region' | 'zone' | 'campaign' | 'service';

const GROUP_COLUMN: Readonly<Record<CountBy, string>> = {
  state: 'state',
  account: 'account_id',
  region: 'region',
  zone: 'zone',
  campaign: 'campaign',
  service: 'service',
};

/** Reads of one tenant's inventory; everything is filtered, sorted and cut by the database. */
export class InventoryQueries {
  constructor(
    private readonly tx: EntityManager,
    private readonly tenantId: string,
    /** Our creator mark: what `ours` means. */
    private readonly installation: string,
  ) {}

  async list<K extends ResourceType>(
    resourceType: K,
    filter: InventoryFilter,
    limit: number,
    after?: InventoryCursor,
  ): Promise<InventoryRow<ObservedByType[K]>[]> {
    const query = this.filtered(resourceType, filter)
      .orderBy('r.name', 'ASC')
      .addOrderBy('r.id', 'ASC')
      .limit(limit);
    if (after)
      query.andWhere('(r.name, r.id) > (:afterName, :afterId)', { afterName: after.name, afterId: after.id });
    const rows = await query.getMany();
    return rows.map((row) => toRow(resourceType, row));
  }

  async find<K extends ResourceType>(
    resourceType: K,
    id: string,
  ): Promise<InventoryRow<ObservedByType[K]> | undefined> {
    const row = await this.tx.findOneBy(ResourceEntity, { tenantId: this.tenantId, resourceType, id });
    return row ? toRow(resourceType, row) : undefined;
  }

  async count(
    resourceType: ResourceType,
    filter: InventoryFilter,
    by: CountBy,
  ): Promise<ReadonlyMap<string, number>> {
    const rows = await this.filtered(resourceType, filter)
      .select(`r.${GROUP_COLUMN[by]}`, 'key')
      .addSelect('count(*)::int', 'count')
      .groupBy(`r.${GROUP_COLUMN[by]}`)
      .getRawMany<{ key: string | null; count: number }>();
    return new Map(rows.map((row) => [row.key ?? '', row.count]));
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
    filter: Readonly<{ accountId?: string; resourceId?: string }>,
    limit: number,
    before?: string,
  ): Promise<(DriftEvent & { id: string })[]> {
    const query = this.tx
      .createQueryBuilder(DriftEntity, 'd')
      .where('d.tenantId = :tenantId', { tenantId: this.tenantId })
      .orderBy('d.id', 'DESC')
      .limit(limit);
    if (filter.accountId !== undefined)
      query.andWhere('d.accountId = :accountId', { accountId: filter.accountId });
    if (filter.resourceId !== undefined)
      query.andWhere('d.cloudId = :cloudId', { cloudId: filter.resourceId });
    if (before !== undefined) query.andWhere('d.id < :before', { before });
    const rows = await query.getMany();
    return rows.map(({ cloudId, at, changes, tenantId: _tenant, ...rest }) => ({
      ...rest,
      resourceId: cloudId,
      changes: readChanges(changes),
      at: toInstant(at),
    }));
  }

  private filtered(resourceType: ResourceType, filter: InventoryFilter): SelectQueryBuilder<ResourceRow> {
    const query = this.tx
      .createQueryBuilder(ResourceEntity, 'r')
      .where('r.tenantId = :tenantId and r.resourceType = :resourceType', {
        tenantId: this.tenantId,
        resourceType,
      })
      .andWhere(filter.state === 'gone' ? 'r.goneAt is not null' : 'r.goneAt is null');
    const exact = { accountId: filter.accountId, region: filter.region, zone: filter.zone };
    const owner = { campaign: filter.campaign, service: filter.service };
    const state = filter.state === 'gone' ? undefined : filter.state;
    for (const [column, value] of Object.entries({ ...exact, ...owner, state })) {
      if (value !== undefined) query.andWhere(`r.${column} = :${column}`, { [column]: value });
    }
    if (filter.ours !== undefined) {
      const distinct = filter.ours ? 'not distinct' : 'distinct';
      query.andWhere(`r.ownerInstallation is ${distinct} from :ours`, { ours: this.installation });
    }
    if (filter.text !== undefined) query.andWhere('r.search like :text', { text: likePart(filter.text) });
    return query;
  }
}

/** The text as it stands anywhere in the column: `%` and `_` are characters like any other. */
function likePart(text: string): string {
  return `%${text.toLowerCase().replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}

function toRow<K extends ResourceType>(resourceType: K, row: ResourceRow): InventoryRow<ObservedByType[K]> {
  return {
    id: row.id,
    accountId: row.accountId,
    resource: readObserved(resourceType, row.observed),
    firstSeen: toInstant(row.firstSeen),
    lastSeen: toInstant(row.lastSeen),
    releasedAt: row.releasedAt === null ? null : toInstant(row.releasedAt),
    goneAt: row.goneAt === null ? null : toInstant(row.goneAt),
  };
}
