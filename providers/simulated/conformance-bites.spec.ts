import { Bench, PROVIDER_RULES } from '@springtide/provider-kit/conformance';
import type { ProviderManifest } from '@springtide/provider-kit';
import { BILL_DEFECTS } from './testing/broken-bills.js';
import { FACET_DEFECTS } from './testing/broken-facets.js';
import { DEFECTS, INTACT } from './testing/broken-providers.js';
import { inProcessTarget } from './testing/conformance-target.js';

describe('the conformance suite notices a provider with a defect', () => {
  const held = PROVIDER_RULES.filter(({ capabilities = [] }) =>
    capabilities.every((name) => INTACT.capabilities[name]?.supported === true),
  );

  it.each(held.map(({ id }) => ({ id })))('$id passes without one', async ({ id }) => {
    await expect(verdict(INTACT, id)).resolves.toBe('passed');
  });

  it.each(
    [...DEFECTS, ...FACET_DEFECTS, ...BILL_DEFECTS].flatMap((each) =>
      each.noticedBy.map((id) => ({ ...each, id })),
    ),
  )('$id: $what', async ({ manifest, id }) => {
    await expect(verdict(manifest, id)).resolves.toBe('noticed');
  });
});

async function verdict(manifest: ProviderManifest, id: string): Promise<'noticed' | 'passed'> {
  const rule = PROVIDER_RULES.find((each) => each.id === id);
  if (rule === undefined) throw new Error(`there is no rule ${id}`);
  const bench = new Bench({ name: 'broken', manifest, setUp: neverSetUp }, inProcessTarget('broken'));
  await bench.open();
  try {
    await rule.check(bench);
    return 'passed';
  } catch {
    return 'noticed';
  } finally {
    await bench.close();
    await bench.target.tearDown();
  }
}

async function neverSetUp(): Promise<never> {
  throw new Error('the target is given');
}
