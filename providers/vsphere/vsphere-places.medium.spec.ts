import type { CloudClient, Offering } from '@springtide/provider-kit';
import { collectComplete } from '@springtide/provider-kit';
import { yardLane } from '../../test/yard/tools/lane.js';
import { askVsphereOracle, maintainHost, takeSnapshot } from '../../test/yard/vsphere/oracle.js';
import { refusalOf, VsphereBench } from '../../test/yard/vsphere/vsphere-bench.js';
import { vsphereYardAvailable } from '../../test/yard/vsphere/vsphere-yard.js';
import { manifest } from './index.js';

const state = await vsphereYardAvailable();
const runs = yardLane('vsphere places (vcsim)', state.available, state.available ? '' : state.reason);
const suite = runs ? describe : describe.skip;

/** A private.medium: the template's disk of 10 GiB and a swap file of 2 GiB. */
const SPACE_MIB = 10_240 + 2_048;

suite('places of vSphere: hosts, clusters, datastores and what hangs on machines', () => {
  let bench: VsphereBench;
  let client: CloudClient;

  const offering = async (): Promise<Offering | undefined> => {
    const all = await collectComplete(client.compute.listOfferings(bench.scope), 'offerings');
    return all.find((each) => each.zone === 'DC0_C1' && each.machineType === 'private.medium');
  };

  beforeAll(async () => {
    bench = await VsphereBench.start(manifest);
    client = await bench.connect({ datastoreReserve: 0 });
  }, 600_000);
  afterEach(async () => bench.settle());
  afterAll(async () => bench.stop());

  it('shows a host in maintenance as such, counts it out, and puts nothing there', async () => {
    const before = (await offering())?.stock.machines ?? 0;
    const resting = 'DC0_C1_H0';
    await maintainHost(bench.yard, resting, 'enter');
    const hosts = await bench.resources(client, 'host');
    expect(hosts.map((host) => `${host.name} ${host.state ?? ''}`).toSorted()).toEqual([
      'DC0_C0_H0 connected',
      'DC0_C0_H1 connected',
      'DC0_C1_H0 maintenance',
      'DC0_C1_H1 connected',
    ]);
    const halved = (await offering())?.stock.machines ?? 0;
    expect(halved).toBeLessThan(before);
    const ordered = bench.batch({ count: 3 });
    await client.compute.launch(ordered);
    expect(new Set((await bench.made(ordered)).map((machine) => machine.host))).toEqual(
      new Set(['DC0_C1_H1']),
    );
    await maintainHost(bench.yard, resting, 'exit');
    expect((await offering())?.stock.machines).toBe(before - 3);
  }, 60_000);

  it('counts the free space of datastores into the stock, and refuses beyond it', async () => {
    await bench.admin.leaveSpace('LocalDS_0', 2 * SPACE_MIB + 1_000);
    expect((await offering())?.stock).toEqual({ level: 'low', machines: 2 });
    const ordered = bench.batch({ count: 3, minimum: 3 });
    const error = await refusalOf(client.compute.launch(ordered));
    expect([error.code, error.effect, error.retry]).toEqual(['insufficient-capacity', 'none', 'elsewhere']);
    expect(error.message).toMatch(/room for 2 more machines.*datastores lack space/);
    const partial = bench.batch({ count: 3, minimum: 1 });
    const { items } = await client.compute.launch(partial);
    expect(items.map((item) => item.outcome).toSorted()).toEqual(['accepted', 'accepted', 'refused']);
    const made = await bench.made(partial);
    expect(made.map((machine) => machine.datastores)).toEqual([['LocalDS_0'], ['LocalDS_0']]);
  }, 60_000);

  it('keeps the reserve of a datastore, and expects of thin disks what the account says', async () => {
    await bench.admin.leaveSpace('LocalDS_0', 2 * SPACE_MIB + 1_000);
    const careful = await bench.connect({ datastoreReserve: 0.1 });
    const error = await refusalOf(careful.compute.launch(bench.batch()));
    expect([error.code, error.effect]).toEqual(['insufficient-capacity', 'none']);
    const disks = await bench.resources(client, 'disk');
    const thin = disks.some((disk) => disk.relations.some(({ to }) => to === 'image') && disk.facts['thin']);
    const bold = await bench.connect({ datastoreReserve: 0, thinDiskShare: 0.1 });
    const offerings = await collectComplete(bold.compute.listOfferings(bench.scope), 'offerings');
    const medium = offerings.find((each) => each.zone === 'DC0_C1' && each.machineType === 'private.medium');
    const places = Math.floor((2 * SPACE_MIB + 1_000) / (1_024 + 2_048));
    expect([thin, medium?.stock.machines]).toEqual([true, Math.min(places, 8)]);
  }, 60_000);

  it('puts nothing on a datastore in maintenance', async () => {
    await bench.admin.maintainDatastore('LocalDS_0', true);
    expect((await offering())?.stock).toEqual({ level: 'none', machines: 0 });
    const [volume] = await bench.resources(client, 'volume');
    expect([volume?.name, volume?.state]).toEqual(['LocalDS_0', 'inmaintenance']);
    const error = await refusalOf(client.compute.launch(bench.batch()));
    expect([error.code, error.effect]).toEqual(['insufficient-capacity', 'none']);
  }, 60_000);

  it('refuses a datastore that the account names and vSphere does not have', async () => {
    const astray = await bench.connect({ datastores: { DC0_C1: 'no-such-datastore' } });
    const error = await refusalOf(astray.compute.launch(bench.batch()));
    expect([error.code, error.effect]).toEqual(['invalid-argument', 'none']);
    expect(error.message).toMatch(/no datastore "no-such-datastore"/);
  }, 60_000);

  it('lists disks, cards and snapshots of machines as pyvmomi sees them, and what they hang on', async () => {
    const ordered = bench.batch();
    await client.compute.launch(ordered);
    const [machine] = await bench.made(ordered);
    const id = machine?.instanceUuid ?? '';
    await takeSnapshot(bench.yard, id, 'before the sale');
    const ofMachine = async (kind: 'disk' | 'network-interface' | 'snapshot') =>
      (await bench.resources(client, kind)).filter((each) => each.relations.some((to) => to.id === id));
    const [disk, ...others] = await ofMachine('disk');
    const [volume] = await bench.resources(client, 'volume');
    expect(others).toEqual([]);
    expect(disk).toMatchObject({
      facts: { sizeGib: (machine?.disks[0] ?? 0) / 2 ** 20 },
      ownership: ordered.ownership,
      relations: [
        { kind: 'attached-to', to: 'machine', id },
        { kind: 'part-of', to: 'volume', id: volume?.id },
      ],
    });
    const query = { ...bench.scope, machineIds: [id], intent: ordered.ownership.intent };
    const satellites = await client.compute.listSatellites(query);
    expect(satellites.map((each) => each.id)).toEqual([disk?.id]);
    const networks = await collectComplete(client.network.listNetworks(bench.scope), 'networks');
    const [card] = await ofMachine('network-interface');
    const inside = card?.relations.find((relation) => relation.kind === 'inside');
    expect(networks.filter((each) => each.id === inside?.id).map((each) => each.name)).toEqual(
      machine?.networks,
    );
    expect(await ofMachine('snapshot')).toMatchObject([
      { name: `${ordered.namePrefix}-0 before the sale`, facts: { description: 'by hand' } },
    ]);
  }, 60_000);

  it('says of a machine on which host it runs, and of a host in which cluster it is', async () => {
    const ordered = bench.batch({ zone: 'DC0_C0' });
    await client.compute.launch(ordered);
    const [seen] = await bench.made(ordered);
    const [machine] = await client.compute.findByIntent({ intent: ordered.ownership.intent, region: 'DC0' });
    const hosts = await bench.resources(client, 'host');
    const clusters = await bench.resources(client, 'cluster');
    const host = hosts.find((each) =>
      machine?.relations?.some(({ to, id }) => to === 'host' && id === each.id),
    );
    const cluster = clusters.find((each) => host?.relations.some(({ id }) => id === each.id));
    expect([host?.name, cluster?.name]).toEqual([seen?.host, seen?.cluster]);
    expect(cluster?.facts).toMatchObject({ hosts: 2, distributesByItself: true });
    const all = await askVsphereOracle(bench.yard);
    const there = all.filter((each) => each.host === host?.name).length;
    expect(host?.facts['machines']).toBe(there);
  }, 60_000);
});
