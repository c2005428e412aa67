import { SpringtideError } from '@springtide/kernel';
import type { RouteMatch } from '@springtide/provider-kit';
import { z } from 'zod';
import { headerEntries, sourceEntries, type NumberedMatch } from './match-keys.js';
import type { BackendChange } from './member-changes.js';
import type { ServerRow } from './server-table.js';

const MOST_MATCHES = 100;
/** A number is `generation × 1000 + place`, and below 999999, which the configuration takes as "none". */
const PLACES = 1_000;
const GENERATIONS = 900;

const matchSchema = z.object({
  name: z.string(),
  group: z.string(),
  when: z.union([
    z.object({ sourceRanges: z.array(z.string()) }),
    z.object({ header: z.string(), value: z.string() }),
  ]),
});

/** What the maps of a route say: its matches in order, and the generation that is in force. */
export type LiveMatches = Readonly<{ generation: number; matches: readonly RouteMatch[] }>;

type Entries = readonly (readonly [key: string, value: string])[];
type Reading = Pick<BackendChange, 'connection' | 'leftMs'>;

/**
 * Matches live in three maps: `.sources` and `.headers` turn a request into a number, `.members` turns the number into
 * servers, and holds the matches themselves as they were given.
 */
export async function readMatches({ connection, leftMs }: Reading, prefix: string): Promise<LiveMatches> {
  const rows = await connection.rows(`show map ${prefix}.members`, leftMs());
  const entries = new Map(
    rows.map((row) => {
      const [, key = '', value = ''] = row.split(' ');
      return [key, value];
    }),
  );
  const generation = Number(entries.get('generation') ?? 0);
  const matches: RouteMatch[] = [];
  for (let place = 0; ; place += 1) {
    const record = entries.get(`match.${generation * PLACES + place}`);
    if (record === undefined) return { generation, matches };
    matches.push(parseMatch(prefix, record));
  }
}

/** Numbers are new each time, so that old and new rules each point at their own group while the maps change one by one. */
export async function writeMatches(
  change: BackendChange,
  prefix: string,
  before: LiveMatches,
  matches: readonly RouteMatch[],
  rows: readonly ServerRow[],
): Promise<void> {
  if (matches.length > MOST_MATCHES) {
    throw new SpringtideError(
      'invalid-argument',
      `a route takes ${MOST_MATCHES} matches here, not ${matches.length}; the route was not changed`,
      { effect: 'none' },
    );
  }
  const generation = (before.generation % GENERATIONS) + 1;
  const next = numbered(generation, matches);
  const old = memberEntries(before.generation, before.matches, rows);
  const fresh = memberEntries(generation, matches, rows);
  await replace(change, `${prefix}.members`, [...old, ...fresh.filter(([key]) => key !== 'generation')]);
  await replace(change, `${prefix}.sources`, asText(sourceEntries(next)));
  await replace(change, `${prefix}.headers`, asText(headerEntries(next)));
  await replace(change, `${prefix}.members`, fresh);
}

/** The servers of the matched groups changed: matches stay, and point at those that are left. */
export async function refreshMatches(
  change: BackendChange,
  prefix: string,
  rows: readonly ServerRow[],
): Promise<void> {
  const { generation, matches } = await readMatches(change, prefix);
  if (matches.length === 0) return;
  await replace(change, `${prefix}.members`, memberEntries(generation, matches, rows));
}

function memberEntries(
  generation: number,
  matches: readonly RouteMatch[],
  rows: readonly ServerRow[],
): Entries {
  const perMatch = numbered(generation, matches).flatMap(({ number, match }): Entries => {
    const servers = rows.filter((row) => row.group === match.group && !row.draining);
    return [
      [`match.${number}`, Buffer.from(JSON.stringify(match)).toString('base64url')],
      [`${number}`, `${servers.length}`],
      ...servers.map((row, turn) => [`${number}.${turn}`, row.name] as const),
    ];
  });
  return [['generation', `${generation}`], ...perMatch];
}

function numbered(generation: number, matches: readonly RouteMatch[]): readonly NumberedMatch[] {
  return matches.map((match, place) => ({ number: generation * PLACES + place, match }));
}

function asText(entries: ReadonlyMap<string, number>): Entries {
  return [...entries].map(([key, number]) => [key, `${number}`]);
}

/** At once for every request: the new version of a map is filled aside and then put in its place. */
async function replace({ connection, leftMs }: BackendChange, map: string, entries: Entries): Promise<void> {
  const answer = await connection.query(`prepare map ${map}`, leftMs());
  const version = /^New version created: (\d+)/.exec(answer)?.[1];
  if (version === undefined) {
    throw new SpringtideError('unknown', `HAProxy did not number the new version of ${map}`, {
      effect: 'none',
    });
  }
  for (const [key, value] of entries) {
    await connection.change(`add map @${version} ${map} ${key} ${value}`, leftMs());
  }
  await connection.change(`commit map @${version} ${map}`, leftMs());
}

function parseMatch(prefix: string, record: string): RouteMatch {
  try {
    return matchSchema.parse(JSON.parse(Buffer.from(record, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new SpringtideError(
      'failed-precondition',
      `the map ${prefix}.members holds a match that Springtide did not write; requests go on as they do`,
      { effect: 'none', cause, nextStep: `Clear the maps ${prefix}.* and set the matches again.` },
    );
  }
}
