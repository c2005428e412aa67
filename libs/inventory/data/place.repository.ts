import { parseInstant, toInstant, type Instant } from '@springtide/kernel';
import type { EntityManager } from 'typeorm';
import type {
  DriftEvent,
  InventoryFreshness,
  Known,
  Observed,
  ObservedByType,
  RelationRow,
  ResourceType,
} from '../domain/index.js';
import { FreshnessEntity, type FreshnessRow } from './inventory.entity.js';
import { readObserved } from './observed-json.js';
import { relationColumns, relationRows, seenColumns, seenRows, type Seen } from './place-rows.js';

export type Place = Readonly<{ accountId: string; region: string; resourceType: ResourceType }>;

/** What is known of a stored resource without reading it. */
export type Indexed = Known & Readonly<{ hash: string }>;

export type Stored<T extends Observed = Observed> = Readonly<{
  resource: T;
  /** When the look began that it comes from. */
  observedAt: Instant;
  gone: boolean;
}>;

export type PlaceFreshness = InventoryFreshness & Readonly<{ listedAt: Instant | null }>;

/** The inventory of one place for one tenant, inside the transaction it was made for. Written in batches. */
export class PlaceRepository {
  constructor(
    private readonly tx: EntityManager,
    private readonly tenantId: string,
    private readonly place: Place,
  ) {}

  /** Serialises writers of one place, so that the older of two looks cannot overwrite the newer. */
  async lock(): Promise<void> {
    const { accountId, region, resourceType } = this.place;
    await this.tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [
      `inventory|${accountId}|${region}|${resourceType}`,
    ]);
  }

  /**
   * This transaction does not wait for the disk. What a crash of the database takes back, the next look sees again; and
   * a later commit that waits has all earlier ones on the disk with it.
   */
  async doNotWaitForDisk(): Promise<void> {
    await this.tx.query('set local synchronous_commit = off');
  }

  async freshness(): Promise<PlaceFreshness | undefined> {
    const row = await this.tx.findOneBy(FreshnessEntity, { tenantId: this.tenantId, ...this.place });
    if (!row) return undefined;
    return { ...toFreshness(row), listedAt: row.listedAt === null ? null : toInstant(row.listedAt) };
  }

  async saveFreshness(freshness: Omit<PlaceFreshness, keyof Place>): Promise<void> {
    const { attemptedAt, listedAt, confirmedAt, complete, reason } = freshness;
    await this.tx.upsert(
      FreshnessEntity,
      {
        tenantId: this.tenantId,
        ...this.place,
        attemptedAt: parseInstant(attemptedAt),
        listedAt: listedAt === null ? null : parseInstant(listedAt),
        confirmedAt: confirmedAt === null ? null : parseInstant(confirmedAt),
        complete,
        reason,
      },
      ['tenantId', 'accountId', 'region', 'resourceType'],
    );
  }

  /** Everything of this place that is not gone, by the cloud's id, without what was seen of it. */
  async index(): Promise<Map<string, Indexed>> {
    const rows = await this.tx.query<IndexRow[]>(
      `select cloud_id, hash, first_seen, missed, released_at is not null or coalesce(state, '') = 'terminating' as leaving
       from inventory_resource ${HERE} and gone_at is null`,
      this.here(),
    );
    return new Map(
      rows.map(({ cloud_id, hash, first_seen, missed, leaving }) => [
        cloud_id,
        { hash, firstSeen: toInstant(first_seen), missed, leaving },
      ]),
    );
  }

  async stored<K extends ResourceType>(
    resourceType: K,
    cloudIds: readonly string[],
  ): Promise<Map<string, Stored<ObservedByType[K]>>> {
    if (cloudIds.length === 0) return new Map();
    const rows = await this.tx.query<StoredRow[]>(
      `select cloud_id, observed, observed_at, gone_at is not null as gone
       from inventory_resource ${HERE} and cloud_id = any($5)`,
      [...this.here(), cloudIds],
    );
    return new Map(
      rows.map(({ cloud_id, observed, observed_at, gone }) => [
        cloud_id,
        { resource: readObserved(resourceType, observed), observedAt: toInstant(observed_at), gone },
      ]),
    );
  }

  /** Machines that the cloud last called on their way up or down. */
  async inFlight(): Promise<string[]> {
    const rows = await this.tx.query<{ cloud_id: string }[]>(
      `select cloud_id from inventory_resource
       where tenant_id = $1 and account_id = $2 and region = $3 and resource_type = 'machine' and gone_at is null
         and state in ('pending', 'stopping', 'terminating')`,
      this.here().slice(0, 3),
    );
    return rows.map((row) => row.cloud_id);
  }

  /** @throws already-exists, and the transaction is lost, when one of them is stored. */
  async addNew(seen: readonly Seen[], at: Instant): Promise<void> {
    await this.tx.query(INSERT, this.columns(seen, at));
  }

  /** Those that are not stored at all. @returns their ids; the others are left as they are. */
  async add(seen: readonly Seen[], at: Instant): Promise<ReadonlySet<string>> {
    if (seen.length === 0) return new Set();
    const rows = await this.tx.query<{ cloud_id: string }[]>(ADD, this.columns(seen, at));
    return new Set(rows.map((row) => row.cloud_id));
  }

  /** New and changed resources. One that was gone and is seen again lives again. */
  async save(seen: readonly Seen[], at: Instant): Promise<void> {
    if (seen.length === 0) return;
    await this.tx.query(SAVE, this.columns(seen, at));
  }

  /** Seen as stored, after listings that lacked them. */
  async confirm(cloudIds: readonly string[], at: Instant): Promise<void> {
    if (cloudIds.length === 0) return;
    await this.tx.query(
      `update inventory_resource set last_seen = greatest(last_seen, $5), missed = 0 ${HERE} and cloud_id = any($6)`,
      [...this.here(), at, cloudIds],
    );
  }

  /** @param confirmedAt until when those that are missed for the first time were there. */
  async countMissed(cloudIds: readonly string[], confirmedAt: Instant | null): Promise<void> {
    if (cloudIds.length === 0) return;
    await this.tx.query(
      `update inventory_resource set missed = missed + 1,
         last_seen = case when missed = 0 then greatest(last_seen, $5) else last_seen end
       ${HERE} and cloud_id = any($6)`,
      [...this.here(), confirmedAt, cloudIds],
    );
  }

  /** @returns those that were not gone, and of which nothing newer than `at` is known. */
  async markGone(cloudIds: readonly string[], at: Instant): Promise<string[]> {
    if (cloudIds.length === 0) return [];
    const [rows] = await this.tx.query<[{ cloud_id: string }[], number]>(
      `update inventory_resource set gone_at = $5, observed_at = $5
       ${HERE} and cloud_id = any($6) and gone_at is null and observed_at <= $5 returning cloud_id`,
      [...this.here(), at, cloudIds],
    );
    return rows.map((row) => row.cloud_id);
  }

  async markReleased(cloudIds: readonly string[], at: Instant): Promise<void> {
    if (cloudIds.length === 0) return;
    await this.tx.query(
      `update inventory_resource set released_at = coalesce(released_at, $5) ${HERE} and cloud_id = any($6)`,
      [...this.here(), at, cloudIds],
    );
  }

  async dropRelations(relations: readonly RelationRow[]): Promise<void> {
    if (relations.length === 0) return;
    const targets = [...new Set(relations.map(({ to }) => to.id))];
    const keys = relations.map(({ from, to }) => [from, to.kind, to.to, to.id].join('\n'));
    await this.tx.query(DROP_RELATIONS, [...this.here(), targets, keys]);
  }

  /** Those that are not stored: no key refuses one that is. */
  async addRelations(relations: readonly RelationRow[]): Promise<void> {
    if (relations.length === 0) return;
    await this.tx.query(ADD_RELATIONS, [...this.here(), ...relationColumns(relations)]);
  }

  async addDrift(events: readonly DriftEvent[]): Promise<void> {
    if (events.length === 0) return;
    await this.tx.query(ADD_DRIFT, [this.tenantId, JSON.stringify(events)]);
  }

  /**
   * Machines that somebody outside changed since then, and of whom it is not known yet who it was. Those that the cloud was
   * not asked about come first; those it was asked about only where that was before `askedBefore`.
   */
  async unexplained({ since, askedBefore, most }: UnexplainedQuery): Promise<readonly Unexplained[]> {
    const rows = await this.tx.query<{ id: string; cloud_id: string; name: string; at: Date }[]>(
      `select id, cloud_id, name, at from inventory_drift
       ${HERE} and at >= $5 and who ->> 'by' = 'outside' and who ->> 'trail' is null
         and coalesce(who ->> 'askedAt', '') < $6 collate "C"
       order by coalesce(who ->> 'askedAt', '') collate "C", id desc limit $7`,
      [...this.here(), since, askedBefore, most],
    );
    return rows.map(({ id, cloud_id, name, at }) => ({ id, machineId: cloud_id, name, at: toInstant(at) }));
  }

  /** @param trails by the event; null where the cloud's own trail says nothing, or nothing yet. */
  async explain(trails: ReadonlyMap<string, string | null>, askedAt: Instant): Promise<void> {
    const rows = [...trails].map(([id, trail]) => ({ id, trail }));
    await this.tx.query(
      `update inventory_drift d
       set who = jsonb_build_object('by', 'outside', 'trail', told.trail, 'askedAt', $3::text)
       from json_to_recordset($2::json) as told(id bigint, trail text)
       where d.tenant_id = $1 and d.id = told.id and d.who ->> 'trail' is null`,
      [this.tenantId, JSON.stringify(rows), askedAt],
    );
  }

  private columns(seen: readonly Seen[], at: Instant): unknown[] {
    return [...this.here(), at, ...seenColumns(seen)];
  }

  private here(): unknown[] {
    return [this.tenantId, this.place.accountId, this.place.region, this.place.resourceType];
  }
}

type UnexplainedQuery = Readonly<{ since: Instant; askedBefore: Instant; most: number }>;
export type Unexplained = Readonly<{ id: string; machineId: string; name: string; at: Instant }>;

type IndexRow = { cloud_id: string; hash: string; first_seen: Date; missed: number; leaving: boolean };
type StoredRow = { cloud_id: string; observed: unknown; observed_at: Date; gone: boolean };

const HERE = `where tenant_id = $1 and account_id = $2 and region = $3 and resource_type = $4`;

const INSERT = `
  insert into inventory_resource (tenant_id, account_id, region, resource_type, cloud_id, name, state, zone,
    owner_installation, owner_intent, campaign, service, search, labels, observed, hash, observed_at, first_seen,
    last_seen)
  select $1, $2, $3, $4, coalesce(cloud_id, ''), coalesce(name, ''), nullif(state, ''), nullif(zone, ''),
    nullif(owner_installation, ''), nullif(owner_intent, ''), nullif(campaign, ''), nullif(service, ''), search,
    labels::jsonb, observed::json, hash, $5, $5, $5
  from ${seenRows(6)}`;

/**
 * Finds its conflicts by the unique key itself. A query beforehand would be planned without statistics while a first sync
 * fills the table, and then reads all resources of the tenant for each batch.
 */
const ADD = `${INSERT} on conflict do nothing returning cloud_id`;

const SAVE = `${INSERT}
  on conflict (tenant_id, account_id, region, resource_type, cloud_id) do update set
    name = excluded.name, state = excluded.state, zone = excluded.zone,
    owner_installation = excluded.owner_installation, owner_intent = excluded.owner_intent,
    campaign = excluded.campaign, service = excluded.service, search = excluded.search, labels = excluded.labels,
    observed = excluded.observed, hash = excluded.hash, observed_at = excluded.observed_at,
    last_seen = excluded.last_seen, missed = 0, gone_at = null`;

const ADD_RELATIONS = `
  insert into inventory_relation (tenant_id, account_id, region, from_type, from_id, kind, to_type, to_id)
  select $1, $2, $3, $4, from_id, kind, to_type, to_id from ${relationRows(5)}`;

/** The key of each row against a hashed list: the rows of a shared target are gone through once, not once for each. */
const DROP_RELATIONS = `
  delete from inventory_relation
  where tenant_id = $1 and to_id = any($5) and account_id = $2 and region = $3 and from_type = $4
    and concat_ws(E'\\n', from_id, kind, to_type, to_id) = any($6::text[])`;

const ADD_DRIFT = `
  insert into inventory_drift (tenant_id, account_id, region, resource_type, cloud_id, name, kind, changes, who, at)
  select $1, "accountId", region, "resourceType", "resourceId", name, kind, changes, who, at
  from json_to_recordset($2::json) as event("accountId" uuid, region text, "resourceType" text,
    "resourceId" text, name text, kind text, changes jsonb, who jsonb, at timestamptz)`;

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
