import type { Flavor } from './place-book.js';
import { placesIn } from './stock.js';

const FLAVOR: Flavor = {
  id: 's2',
  name: 's2',
  vcpus: 2,
  ram: 2_048,
  disk: 10,
  'OS-FLV-EXT-DATA:ephemeral': 5,
  swap: 1_500,
};
const ROOMY = { VCPU: 100, MEMORY_MB: 100_000, DISK_GB: 1_000 };

describe('places in a zone', () => {
  const places = (room: Readonly<Record<string, number>>): number | undefined =>
    placesIn({ name: 'az1', hosts: ['a'] }, FLAVOR, { hosts: new Map([['a', room]]) });

  it.each([
    ['cores', { ...ROOMY, VCPU: 7 }, 3],
    ['memory', { ...ROOMY, MEMORY_MB: 4_100 }, 2],
    ['disks, with ephemeral ones and swap', { ...ROOMY, DISK_GB: 33 }, 1],
    ['nothing of the host’s, where disks are shared', { VCPU: 10, MEMORY_MB: 100_000 }, 5],
    ['a host that took more than it should', { ...ROOMY, MEMORY_MB: -5 }, 0],
  ])('are limited by %s', (_by, room, expected) => {
    expect(places(room)).toBe(expected);
  });

  it('add up over the hosts of the zone, whole machines per host', () => {
    const half = { ...ROOMY, VCPU: 3 };
    const stock = {
      hosts: new Map([
        ['a', half],
        ['b', half],
        ['c', ROOMY],
      ]),
    };
    expect(placesIn({ name: 'az1', hosts: ['a', 'b'] }, FLAVOR, stock)).toBe(2);
  });

  it('are none on hosts that placement does not offer, and unknown to those who may not see', () => {
    expect(placesIn({ name: 'az1', hosts: ['a'] }, FLAVOR, { hosts: new Map() })).toBe(0);
    expect(placesIn({ name: 'az1', hosts: [] }, FLAVOR, { hosts: new Map() })).toBe(0);
    expect(placesIn({ name: 'az1', hosts: undefined }, FLAVOR, { hosts: new Map() })).toBeUndefined();
    expect(placesIn({ name: 'az1', hosts: ['a'] }, FLAVOR, undefined)).toBeUndefined();
  });
});
