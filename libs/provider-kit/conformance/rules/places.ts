import { collect } from '../../client/listing.js';
import type { Rule } from '../rule.js';

export const placeRules: readonly Rule[] = [
  {
    id: 'P-80',
    level: 'MUST',
    title: 'networks are listed to the end, each once, the one that machines are put into among them',
    why: 'the readiness gate counts free addresses before the peak does',
    check: async (bench) => {
      const { items, complete } = await collect(bench.client.network.listNetworks(bench.scope));
      expect(complete).toBe(true);
      expect(new Set(items.map((network) => network.id)).size).toBe(items.length);
      for (const network of items) {
        expect(network).toMatchObject({ region: bench.region, name: expect.stringMatching(/./) });
        expect(network.freeAddresses ?? 0).toBeGreaterThanOrEqual(0);
      }
      const { subnet } = bench.target.sample;
      if (subnet === undefined) expect(items.length).toBeGreaterThan(0);
      else expect(items.map((network) => network.id)).toContain(subnet);
    },
  },
  {
    id: 'P-81',
    level: 'MUST',
    title: 'images are listed to the end, each once, the one that machines start from among them',
    why: 'an image that is missing in a region is found weeks before the peak, or at it',
    check: async (bench) => {
      const { items, complete } = await collect(bench.client.images.listImages(bench.scope));
      expect(complete).toBe(true);
      const ids = items.map((image) => image.id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toContain(bench.target.sample.image);
    },
  },
];
