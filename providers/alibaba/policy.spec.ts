import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { publishedActions } from '../../test/yard/alibaba/alibaba-conformance.js';
import { actionMetadata } from '../../test/yard/alibaba/metadata/action-metadata.js';

const FOLDER = import.meta.dirname;

/** Rights that no call of ours names, each needed by one that does. */
const COMPANIONS: Readonly<Record<string, string>> = {
  'ecs:TagResources': 'tags in the create call itself',
};

/** `product:Action` of every action of the vendor's that the sources name, in a product that they name too. */
async function namedActions(): Promise<readonly string[]> {
  const files = await readdir(FOLDER);
  const sources = files.filter((file) => file.endsWith('.ts') && !/(\.spec|error-map)\.ts$/.test(file));
  const named = new Set<string>();
  for (const file of sources) {
    const text = await readFile(join(FOLDER, file), 'utf8');
    for (const [, word = ''] of text.matchAll(/'([\w:]+)'/g)) named.add(word);
  }
  return [...actionMetadata().actions.values()]
    .filter(({ product, action }) => named.has(action) && named.has(product))
    .map(({ product, action }) => `${product}:${action}`)
    .toSorted();
}

describe('the least-privilege policy', () => {
  it('grants every call that the provider can send, and nothing else', async () => {
    const sent = await namedActions();
    expect(sent.length).toBeGreaterThan(50);
    const granted = (await publishedActions()).filter((action) => !(action in COMPANIONS));
    expect(granted.toSorted()).toEqual(sent);
  });
});
