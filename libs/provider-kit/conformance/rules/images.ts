import { collect } from '../../client/listing.js';
import type { Rule } from '../rule.js';
import { NotHere } from '../suite-record.js';

const SOME_DIGEST = `sha256:${'0'.repeat(64)}`;

export const imageRules: readonly Rule[] = [
  {
    id: 'P-96',
    level: 'MUST',
    title: 'digests of images are sha256 in full, and who tells where images lie tells it of every image',
    why: 'equal digests are read as: the same content; a missing one as: nobody knows',
    facets: ['images'],
    check: async (bench) => {
      const { items } = await collect(bench.client.images.listImages(bench.scope));
      for (const { digest } of items) expect(digest ?? SOME_DIGEST).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(new Set(items.map((image) => image.placedIn === undefined)).size).toBe(1);
    },
  },
  {
    id: 'P-97',
    level: 'MUST',
    title: 'an image that is placed twice at once lies there once, and machines of the zone are made of it',
    why: 'what is first copied in the ramp comes after the customers',
    capabilities: ['imagePlacement'],
    check: async (bench) => {
      const { imageToPlace: wanted } = bench.target;
      if (wanted === undefined) throw new NotHere('the service has no image that needs copying');
      const { ownership } = bench.batch();
      const order = { ...bench.scope, ...wanted, ownership };
      const { images } = bench.client;
      const placed = await Promise.all([images.placeImage(order), images.placeImage(order)]);
      expect(new Set(placed.map((each) => `${each.image} ${each.zone}`)).size).toBe(1);
      const { items } = await collect(images.listImages(bench.scope));
      const lying = items.filter((image) => image.placedIn?.includes(wanted.zone));
      expect(lying.map((image) => image.id)).toContain(placed[0]?.image);
      expect(new Set(items.map((image) => image.id)).size).toBe(items.length);
      await bench.running(bench.batch(wanted));
      const astray = await bench.refusal(async () => images.placeImage({ ...order, image: 'no-such-image' }));
      expect(astray.effect).toBe('none');
    },
  },
];
