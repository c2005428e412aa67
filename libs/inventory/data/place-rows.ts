import { ownershipOf, type Observed, type RelationRow } from '../domain/index.js';
import { searchText } from './observed-json.js';

/** A resource as it is to be stored: what was seen, its text and the hash of that. */
export type Seen = Readonly<{ resource: Observed; json: string; hash: string }>;

/*
 * Many rows travel as one text per column, its values apart by a separator that none of them has: PostgreSQL takes that
 * apart with a third less work than a list of JSON, and Node writes it without escaping anything.
 */

type Columns<T> = Readonly<Record<string, (row: T) => string | undefined>>;

/** What is left out, or empty, is null in the columns that may be. */
const SEEN: Columns<Seen> = {
  cloud_id: ({ resource }) => resource.id,
  name: ({ resource }) => resource.name,
  state: ({ resource }) => ('state' in resource ? resource.state : undefined),
  zone: ({ resource }) => ('zone' in resource ? resource.zone : undefined),
  owner_installation: ({ resource }) => ownershipOf(resource)?.installation,
  owner_intent: ({ resource }) => ownershipOf(resource)?.intent,
  campaign: ({ resource }) => ownershipOf(resource)?.campaign,
  service: ({ resource }) => ownershipOf(resource)?.service,
  search: ({ resource }) => searchText(resource),
  labels: ({ resource }) => ('labels' in resource ? JSON.stringify(resource.labels) : '{}'),
  hash: ({ hash }) => hash,
  observed: ({ json }) => json,
};

const RELATION: Columns<RelationRow> = {
  from_id: ({ from }) => from,
  kind: ({ to }) => to.kind,
  to_type: ({ to }) => to.to,
  to_id: ({ to }) => to.id,
};

/** The parameters that `seenRows` reads. */
export function seenColumns(seen: readonly Seen[]): string[] {
  return textsOf(SEEN, seen);
}

/** @param first the number of the first of its parameters. */
export function seenRows(first: number): string {
  return rowsOf(SEEN, 'seen', first);
}

/** The parameters that `relationRows` reads. */
export function relationColumns(relations: readonly RelationRow[]): string[] {
  return textsOf(RELATION, relations);
}

/** @param first the number of the first of its parameters. */
export function relationRows(first: number): string {
  return rowsOf(RELATION, 'relation', first);
}

function textsOf<T>(columns: Columns<T>, rows: readonly T[]): string[] {
  const values = Object.values(columns).map((valueOf) => rows.map((row) => valueOf(row) ?? ''));
  const separator = separatorOf(values);
  return [separator, ...values.map((column) => textOf(column, separator))];
}

/** Of a column that is empty in all rows no row is sent: the rows of the others are filled up with null. */
function textOf(column: readonly string[], separator: string): string {
  return column.every((value) => value === '') ? '' : column.join(separator);
}

/** None of the values has it, and it does not begin as it ends, so that no end of a value makes one with its beginning. */
function separatorOf(columns: readonly (readonly string[])[]): string {
  for (let turn = 0; ; turn += 1) {
    const separator = turn === 0 ? '\n' : `\u001f${turn}\u001e`;
    if (!columns.some((column) => column.some((value) => value.includes(separator)))) return separator;
  }
}

function rowsOf<T>(columns: Columns<T>, alias: string, first: number): string {
  const names = Object.keys(columns);
  const tables = names.map((_, index) => `string_to_table($${first + 1 + index}, $${first})`);
  return `rows from (${tables.join(', ')}) as ${alias}(${names.join(', ')})`;
}
