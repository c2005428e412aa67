import fc from 'fast-check';
import type { MachineRecord } from './machine-record.js';
import { freePlaces, placeMachines } from './placement.js';
import type { Cluster, Datacenter } from './site-map.js';

const room = { memoryOvercommit: 1, cpuOvercommit: 4 };
const size = { name: 'm', vcpu: 2, memoryMiB: 2_048 };

const host = (id: string, memoryMiB: number, cores = 8, usable = true) => ({
  ref: { type: 'HostSystem', id },
  name: id,
  memoryMiB,
  cores,
  usable,
});

const cluster = (...hosts: Cluster['hosts']): Cluster => ({
  ref: { type: 'ClusterComputeResource', id: 'c' },
  name: 'c',
  resourcePool: { type: 'ResourcePool', id: 'p' },
  hosts,
});

const site = (...clusters: readonly Cluster[]): Datacenter => ({
  ref: { type: 'Datacenter', id: 'd' },
  name: 'd',
  machineFolder: { type: 'Folder', id: 'f' },
  clusters,
});

const machine = (changes: Partial<MachineRecord>): MachineRecord => ({
  ref: { type: 'VirtualMachine', id: 'v' },
  instanceUuid: 'u',
  name: 'n',
  template: false,
  vcpu: 2,
  memoryMiB: 2_048,
  power: 'poweredOn',
  connection: 'connected',
  host: 'a',
  networks: [],
  addresses: [],
  createdAt: undefined,
  marks: {},
  ...changes,
});

const names = (hosts: readonly { name: string }[]) => hosts.map((each) => each.name);

describe('placement', () => {
  it('takes the emptiest host first and stops when nothing fits', () => {
    const two = cluster(host('a', 4_096), host('b', 6_144));
    expect(names(placeMachines(two, size, 9, [], room))).toEqual(['b', 'a', 'b', 'a', 'b']);
  });

  it('leaves out hosts that are away, and what runs counts, by memory and by CPU', () => {
    expect(names(placeMachines(cluster(host('a', 99_999, 8, false)), size, 1, [], room))).toEqual([]);
    const one = cluster(host('a', 4_096));
    expect(placeMachines(one, size, 9, [machine({})], room)).toHaveLength(1);
    expect(placeMachines(one, size, 9, [machine({ power: 'poweredOff' })], room)).toHaveLength(2);
    expect(placeMachines(one, size, 9, [machine({ host: 'other' })], room)).toHaveLength(2);
    expect(placeMachines(cluster(host('a', 99_999, 1)), size, 9, [], room)).toHaveLength(2);
  });

  it('holds the rate card’s cap per zone, which other people’s machines do not use up', () => {
    const one = cluster(host('a', 99_999, 99));
    const capped = { ...size, mostPerZone: 3 };
    const marks = { installation: 'i', intent: 'x', 'machine-type': 'm' };
    const machines = [machine({ marks }), machine({}), machine({ marks: { ...marks, 'machine-type': 'l' } })];
    expect(freePlaces(site(one), one, capped, machines, room)).toBe(2);
  });

  it('promises exactly what it then places', () => {
    const hosts = fc.array(fc.tuple(fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: 0, max: 16 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(
        hosts,
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 256, max: 9_000 }),
        (sizes, vcpu, memoryMiB) => {
          const all = cluster(...sizes.map(([memory, cores], index) => host(`h${index}`, memory, cores)));
          const wanted = { name: 'm', vcpu, memoryMiB };
          const promised = freePlaces(site(all), all, wanted, [], room);
          expect(placeMachines(all, wanted, 100_000, [], room)).toHaveLength(promised);
        },
      ),
    );
  });
});
