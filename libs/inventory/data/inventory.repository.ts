import { parseInstant, toInstant, type Instant } from '@springtide/kernel';
import { IsNull, type EntityManager } from 'typeorm';
import type {
  DriftEvent,
  InventoryFreshness,
  Known,
  Observed,
  ObservedByType,
  ResourceType,
} from '../domain/index.js';
import { FreshnessEntity, ResourceEntity, type FreshnessRow } from './inventory.entity.js';
import { readObserved, searchText } from './observed-json.js';

export type Place = Readonly<{ accountId: string; region: string; resourceType: ResourceType }>;

/** The inventory of one place for one tenant, inside the transaction it was made for. Written in batches. */
export class InventoryRepository {
  constructor(
    private readonly tx: EntityManager,
    private readonly tenantId: string,
    private readonly place: Place,
  ) {}

  /** Serialises writers of one place, so that the older of two listings cannot overwrite the newer. */
  async lock(): Promise<InventoryFreshness | undefined> {
    const { accountId, region, resourceType } = this.place;
    await this.tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [
      `inventory|${accountId}|${region}|${resourceType}`,
    ]);
    const row = await this.tx.findOneBy(FreshnessEntity, { tenantId: this.tenantId, ...this.place });
    return row ? toFreshness(row) : undefined;
  }

  async saveFreshness(freshness: InventoryFreshness): Promise<void> {
    await this.tx.upsert(
      FreshnessEntity,
      {
        ...freshness,
        tenantId: this.tenantId,
        attemptedAt: parseInstant(freshness.attemptedAt),
        confirmedAt: freshness.confirmedAt === null ? null : parseInstant(freshness.confirmedAt),
      },
      ['tenantId', 'accountId', 'region', 'resourceType'],
    );
  }

  /** Everything of this place that is not gone. */
  async known<K extends ResourceType>(resourceType: K): Promise<Known<ObservedByType[K]>[]> {
    const { accountId, region } = this.place;
    const rows = await this.tx.find(ResourceEntity, {
      select: { observed: true, firstSeen: true, missed: true, releasedAt: true, state: true },
      where: { tenantId: this.tenantId, accountId, region, resourceType, goneAt: IsNull() },
    });
    return rows.map((row) => ({
      resource: readObserved(resourceType, row.observed),
      firstSeen: toInstant(row.firstSeen),
      missed: row.missed,
      leaving: row.releasedAt !== null || row.state === 'terminating',
    }));
  }

  /** New and changed resources. One that was gone and is seen again lives again. */
  async save(resources: readonly Observed[], at: Instant): Promise<void> {
    await this.tx.query(SAVE, [
      this.tenantId,
      this.place.accountId,
      this.place.region,
      this.place.resourceType,
      at,
      JSON.stringify(resources.map(toColumns)),
    ]);
  }

  async confirm(cloudIds: readonly string[], at: Instant): Promise<void> {
    await this.tx.query(
      `update inventory_resource set last_seen = greatest(last_seen, $5), missed = 0 ${HERE} and cloud_id = any($6)`,
      [...this.here(), at, cloudIds],
    );
  }

  async countMissed(cloudIds: readonly string[]): Promise<void> {
    await this.tx.query(`update inventory_resource set missed = missed + 1 ${HERE} and cloud_id = any($5)`, [
      ...this.here(),
      cloudIds,
    ]);
  }

  async markGone(cloudIds: readonly string[], at: Instant): Promise<void> {
    await this.tx.query(
      `update inventory_resource set gone_at = $5 ${HERE} and cloud_id = any($6) and gone_at is null`,
      [...this.here(), at, cloudIds],
    );
  }

  async markReleased(cloudIds: readonly string[], at: Instant): Promise<void> {
    await this.tx.query(
      `update inventory_resource set released_at = coalesce(released_at, $5) ${HERE} and cloud_id = any($6)`,
      [...this.here(), at, cloudIds],
    );
  }

  async addDrift(events: readonly DriftEvent[]): Promise<void> {
    await this.tx.query(ADD_DRIFT, [this.tenantId, JSON.stringify(events)]);
  }

  private here(): unknown[] {
    return [this.tenantId, this.place.accountId, this.place.region, this.place.resourceType];
  }
}

const HERE = `where tenant_id = $1 and account_id = $2 and region = $3 and resource_type = $4`;

const SAVE = `
  insert into inventory_resource (tenant_id, account_id, region, resource_type, cloud_id, name, state, zone,
    owner_installation, owner_intent, campaign, service, search, observed, first_seen, last_seen)
  select $1, $2, $3, $4, cloud_id, name, state, zone, owner_installation, owner_intent, campaign, service,
    search, observed, $5, $5
  from jsonb_to_recordset($6::jsonb) as seen(cloud_id text, name text, state text, zone text,
    owner_installation text, owner_intent text, campaign text, service text, search text, observed jsonb)
  on conflict (tenant_id, account_id, region, resource_type, cloud_id) do update set
    name = excluded.name, state = excluded.state, zone = excluded.zone,
    owner_installation = excluded.owner_installation, owner_intent = excluded.owner_intent,
    campaign = excluded.campaign, service = excluded.service, search = excluded.search,
    observed = excluded.observed, last_seen = excluded.last_seen, missed = 0, gone_at = null`;

const ADD_DRIFT = `
  insert into inventory_drift (tenant_id, account_id, region, resource_type, cloud_id, name, kind, changes, at)
  select $1, "accountId", region, "resourceType", "resourceId", name, kind, changes, at
  from jsonb_to_recordset($2::jsonb) as event("accountId" uuid, region text, "resourceType" text,
    "resourceId" text, name text, kind text, changes jsonb, at timestamptz)`;

type Columns = Readonly<Record<string, unknown>>;

function toColumns(resource: Observed): Columns {
  const machine = 'machineType' in resource ? resource : undefined;
  return {
    cloud_id: resource.id,
    name: resource.name,
    state: machine?.state,
    zone: 'zone' in resource ? resource.zone : undefined,
    owner_installation: machine?.ownership?.installation,
    owner_intent: machine?.ownership?.intent,
    campaign: machine?.ownership?.campaign,
    service: machine?.ownership?.service,
    search: searchText(resource),
    observed: resource,
  };
}

export function toFreshness(row: FreshnessRow): InventoryFreshness {
  return {
    accountId: row.accountId,
    region: row.region,
    resourceType: row.resourceType,
    attemptedAt: toInstant(row.attemptedAt),
    confirmedAt: row.confirmedAt === null ? null : toInstant(row.confirmedAt),
    complete: row.complete,
    reason: row.reason,
  };
}
