import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FAIL_POINTS } from './fail-point-names.js';
import { armedFailPoint } from './fail-point.js';

describe('a fail point', () => {
  const held: string[] = [];
  const armed = (orders: string | undefined) =>
    armedFailPoint(orders, async (name) => {
      held.push(name);
      await Promise.resolve();
    });
  beforeEach(() => held.splice(0));

  it('is nothing when it is off', () => {
    expect(armed(undefined)('purchase.sending')).toBeUndefined();
    expect(armed('')('purchase.sending')).toBeUndefined();
    expect(armed('set.sending')('purchase.sending')).toBeUndefined();
    expect(held).toEqual([]);
  });

  it('holds once, at the pass that was asked for, or always', async () => {
    const point = armed('purchase.sending,set.sending@2,release.sending@every');
    for (let pass = 0; pass < 3; pass += 1) {
      await point('purchase.sending');
      await point('set.sending');
      await point('release.sending');
    }
    expect(held.toSorted((a, b) => a.localeCompare(b))).toEqual([
      ...['purchase.sending', 'release.sending', 'release.sending', 'release.sending', 'set.sending'],
    ]);
  });

  it.each(['purchase.sent', 'purchase.sending@0', 'purchase.sending@often'])('%s is refused', (orders) => {
    expect(() => armed(orders)).toThrow(/is no fail point; known: purchase\.written/);
  });
});

describe('the table of fail points', () => {
  it('names what the code passes, and nothing else', async () => {
    const used = new Set<string>();
    for (const folder of ['libs', 'apps', 'providers', 'workflows']) {
      for (const path of await readdir(folder, { recursive: true })) {
        if (!path.endsWith('.ts') || /\.spec\.ts$|fail-points\//.test(path)) continue;
        const text = await readFile(join(folder, path), 'utf8');
        for (const [, name = ''] of text.matchAll(/\bfailPoint\('([^']+)'\)/g)) used.add(name);
      }
    }
    const sorted = (names: Iterable<string>) => [...names].toSorted((a, b) => a.localeCompare(b));
    expect(sorted(used)).toEqual(sorted(Object.keys(FAIL_POINTS)));
  });
});
