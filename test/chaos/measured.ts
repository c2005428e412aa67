import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../yard/tools/lane.js';
import type { FaultId } from './fault-rows.js';

/** Leaves what a run saw of a row of the fault matrix in var/chaos, for `node scripts/fault-matrix.mjs` to write down. */
export async function measured(row: FaultId, seen: string): Promise<void> {
  const folder = join(projectRoot(), 'var', 'chaos');
  await mkdir(folder, { recursive: true });
  const name = `${row}-${seen.replaceAll(/[^a-z]+/gi, '-').slice(0, 60)}.json`;
  await writeFile(join(folder, name), `${JSON.stringify({ row, seen })}\n`);
}

/** Milliseconds as a person says them. */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
