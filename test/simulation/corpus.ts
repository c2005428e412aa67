import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from './world/storm.js';

/** A story that failed once. Its faults are written down, so that it stays the same when storms are drawn otherwise. */
export type OldFailure = Readonly<{ seed: number; reason: string; faults: readonly Fault[] }>;

export async function readCorpus(): Promise<readonly OldFailure[]> {
  return JSON.parse(await readFile(join(import.meta.dirname, 'corpus.json'), 'utf8')) as OldFailure[];
}
