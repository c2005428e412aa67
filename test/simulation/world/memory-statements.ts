import { SpringtideError } from '@springtide/kernel';
import type { MemoryTables, Row } from './memory-tables.js';

type Values = readonly unknown[];
type Statement = (tables: MemoryTables, values: Values, tenantId: string) => readonly Row[];

const TIMES = /(_at|_by|^at|^deadline|valid_until|taken_at|^since)$/;
const DOCUMENTS = new Set([
  ...['progress', 'obstacles', 'found', 'counters', 'base', 'safe_hold', 'sentences'],
  'summary_sentences',
  ...[
    'spec',
    'problem',
    'refusal',
    'pool_ids',
    'sightings',
    'doubt',
    'strangers',
    'envelope',
    'facts',
    'message',
  ],
  ...['input', 'content', 'phases', 'targets', 'home', 'release', 'before', 'after'],
]);

/** A value as PostgreSQL gives it back: timestamps as dates, documents parsed. */
export function stored(column: string, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (TIMES.test(column) && typeof value === 'string') return new Date(value);
  if (DOCUMENTS.has(column))
    return frozen(typeof value === 'string' ? JSON.parse(value) : structuredClone(value));
  return value;
}

/** Kept once and handed out to everybody: nobody may change it. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

export function storedRow(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, stored(column, value)]));
}

type Known = Readonly<{ text: string; special: Statement | undefined }>;

/** The same few statements come again and again: each is looked at once. */
const KNOWN = new Map<string, Known>();
const PARTS = new Map<RegExp, Map<string, RegExpExecArray | null>>();

function known(sql: string): Known {
  const before = KNOWN.get(sql);
  if (before !== undefined) return before;
  const text = sql.replaceAll(/\s+/g, ' ').trim();
  const statement = { text, special: SPECIAL.find(([start]) => text.startsWith(start))?.[1] };
  KNOWN.set(sql, statement);
  return statement;
}

function partsOf(form: RegExp, text: string): RegExpExecArray | null {
  const own = PARTS.get(form) ?? new Map<string, RegExpExecArray | null>();
  PARTS.set(form, own);
  const before = own.get(text);
  if (before !== undefined) return before;
  const parts = form.exec(text);
  own.set(text, parts);
  return parts;
}

/** Carries out one statement of the services as PostgreSQL would. @throws internal for one that nobody has written here. */
export function carryOut(
  tables: MemoryTables,
  sql: string,
  values: Values,
  tenantId: string,
): readonly Row[] {
  const { text, special } = known(sql);
  if (special !== undefined) return special(tables, values, tenantId);
  const general =
    insert(tables, text, values) ??
    select(tables, text, values, tenantId) ??
    update(tables, text, values) ??
    remove(tables, text, values);
  if (general !== undefined) return general;
  throw new SpringtideError('internal', `the database in memory does not know this statement: ${text}`);
}

const INSERT =
  /^insert into (\w+) \(([^)]*)\) values \(([^)]*)\)( on conflict(?: \(([^)]*)\))? do (nothing|update set .*))?$/;

function insert(tables: MemoryTables, text: string, values: Values): readonly Row[] | undefined {
  const parts = partsOf(INSERT, text);
  if (parts === null) return undefined;
  const [, table = '', columns = '', slots = '', , key, action] = parts;
  const given = slots.split(',').map((slot) => readSlot(slot.trim(), values));
  const row = storedRow(Object.fromEntries(columns.split(',').map((name, at) => [name.trim(), given[at]])));
  if (key !== undefined && action !== undefined) {
    const names = key.split(',').map((name) => name.trim());
    const same = (other: Row) => names.every((name) => other[name] === row[name]);
    const there = tables.rows(table).some(same);
    if (there && action !== 'nothing') tables.update(table, same, () => row);
    if (there) return [];
  }
  try {
    tables.insert(table, row);
  } catch (thrown) {
    if (action !== 'nothing') throw thrown;
  }
  return [];
}

function readSlot(slot: string, values: Values): unknown {
  const number = /^\$(\d+)/.exec(slot)?.[1];
  if (number !== undefined) return values[Number(number) - 1];
  if (slot === 'null') return null;
  return slot === 'true' || slot === 'false' ? slot === 'true' : slot.replaceAll("'", '');
}

const SELECT =
  /^select (.+?) from (\w+)(?: i)?(?: where (.*?))?(?: order by (.*?))?(?: limit (\d+))?(?: for update)?$/;

type Query = Readonly<{
  table: string;
  conditions: readonly string[];
  order: (a: Row, b: Row) => number;
  isOrdered: boolean;
  most: number | undefined;
}>;
const QUERIES = new Map<string, Query | null>();

function queryOf(text: string): Query | null {
  const before = QUERIES.get(text);
  if (before !== undefined) return before;
  const parts = SELECT.exec(text);
  const query = parts === null || /\bjoin\b|\(select/.test(text) ? null : readQuery(parts);
  QUERIES.set(text, query);
  return query;
}

function readQuery([, , table = '', where = '', order = '', limit]: RegExpExecArray): Query {
  const conditions = where.split(' and ').filter((each) => each !== '');
  const most = limit === undefined ? undefined : Number(limit);
  return { table, conditions, order: byColumns(order), isOrdered: order !== '', most };
}

function select(tables: MemoryTables, text: string, values: Values, tenantId: string) {
  const query = queryOf(text);
  if (query === null) return undefined;
  const tests = query.conditions.map((each) => condition(each, values));
  const found = tables.where(
    query.table,
    (row) => (tenantId === '' || row['tenant_id'] === tenantId) && tests.every((test) => test(row)),
  );
  if (query.isOrdered && found.length > 1) found.sort(query.order);
  return query.most === undefined ? found : found.slice(0, query.most);
}

function byColumns(order: string): (a: Row, b: Row) => number {
  const columns = order
    .split(',')
    .filter((each) => each.trim() !== '')
    .map((each) => ({
      name: /^(?:i\.)?(\w+)/.exec(each.trim())?.[1] ?? '',
      sign: each.includes(' desc') ? -1 : 1,
    }));
  return (a, b) => {
    for (const { name, sign } of columns) {
      const [x, y] = [comparable(a[name]), comparable(b[name])];
      if (x !== y) return (x < y ? -1 : 1) * sign;
    }
    return 0;
  };
}

function comparable(value: unknown): number | string {
  if (value instanceof Date) return value.getTime();
  return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

const CONDITION =
  /^(?:i\.)?(\w+) (?:is (not )?null|(=|<>|>=|<=|>|<) (any\()?(\$\d+|'[^']*'|\w+)(?:::\w+(?:\[\])?)?\)?)$/;

function condition(text: string, values: Values): (row: Row) => boolean {
  const parts = partsOf(CONDITION, text.trim());
  if (parts === null)
    throw new SpringtideError('internal', `the database in memory does not know: where ${text}`);
  const [, column = '', not, operator, any, slot = ''] = parts;
  if (operator === undefined) return (row) => (row[column] === null) === (not === undefined);
  const given = readSlot(slot, values);
  if (any !== undefined) return (row) => (given as unknown[]).includes(row[column]);
  const kept = stored(column, given);
  if (operator === '=' && (typeof kept === 'string' || typeof kept === 'number'))
    return (row) => row[column] === kept;
  const wanted = comparable(kept);
  const differs = (row: Row) => {
    const value = comparable(row[column]);
    return value === wanted ? 0 : value < wanted ? -1 : 1;
  };
  const holds = TESTS[operator] ?? (() => false);
  return (row) => row[column] !== null && holds(differs(row));
}

const TESTS: Readonly<Record<string, (difference: number) => boolean>> = {
  '=': (d) => d === 0,
  '<>': (d) => d !== 0,
  '>=': (d) => d >= 0,
  '<=': (d) => d <= 0,
  '>': (d) => d > 0,
  '<': (d) => d < 0,
};

const UPDATE = /^update (\w+) set (.*?) where (.*?)( returning \w+)?$/;

function update(tables: MemoryTables, text: string, values: Values): readonly Row[] | undefined {
  const parts = partsOf(UPDATE, text);
  if (parts === null) return undefined;
  const [, table = '', sets = '', where = ''] = parts;
  const change = Object.fromEntries(
    sets.split(', ').map((each) => {
      const [column = '', slot = ''] = each.split(' = ');
      return [column, stored(column, readSlot(slot, values))];
    }),
  );
  const tests = where.split(' and ').map((each) => condition(each, values));
  return tables.update(
    table,
    (row) => tests.every((test) => test(row)),
    () => change,
  );
}

const DELETE = /^delete from (\w+) where (.*)$/;

function remove(tables: MemoryTables, text: string, values: Values): readonly Row[] | undefined {
  const parts = partsOf(DELETE, text);
  if (parts === null) return undefined;
  const tests = (parts[2] ?? '').split(' and ').map((each) => condition(each, values));
  tables.remove(parts[1] ?? '', (row) => tests.every((test) => test(row)));
  return [];
}

/** Statements that no general form covers, by how they begin. */
const SPECIAL: readonly (readonly [string, Statement])[] = [
  ['select set_config', () => []],
  // Transactions run one after another here: who asks for a lock has it.
  ['select pg_advisory_xact_lock', () => []],
  [
    'with live as ( select id from effect_intent',
    (tables, [runId, until]) =>
      tables.update(
        'effect_intent',
        (row) => row['run_id'] === runId && row['kind'] === 'create' && row['state'] !== 'released',
        (row) => {
          const wanted = new Date(String(until));
          const held = row['release_by'];
          return { release_by: held instanceof Date && held > wanted ? held : wanted };
        },
      ),
  ],
  [
    'select count(*)::int as n from effect_item',
    (tables, [accountId, region, since]) => {
      const creates = tables.find('effect_intent', { account_id: accountId, region, kind: 'create' });
      const ids = new Set(creates.map((row) => row['id']));
      const from = new Date(String(since));
      const n = tables.rows('effect_item').filter((row) => {
        const at = row['releasing_at'];
        return ids.has(row['intent_id']) && at instanceof Date && at >= from;
      }).length;
      return [{ n }];
    },
  ],
  [
    'insert into effect_fence',
    (tables, [tenantId, runId, owner]) => {
      const [held] = tables.find('effect_fence', { run_id: runId });
      if (held === undefined) {
        tables.insert('effect_fence', { tenant_id: tenantId, run_id: runId, owner, fence: 1 });
        return [{ fence: 1 }];
      }
      const fence = Number(held['fence']) + (held['owner'] === owner ? 0 : 1);
      tables.update(
        'effect_fence',
        (row) => row['run_id'] === runId,
        () => ({ owner, fence }),
      );
      return [{ fence }];
    },
  ],
  [
    'insert into effect_item select',
    (tables, [tenantId, intentId, items]) => {
      for (const item of JSON.parse(String(items)) as Row[]) {
        const row = { ...item, tenant_id: tenantId, intent_id: intentId };
        upsert(tables, 'effect_item', ['intent_id', 'index'], row);
      }
      return [];
    },
  ],
  [
    'select * from effect_item where intent_id = any',
    (tables, [ids]) => {
      const wanted = new Set(ids as string[]);
      return tables
        .rows('effect_item')
        .filter((row) => wanted.has(String(row['intent_id'])))
        .toSorted((a, b) => Number(a['index']) - Number(b['index']));
    },
  ],
  [
    'select distinct tenant_id as "tenantId"',
    (tables, [since]) => {
      const from = since === 'infinity' ? Number.POSITIVE_INFINITY : Date.parse(String(since));
      const rows = tables.find('effect_intent', { kind: 'create' }).filter((row) => {
        return row['state'] !== 'released' || (row['created_at'] as Date).getTime() >= from;
      });
      const scopes = rows.map((row) => ({
        tenantId: row['tenant_id'],
        accountId: row['account_id'],
        region: row['region'],
      }));
      return [...new Map(scopes.map((scope) => [JSON.stringify(scope), scope])).values()];
    },
  ],
  [
    'update campaign_run set control = ',
    (tables, [id]) =>
      tables.update(
        'campaign_run',
        (row) => row['id'] === id,
        (row) => ({ control: 'abort', revision: Number(row['revision']) + 1 }),
      ),
  ],
  [
    'select id, message from outbox',
    (tables) => tables.rows('outbox').map((row) => ({ id: String(row['id']), message: row['message'] })),
  ],
  [
    'update outbox set attempts',
    (tables, [id]) =>
      tables.update(
        'outbox',
        (row) => String(row['id']) === id,
        (row) => ({ attempts: Number(row['attempts'] ?? 0) + 1 }),
      ),
  ],
  [
    'delete from outbox',
    (tables, [id]) => {
      tables.remove('outbox', (row) => String(row['id']) === id);
      return [];
    },
  ],
];

function upsert(tables: MemoryTables, table: string, key: readonly string[], given: Row): readonly Row[] {
  const row = storedRow(given);
  const same = (other: Row) => key.every((column) => other[column] === row[column]);
  if (tables.update(table, same, () => row).length === 0) tables.insert(table, row);
  return [];
}
