import { existsSync } from 'node:fs';
import { providers } from '@springtide/providers';

describe('the provider folders', () => {
  it.each(Object.keys(providers))('%s is complete: manifest, README and conformance spec', async (id) => {
    const loaded = await providers[id]?.();
    expect(loaded?.manifest.id).toBe(id);
    for (const file of ['README.md', `${id}.conformance.spec.ts`]) {
      expect([file, existsSync(`providers/${id}/${file}`)]).toEqual([file, true]);
    }
  });
});
