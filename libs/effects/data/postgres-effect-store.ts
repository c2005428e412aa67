import { SpringtideError, type Instant } from '@springtide/kernel';
import { jobContext, type Database } from '@springtide/platform';
import { z } from 'zod';
import type { Intent, Mandate } from '../domain/index.js';
import type {
  EffectStore,
  EffectTransaction,
  IntentFilter,
  ListingRecord,
  StopSwitch,
} from '../effect-store.port.js';
import {
  readIntent,
  readItem,
  readListing,
  readMandate,
  writeIntent,
  writeItem,
  writeMandate,
} from './effect-rows.js';

/** One SQL statement with positional parameters; an entity manager fits. */
type Queryable = { query(sql: string, parameters?: unknown[]): Promise<unknown> };

const Scopes = z.array(z.object({ tenantId: z.string(), accountId: z.string(), region: z.string() }));
const Stop = z.object({ engaged: z.boolean(), reason: z.string(), at: z.date() });
const Count = z.number();

/** The ledger in PostgreSQL, under row-level security of the tenant. */
export class PostgresEffectStore implements EffectStore {
  constructor(private readonly database: Database) {}

  async transaction<T>(tenantId: string, work: (tx: EffectTransaction) => Promise<T>): Promise<T> {
    const context = jobContext('effects', tenantId, 'effects');
    return await this.database.unitOfWork(
      context,
      async (tx) => await work(new PostgresTransaction(tx, tenantId)),
    );
  }

  async listScopes(since?: Instant) {
    return await this.database.systemWork('reconciler', async (tx) =>
      Scopes.parse(
        await tx.query(
          `select distinct tenant_id as "tenantId", account_id as "accountId", region
            from effect_intent where kind = 'create' and (state <> 'released' or created_at >= $1)`,
          [since ?? 'infinity'],
        ),
      ),
    );
  }
}

/** For callers that have a unit of work open already and must write an effect's row in it. */
export function effectTransaction(tx: Queryable, tenantId: string): EffectTransaction {
  return new PostgresTransaction(tx, tenantId);
}

class PostgresTransaction implements EffectTransaction {
  constructor(
    private readonly tx: Queryable,
    private readonly tenantId: string,
  ) {}

  async lockIntent(id: string) {
    return await this.one('where i.id = $1 for update', [id]);
  }

  async lockIntentAt(place: { runId: string; step: string; batch: number }) {
    return await this.one('where i.run_id = $1 and i.step = $2 and i.batch = $3 for update', [
      place.runId,
      place.step,
      place.batch,
    ]);
  }

  async listIntents(filter: IntentFilter) {
    const conditions: string[] = [];
    const values: unknown[] = [];
    const columns = {
      run_id: filter.runId,
      campaign_id: filter.campaignId,
      account_id: filter.accountId,
      region: filter.region,
      kind: filter.kind,
      service: filter.service,
    };
    for (const [column, value] of Object.entries(columns)) {
      if (value === undefined) continue;
      values.push(value);
      conditions.push(`i.${column} = $${values.length}`);
    }
    if (filter.ids !== undefined) {
      values.push(filter.ids);
      conditions.push(`i.id = any($${values.length}::uuid[])`);
    }
    if (filter.states !== undefined) {
      values.push(filter.states);
      conditions.push(`i.state = any($${values.length}::text[])`);
    }
    if (filter.onlyUnreleased === true) conditions.push(`i.state <> 'released'`);
    const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
    return await this.read(`${where} order by i.created_at, i.step collate "C", i.batch`, values);
  }

  async insertIntent(intent: Intent) {
    await this.insert('effect_intent', writeIntent(intent));
    await this.saveItems(intent);
  }

  async saveIntent(intent: Intent) {
    await this.update('effect_intent', writeIntent(intent));
    await this.saveItems(intent);
  }

  async renewLeases(runId: string, until: Instant) {
    // Rows are locked in one order, so that two owners renewing at once queue instead of blocking each other.
    const rows = await this.rows(
      `with live as (
         select id from effect_intent where run_id = $1 and kind = 'create' and state <> 'released'
         order by id for update)
       update effect_intent i set release_by = greatest(i.release_by, $2::timestamptz)
       from live where i.id = live.id returning i.id`,
      [runId, until],
    );
    return rows.length;
  }

  async countReleasing(place: { accountId: string; region: string }, since: Instant) {
    const [row] = await this.rows(
      `select count(*)::int as n from effect_item e join effect_intent i on i.id = e.intent_id
       where e.releasing_at >= $3 and i.kind = 'create' and i.account_id = $1 and i.region = $2`,
      [place.accountId, place.region, since],
    );
    return Count.parse(row?.['n']);
  }

  async lockMandate(id: string) {
    const [row] = await this.rows('select * from effect_mandate where id = $1 for update', [id]);
    return row === undefined ? undefined : readMandate(row);
  }

  async findMandateOfRun(runId: string) {
    const [row] = await this.rows('select * from effect_mandate where run_id = $1', [runId]);
    return row === undefined ? undefined : readMandate(row);
  }

  async insertMandate(mandate: Mandate) {
    await this.insert('effect_mandate', writeMandate(mandate));
  }

  async saveMandate(mandate: Mandate) {
    await this.update('effect_mandate', writeMandate(mandate));
  }

  async takeFence(runId: string, owner: string) {
    const rows = await this.rows(
      `insert into effect_fence (tenant_id, run_id, owner, fence) values ($1, $2, $3, 1)
       on conflict (tenant_id, run_id) do update set
         fence = effect_fence.fence + case when effect_fence.owner = excluded.owner then 0 else 1 end,
         owner = excluded.owner
       returning fence`,
      [this.tenantId, runId, owner],
    );
    return Count.parse(rows[0]?.['fence']);
  }

  async currentFence(runId: string) {
    const rows = await this.rows('select fence from effect_fence where run_id = $1', [runId]);
    return Count.parse(rows[0]?.['fence'] ?? 0);
  }

  async findStopSwitch() {
    const [row] = await this.rows('select engaged, reason, at from effect_stop', []);
    if (row === undefined) return undefined;
    const stop = Stop.parse(row);
    return { ...stop, at: stop.at.toISOString() };
  }

  async saveStopSwitch(state: StopSwitch) {
    await this.tx.query(
      `insert into effect_stop (tenant_id, engaged, reason, at) values ($1, $2, $3, $4)
       on conflict (tenant_id) do update set engaged = excluded.engaged, reason = excluded.reason, at = excluded.at`,
      [this.tenantId, state.engaged, state.reason, state.at],
    );
  }

  async findListing(accountId: string, region: string) {
    const sql = 'select * from effect_listing where account_id = $1 and region = $2 for update';
    const [row] = await this.rows(sql, [accountId, region]);
    return row === undefined ? undefined : readListing(row);
  }

  async listListings() {
    const rows = await this.rows('select * from effect_listing order by account_id, region', []);
    return rows.map(readListing);
  }

  async saveListing(record: ListingRecord) {
    await this.tx.query(
      `insert into effect_listing (tenant_id, account_id, region, taken_at, trusted, count, sightings, doubt, strangers)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       on conflict (tenant_id, account_id, region) do update set taken_at = excluded.taken_at,
         trusted = excluded.trusted, count = excluded.count, sightings = excluded.sightings,
         doubt = excluded.doubt, strangers = excluded.strangers`,
      [
        this.tenantId,
        record.accountId,
        record.region,
        record.takenAt,
        record.trusted,
        record.count,
        JSON.stringify(record.sightings),
        record.doubt === null ? null : JSON.stringify(record.doubt),
        JSON.stringify(record.strangers),
      ],
    );
  }

  private async one(tail: string, values: unknown[]): Promise<Intent | undefined> {
    const [intent] = await this.read(tail, values);
    return intent;
  }

  private async read(tail: string, values: unknown[]): Promise<readonly Intent[]> {
    const rows = await this.rows(`select i.* from effect_intent i ${tail}`, values);
    if (rows.length === 0) return [];
    const items = await this.rows(
      'select * from effect_item where intent_id = any($1::uuid[]) order by intent_id, index',
      [rows.map((row) => row['id'])],
    );
    const byIntent = Map.groupBy(items, (item) => item['intent_id']);
    return rows.map((row) =>
      readIntent(
        row,
        (byIntent.get(row['id']) ?? []).map((item) => readItem(item)),
      ),
    );
  }

  private async saveItems(intent: Intent): Promise<void> {
    if (intent.items.length === 0) return;
    // One statement for all items; rows that did not change are not written again.
    await this.tx.query(
      `insert into effect_item
       select $1, $2, r.* from jsonb_to_recordset($3::jsonb) as r(index int, state text, machine_id text, address text,
         refusal jsonb, accepted_at timestamptz, running_at timestamptz, ready_at timestamptz,
         releasing_at timestamptz, gone_at timestamptz, ends_at timestamptz, abandoned jsonb)
       on conflict (intent_id, index) do update set state = excluded.state, machine_id = excluded.machine_id,
         address = excluded.address, refusal = excluded.refusal, accepted_at = excluded.accepted_at,
         running_at = excluded.running_at, ready_at = excluded.ready_at, releasing_at = excluded.releasing_at,
         gone_at = excluded.gone_at, ends_at = excluded.ends_at, abandoned = excluded.abandoned
       where effect_item is distinct from excluded`,
      [this.tenantId, intent.id, JSON.stringify(intent.items.map((item) => writeItem(item)))],
    );
  }

  private async insert(table: string, row: Record<string, unknown>): Promise<void> {
    const columns = Object.keys(row);
    const slots = columns.map((_, index) => `$${index + 1}`);
    await this.tx.query(
      `insert into ${table} (${columns.join(', ')}) values (${slots.join(', ')})`,
      Object.values(row),
    );
  }

  private async update(table: string, row: Record<string, unknown>): Promise<void> {
    const { id, ...rest } = row;
    const sets = Object.keys(rest).map((column, index) => `${column} = $${index + 2}`);
    // The `returning` makes the driver hand back rows, so that a row hidden by row-level security is noticed.
    const changed = await this.rows(`update ${table} set ${sets.join(', ')} where id = $1 returning id`, [
      id,
      ...Object.values(rest),
    ]);
    if (changed.length !== 1) {
      throw new SpringtideError(
        'not-found',
        `${table} ${String(id)} is not there; the effect was not recorded`,
        {
          effect: 'none',
        },
      );
    }
  }

  /** TypeORM answers an `update … returning` as [rows, count] and everything else as rows. */
  private async rows(sql: string, values: unknown[]): Promise<Record<string, unknown>[]> {
    const answer = await this.tx.query(sql, values);
    const rows: unknown = Array.isArray(answer) && Array.isArray(answer[0]) ? answer[0] : answer;
    if (isRows(rows)) return rows;
    throw new SpringtideError(
      'internal',
      'the database did not answer with rows; the effect may be recorded',
    );
  }
}

/** What is in them is read row by row, with the schema of its kind. */
function isRows(answer: unknown): answer is Record<string, unknown>[] {
  return Array.isArray(answer) && answer.every((row) => typeof row === 'object' && row !== null);
}
