import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { projectRoot } from '../yard/tools/lane.js';
import { historiesOf } from './engine-history.js';

/** Where recorded runs lie: a file per workflow, beginning with the name of the run. */
export const HISTORIES = join(import.meta.dirname, 'histories');

/**
 * With SPRINGTIDE_RECORD_HISTORIES=1 the end-to-end specs keep what the engine wrote of their runs, as
 * `histories/<name>.<n>-<workflow>.json`. Do it again when the workflows change in a way that no run under way meets.
 */
export async function recordHistories(
  client: Client,
  address: string,
  name: string,
  ids: readonly string[],
): Promise<void> {
  if (process.env['SPRINGTIDE_RECORD_HISTORIES'] === undefined) return;
  for (const old of await readdir(HISTORIES)) {
    if (old.startsWith(`${name}.`)) await rm(join(HISTORIES, old));
  }
  for (const [index, { type, json }] of (await historiesOf(client, address, ids)).entries()) {
    await writeFile(join(HISTORIES, `${name}.${index + 1}-${type}.json`), `${impersonal(json)}\n`);
  }
}

/** Without the names of the machine and the folders it was recorded in, which no replay needs. */
function impersonal(json: string): string {
  return JSON.stringify(JSON.parse(json))
    .replaceAll(/\d+@[A-Za-z0-9][\w.-]*/g, 'worker')
    .replaceAll(projectRoot(), '');
}
