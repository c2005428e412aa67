import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { publishedPolicy } from '../../test/yard/tencent/tencent-conformance.js';

const FOLDER = import.meta.dirname;

/** CAM's own name of a product, where it is not that of its interface. */
const CAM_PRODUCTS: Readonly<Record<string, string>> = { billing: 'finance' };

/** `product:Action` of every call in the sources, which all name both. */
async function sentActions(): Promise<readonly string[]> {
  const files = await readdir(FOLDER);
  const actions = new Set<string>();
  for (const file of files.filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))) {
    const text = await readFile(join(FOLDER, file), 'utf8');
    const calls = text.match(/api\.call\(/g)?.length ?? 0;
    const named = [...text.matchAll(/api\.call\(\s*'(\w+)',\s*'(\w+)'/g)];
    expect({ file, named: named.length }).toEqual({ file, named: calls });
    for (const [, product = '', action = ''] of named)
      actions.add(`${CAM_PRODUCTS[product] ?? product}:${action}`);
  }
  return [...actions].toSorted();
}

describe('the least-privilege policy', () => {
  it('grants every call that the provider can send, and nothing else', async () => {
    const { statement } = await publishedPolicy();
    const granted = statement.flatMap(({ action }) => action).toSorted();
    const sent = await sentActions();
    expect(sent.length).toBeGreaterThan(40);
    expect(granted).toEqual(sent);
  });
});
