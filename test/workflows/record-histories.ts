import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { projectRoot } from '../yard/tools/lane.js';
import { historiesOf } from './engine-history.js';

/** A folder per version, frozen with its release, and `current`; a file per workflow, beginning with its run's name. */
export const HISTORIES = join(import.meta.dirname, 'histories');
/** What the workflows of this tree recorded; never those of a release. */
const CURRENT = join(HISTORIES, 'current');

/**
 * With SPRINGTIDE_RECORD_HISTORIES=1 the end-to-end specs keep what the engine wrote of their runs, as
 * `histories/current/<name>.<n>-<workflow>.json`. README.md says when, and when they are frozen.
 */
export async function recordHistories(
  client: Client,
  address: string,
  name: string,
  ids: readonly string[],
): Promise<void> {
  if (process.env['SPRINGTIDE_RECORD_HISTORIES'] === undefined) return;
  await mkdir(CURRENT, { recursive: true });
  for (const old of await readdir(CURRENT)) {
    if (old.startsWith(`${name}.`)) await rm(join(CURRENT, old));
  }
  for (const [index, { type, json }] of (await historiesOf(client, address, ids)).entries()) {
    await writeFile(join(CURRENT, `${name}.${index + 1}-${type}.json`), `${impersonal(json)}\n`);
  }
}

/** Without the names of the machine and the folders it was recorded in, which no replay needs. */
function impersonal(json: string): string {
  return JSON.stringify(JSON.parse(json))
    .replaceAll(/\d+@[A-Za-z0-9][\w.-]*/g, 'worker')
    .replaceAll(projectRoot(), '');
}
