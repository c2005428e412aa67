import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scenario } from './world/scenario.js';
import type { Fault } from './world/storm.js';

/** A story that failed once. All of it is written down, so that it stays the same when stories are drawn otherwise. */
export type OldFailure = Readonly<{ reason: string; scenario: Scenario; faults: readonly Fault[] }>;

export async function readCorpus(): Promise<readonly OldFailure[]> {
  return JSON.parse(await readFile(join(import.meta.dirname, 'corpus.json'), 'utf8')) as OldFailure[];
}
