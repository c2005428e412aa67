import { ownershipOf, type Observed, type RelationRow } from '../domain/index.js';
import { searchText } from './observed-json.js';

/** A resource as it is to be stored: what was seen, its text and the hash of that. */
export type Seen = Readonly<{ resource: Observed; json: string; hash: string }>;

/*
 * Many rows travel as one list per column: a list names no columns again in every row, and PostgreSQL reads it faster
 * than a list of objects.
 */

const SEEN: Readonly<Record<string, (seen: Seen) => string | object | undefined>> = {
  cloud_id: ({ resource }) => resource.id,
  name: ({ resource }) => resource.name,
  state: ({ resource }) => ('state' in resource ? resource.state : undefined),
  zone: ({ resource }) => ('zone' in resource ? resource.zone : undefined),
  owner_installation: ({ resource }) => ownershipOf(resource)?.installation,
  owner_intent: ({ resource }) => ownershipOf(resource)?.intent,
  campaign: ({ resource }) => ownershipOf(resource)?.campaign,
  service: ({ resource }) => ownershipOf(resource)?.service,
  search: ({ resource }) => searchText(resource),
  labels: ({ resource }) => ('labels' in resource ? resource.labels : {}),
  hash: ({ hash }) => hash,
};

/** The parameters that `seenRows` reads. JSON text has no line break in it, so that it needs no second wrapping. */
export function seenColumns(seen: readonly Seen[]): string[] {
  const columns = Object.values(SEEN).map((valueOf) => JSON.stringify(seen.map(valueOf)));
  return [...columns, seen.map(({ json }) => json).join('\n')];
}

/** @param first the number of the first of its parameters. */
export function seenRows(first: number): string {
  const names = Object.keys(SEEN);
  const last = `string_to_table($${first + names.length}, E'\\n')`;
  return `rows from (${[...lists(names, first), last].join(', ')}) as seen(${[...names, 'observed'].join(', ')})`;
}

const RELATION: Readonly<Record<string, (row: RelationRow) => string>> = {
  from_id: ({ from }) => from,
  kind: ({ to }) => to.kind,
  to_type: ({ to }) => to.to,
  to_id: ({ to }) => to.id,
};

/** The parameters that `relationRows` reads. */
export function relationColumns(relations: readonly RelationRow[]): string[] {
  return Object.values(RELATION).map((valueOf) => JSON.stringify(relations.map(valueOf)));
}

/** @param first the number of the first of its parameters. */
export function relationRows(first: number): string {
  const names = Object.keys(RELATION);
  return `rows from (${lists(names, first).join(', ')}) as relation(${names.join(', ')})`;
}

function lists(names: readonly string[], first: number): string[] {
  return names.map((_, index) => `json_array_elements_text($${first + index}::json)`);
}
