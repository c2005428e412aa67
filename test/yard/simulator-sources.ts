import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from './tools/lane.js';

const REFUSAL = /new WireError\(\s*(?:\d{3},\s*)?(?:'([\w.]+)'|`([^`]+)`)/g;

/** Every code that the sources of a simulator can refuse with; `…` stands for a part that only the call decides. */
export async function refusalsOf(simulator: 'alibaba' | 'tencent'): Promise<readonly string[]> {
  const folder = join(projectRoot(), 'test', 'yard', simulator);
  const files = await readdir(folder, { recursive: true });
  const codes = new Set<string>();
  for (const file of files.filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))) {
    const text = await readFile(join(folder, file), 'utf8');
    for (const [, plain, composed = ''] of text.matchAll(REFUSAL)) {
      codes.add(plain ?? composed.replaceAll(/\$\{[^}]*\}/g, '…'));
    }
  }
  return [...codes].toSorted();
}
