import fc from 'fast-check';
import type { MachineRecord } from './machine-record.js';
import type { Datastore } from './datastore-record.js';
import { freePlaces, placeMachines, type Ground, type Place } from './placement.js';
import type { Cluster, Datacenter, Host } from './site-map.js';

const room = { memoryOvercommit: 1, cpuOvercommit: 4, datastoreReserve: 0 };
const size = { name: 'm', vcpu: 2, memoryMiB: 2_048, spaceMiB: 10_240 };

const host = (id: string, memoryMiB: number, cores = 8, usable = true): Host => ({
  ref: { type: 'HostSystem', id },
  name: id,
  memoryMiB,
  cores,
  usable,
});

const store = (id: string, freeMiB: number, hosts: readonly string[], usable = true): Datastore => ({
  ref: { type: 'Datastore', id },
  name: id,
  freeMiB,
  capacityMiB: 1_000_000,
  usable,
  shared: hosts.length > 1,
  hosts: new Set(hosts),
});

const clusterWith = (hosts: readonly Host[]): Cluster => ({
  ref: { type: 'ClusterComputeResource', id: 'c' },
  name: 'c',
  resourcePool: { type: 'ResourcePool', id: 'p' },
  hosts,
});

/** Hosts that all see one datastore without end. */
const ground = (...hosts: readonly Host[]): Ground => {
  const everywhere = store(
    'shared',
    1_000_000_000,
    hosts.map((each) => each.name),
  );
  return { cluster: clusterWith(hosts), datastores: [everywhere] };
};

const site = ({ cluster, datastores }: Ground): Datacenter => ({
  ref: { type: 'Datacenter', id: 'd' },
  name: 'd',
  machineFolder: { type: 'Folder', id: 'f' },
  clusters: [cluster],
  datastores,
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

const names = (places: readonly Place[]) => places.map((place) => place.host.name);
const stores = (places: readonly Place[]) => places.map((place) => place.datastore.name);

describe('placement', () => {
  it('takes the emptiest host first and stops when nothing fits', () => {
    const two = ground(host('a', 4_096), host('b', 6_144));
    expect(names(placeMachines(two, size, 9, [], room))).toEqual(['b', 'a', 'b', 'a', 'b']);
  });

  it('leaves out hosts that are away, and what runs counts, by memory and by CPU', () => {
    expect(names(placeMachines(ground(host('a', 99_999, 8, false)), size, 1, [], room))).toEqual([]);
    const one = ground(host('a', 4_096));
    expect(placeMachines(one, size, 9, [machine({})], room)).toHaveLength(1);
    expect(placeMachines(one, size, 9, [machine({ power: 'poweredOff' })], room)).toHaveLength(2);
    expect(placeMachines(one, size, 9, [machine({ host: 'other' })], room)).toHaveLength(2);
    expect(placeMachines(ground(host('a', 99_999, 1)), size, 9, [], room)).toHaveLength(2);
  });

  it('holds the rate card’s cap per zone, which other people’s machines do not use up', () => {
    const one = ground(host('a', 99_999, 99));
    const capped = { ...size, mostPerZone: 3 };
    const marks = { installation: 'i', intent: 'x', 'machine-type': 'm' };
    const machines = [machine({ marks }), machine({}), machine({ marks: { ...marks, 'machine-type': 'l' } })];
    expect(freePlaces(site(one), one, capped, machines, room)).toBe(2);
  });

  it('takes a shared datastore before a local one, then the emptiest, and none that is away', () => {
    const hosts = [host('a', 99_999, 99), host('b', 99_999, 99)];
    const datastores = [
      store('local', 900_000, ['a']),
      store('small', 25_000, ['a', 'b']),
      store('large', 45_000, ['a', 'b']),
      store('in-maintenance', 900_000, ['a', 'b'], false),
      store('elsewhere', 900_000, ['x', 'y']),
    ];
    const placed = placeMachines({ cluster: clusterWith(hosts), datastores }, size, 7, [], room);
    expect(stores(placed)).toEqual(['large', 'large', 'small', 'large', 'small', 'large', 'local']);
    expect(names(placed).at(-1)).toBe('a');
  });

  it('leaves the reserve of a datastore alone, and goes on with the host that still sees room', () => {
    const hosts = [host('a', 9_000), host('b', 5_000)];
    const datastores = [store('a-only', 900_000, ['a']), store('b-only', 120_000, ['b'])];
    const placed = placeMachines({ cluster: clusterWith(hosts), datastores }, size, 99, [], {
      ...room,
      datastoreReserve: 0.1,
    });
    expect(stores(placed).toSorted()).toEqual(['a-only', 'a-only', 'a-only', 'a-only', 'b-only']);
  });

  it('fills no host and no datastore beyond what it has, and stops only when nothing fits any more', () => {
    const number = (max: number) => fc.integer({ min: 0, max });
    const sizes = fc.array(fc.tuple(number(20_000), number(8)), { maxLength: 5 });
    const spaces = fc.array(fc.tuple(number(90_000), fc.subarray(['h0', 'h1', 'h2', 'h3', 'h4'])), {
      maxLength: 5,
    });
    const demands = fc.record({
      vcpu: fc.integer({ min: 1, max: 8 }),
      memoryMiB: fc.integer({ min: 256, max: 9_000 }),
      spaceMiB: fc.integer({ min: 1_000, max: 30_000 }),
    });
    fc.assert(
      fc.property(sizes, spaces, demands, (hostSizes, storeSizes, demand) => {
        const hosts = hostSizes.map(([memory, cores], index) => host(`h${index}`, memory, cores));
        const datastores = storeSizes.map(([free, seenBy], index) => store(`d${index}`, free, seenBy));
        const cluster = clusterWith(hosts);
        const placed = placeMachines({ cluster, datastores }, { name: 'm', ...demand }, 1_000, [], room);
        const left = (name: string, of: readonly string[], whole: number, each: number) =>
          whole - of.filter((other) => other === name).length * each;
        const fitting = hosts.filter((each) => {
          const memory = left(each.name, names(placed), each.memoryMiB, demand.memoryMiB);
          const cpus = left(each.name, names(placed), each.cores * room.cpuOvercommit, demand.vcpu);
          expect(Math.min(memory, cpus)).toBeGreaterThanOrEqual(0);
          return memory >= demand.memoryMiB && cpus >= demand.vcpu;
        });
        const roomy = datastores.filter((each) => {
          const space = left(each.name, stores(placed), each.freeMiB, demand.spaceMiB);
          expect(space).toBeGreaterThanOrEqual(0);
          return space >= demand.spaceMiB;
        });
        expect(roomy.some((each) => fitting.some((one) => each.hosts.has(one.name)))).toBe(false);
        expect(placed.every((each) => each.datastore.hosts.has(each.host.name))).toBe(true);
      }),
    );
  });
});
