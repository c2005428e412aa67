import { addMs, type Instant } from '@springtide/kernel';
import pg from 'pg';
import { z } from 'zod';
import type { AcknowledgedWrite, Books } from '../domain/index.js';
import type { GroundAccount } from '../ground/cloud-ground.js';
import { AuditChains, type Ask } from './audit-chains.js';
import { approvalOf, camel, intentOf, itemOf, mandateOf, type Row } from './book-rows.js';

export type BookRequest = Readonly<{
  /** Intents that listed machines name: they are read however old they are. */
  named?: readonly string[];
  /** Leaves out what was over earlier than this before now; left out: everything is read. */
  keepMs?: number;
}>;

/** What an answer with success says that it made, by route of the API; the tables never lose such rows. */
const MADE_BY: Readonly<Record<string, readonly [what: string, table: string]>> = {
  'accounts.register': ['account', 'cloud_account'],
  'routes.create': ['route', 'traffic_route'],
  'campaigns.create': ['campaign', 'campaign'],
  'plans.request': ['plan', 'campaign_plan'],
  'approvals.request': ['approval', 'approval'],
  'runs.arm': ['run', 'campaign_run'],
};

/** Reads the rows by itself, with plain SQL and never through the product: in a transaction that cannot write. */
export class BookReader {
  private readonly chains = new AuditChains();

  /** @param url of the database, as a login that may take the role of the cross-tenant jobs. */
  constructor(private readonly url: string) {}

  /** Every account, disabled ones too, with the regions that it was seen to have or that something was bought in. */
  async accounts(): Promise<readonly GroundAccount[]> {
    return await this.inTransaction(
      async (ask) =>
        await rowsAs<GroundAccount>(
          ask,
          `select a.tenant_id, a.id as account_id, array(
             select jsonb_array_elements_text(coalesce(a.health -> 'regions', '[]'))
             union select distinct i.region from effect_intent i
              where i.tenant_id = a.tenant_id and i.account_id = a.id and i.kind = 'create' order by 1) as regions
           from cloud_account a where a.kind <> 'cluster' order by a.tenant_id, a.id`,
        ),
    );
  }

  async read({ named = [], keepMs }: BookRequest = {}): Promise<Books> {
    return await this.inTransaction(async (ask) => await this.readAll(ask, named, keepMs));
  }

  private async inTransaction<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: this.url, options: '-c role=springtide_system' });
    // A connection that breaks between two statements fails the next one; it must not end the process.
    client.on('error', () => undefined);
    await client.connect();
    try {
      await client.query('begin isolation level repeatable read read only');
      const ask: Ask = async (sql, parameters = []) => (await client.query<Row>(sql, [...parameters])).rows;
      const result = await work(ask);
      await client.query('commit');
      return result;
    } finally {
      await client.end();
    }
  }

  private async readAll(ask: Ask, named: readonly string[], keepMs: number | undefined): Promise<Books> {
    const [clock] = await ask('select clock_timestamp() as now');
    const readAt = z.date().parse(clock?.['now']).toISOString();
    const since = keepMs === undefined ? null : addMs(readAt, -keepMs);
    const from = since ?? '-infinity';
    const intents = await intentsOf(ask, from, named);
    const subjects = [...new Set(intents.map(({ runId }) => runId))];
    return {
      readAt,
      intents,
      intentsSince: since,
      mandates: (await ask('select * from effect_mandate where run_id = any($1::uuid[])', [subjects])).map(
        mandateOf,
      ),
      stops: await rowsAs(ask, 'select tenant_id, engaged, at from effect_stop'),
      listings: await rowsAs(
        ask,
        'select tenant_id, account_id, region, taken_at, trusted from effect_listing',
      ),
      runs: await rowsAs(ask, RUNS, [from]),
      approvals: (await ask('select * from approval')).flatMap((row) => approvalOf(row) ?? []),
      outbox: await rowsAs(
        ask,
        `select tenant_id, message ->> 'workflowId' as workflow_id, created_at from outbox`,
      ),
      alerts: await rowsAs(
        ask,
        `select tenant_id, run_id, step, at from campaign_timeline where level <> 'info' and at >= $1`,
        [from],
      ),
      acknowledged: await acknowledgedOf(ask),
      audit: {
        records: await rowsAs(
          ask,
          `select tenant_id, action, target_id, at from audit_record where result = 'ok' and target_id = any($1)`,
          [subjects],
        ),
        chains: await this.chains.read(ask),
      },
    };
  }
}

const RUNS = `
  select r.id, r.tenant_id, r.campaign_id, r.state, r.started_at, r.closed_at, r.came_back_from,
         exists (select 1 from effect_fence f where f.tenant_id = r.tenant_id and f.run_id = r.id) as taken
    from campaign_run r where r.closed_at is null or r.closed_at >= $1`;

async function intentsOf(ask: Ask, from: Instant, named: readonly string[]): Promise<Books['intents']> {
  const uuids = named.filter((id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id));
  // A run is read whole or not at all: its sums are compared.
  const rows = await ask(
    `select * from effect_intent where run_id in (
       select run_id from effect_intent
        where created_at >= $1 or (kind = 'create' and state <> 'released') or id = any($2::uuid[]))
     order by created_at, step collate "C", batch`,
    [from, uuids],
  );
  const items = await ask(
    'select * from effect_item where intent_id = any($1::uuid[]) order by intent_id, index',
    [rows.map((row) => row['id'])],
  );
  const byIntent = Map.groupBy(items, (row) => row['intent_id']);
  return rows.map((row) => intentOf(row, (byIntent.get(row['id']) ?? []).map(itemOf)));
}

/** The API keeps its answers for a day, so that a repeat gets the same one: each is a promise that was made. */
async function acknowledgedOf(ask: Ask): Promise<readonly AcknowledgedWrite[]> {
  const [table] = await ask(`select to_regclass('idempotency_key') is not null as there`);
  if (table?.['there'] !== true) return [];
  const answers = await ask(
    `select route_id, created_at, body from idempotency_key
      where status between 200 and 299 and body is not null and route_id = any($1)`,
    [Object.keys(MADE_BY)],
  );
  const promised = answers.flatMap(({ route_id: route, created_at: at, body }) => {
    const made = MADE_BY[String(route)];
    const id = idIn(String(body));
    return made === undefined || id === undefined
      ? []
      : [{ what: made[0], table: made[1], id, at: z.date().parse(at).toISOString() }];
  });
  const there = new Set<string>();
  for (const [name, rows] of Map.groupBy(promised, ({ table: kind }) => kind)) {
    const found = await ask(`select id from ${name} where id = any($1::uuid[])`, [rows.map(({ id }) => id)]);
    for (const { id } of found) there.add(`${name}/${String(id)}`);
  }
  return promised.map(({ what, table: name, id, at }) => ({
    what,
    id,
    at,
    found: there.has(`${name}/${id}`),
  }));
}

function idIn(body: string): string | undefined {
  const parsed = z.looseObject({ id: z.uuid() }).safeParse(JSON.parse(body));
  return parsed.success ? parsed.data.id : undefined;
}

async function rowsAs<T>(ask: Ask, sql: string, parameters: readonly unknown[] = []): Promise<readonly T[]> {
  return (await ask(sql, parameters)).map((row) => camel(row) as T);
}
