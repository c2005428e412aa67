import { collectComplete, type CloudClient, type Image } from '@springtide/provider-kit';
import { yardLane } from '../../test/yard/tools/lane.js';
import { LibraryKeeper } from '../../test/yard/vsphere/library-keeper.js';
import { askVsphereOracle, type OracleMachine } from '../../test/yard/vsphere/oracle.js';
import { refusalOf, VsphereBench } from '../../test/yard/vsphere/vsphere-bench.js';
import { vsphereYardAvailable } from '../../test/yard/vsphere/vsphere-yard.js';
import { manifest } from './index.js';

const state = await vsphereYardAvailable();
const runs = yardLane('vsphere libraries (vcsim)', state.available, state.available ? '' : state.reason);
const suite = runs ? describe : describe.skip;

const OWNERSHIP = { installation: 'bench', tenant: 'acme', intent: 'images', token: 'images-1' };

suite('content libraries: images that are kept apart from the clusters that need them', () => {
  let bench: VsphereBench;
  let client: CloudClient;
  let keeper: LibraryKeeper;
  let publisher = '';
  let subscriber = '';
  let original = '';

  const images = async (): Promise<readonly Image[]> =>
    collectComplete(client.images.listImages(bench.scope), 'images');
  const inLibrary = async (library: string) => (await images()).find((image) => image.library === library);
  const order = (image: string, zone: string) => ({ ...bench.scope, zone, image, ownership: OWNERSHIP });
  const copies = async (id: string): Promise<readonly OracleMachine[]> =>
    (await askVsphereOracle(bench.yard)).filter((machine) => machine.marks['copy-of'] === id);

  beforeAll(async () => {
    bench = await VsphereBench.start(manifest, { datastores: 2 });
    client = await bench.connect({ datastores: { DC0_C1: 'LocalDS_1' } });
    keeper = new LibraryKeeper(bench.yard);
    const template = (await askVsphereOracle(bench.yard)).find((machine) => machine.template);
    const datastore = template?.datastoreIds[0] ?? '';
    publisher = await keeper.publish('company', datastore);
    original = await keeper.upload(publisher, 'shop-2026-11', 'the first disk');
    subscriber = await keeper.subscribe('branch', publisher, datastore, true);
  }, 600_000);
  afterEach(async () => bench.settle());
  afterAll(async () => {
    await keeper.close();
    await bench.stop();
  });

  it('lists what libraries hold beside the templates, with one digest for one content', async () => {
    const all = await images();
    expect(all.map((image) => `${image.library ?? '-'} ${image.name}`).toSorted()).toEqual([
      `- ${bench.yard.template}`,
      'branch shop-2026-11',
      'company shop-2026-11',
    ]);
    const [company, branch] = [await inLibrary('company'), await inLibrary('branch')];
    expect(company).toMatchObject({ id: original, placedIn: [] });
    expect(company?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(branch?.digest).toBe(company?.digest);
    expect([company?.syncedAt, typeof branch?.syncedAt]).toEqual([undefined, 'string']);
    const template = all.find((image) => image.library === undefined);
    expect(template?.placedIn).toEqual(['DC0_C0']);
  }, 60_000);

  it('fetches a subscribed item, lays one copy into the zone that asks, and makes machines of it', async () => {
    const before = (await keeper.items(subscriber))[0];
    expect(before?.cached ?? false).toBe(false);
    const placed = await client.images.placeImage(order('branch/shop-2026-11', 'DC0_C1'));
    const item = (await keeper.items(subscriber))[0];
    expect([item?.id, item?.cached]).toEqual([placed.image, true]);
    expect(placed).toMatchObject({ zone: 'DC0_C1', digest: (await inLibrary('company'))?.digest });
    const again = await Promise.all([
      client.images.placeImage(order(placed.image, 'DC0_C1')),
      client.images.placeImage(order('branch/shop-2026-11', 'DC0_C1')),
    ]);
    expect(again.map(({ digest }) => digest)).toEqual([placed.digest, placed.digest]);
    expect((await inLibrary('branch'))?.placedIn).toEqual(['DC0_C1']);
    const [copy, ...others] = await copies(placed.image);
    expect([copy?.template, copy?.cluster, copy?.datastores, others]).toEqual([
      true,
      'DC0_C1',
      ['LocalDS_1'],
      [],
    ]);
    const ordered = bench.batch({ image: 'branch/shop-2026-11', zone: 'DC0_C1', count: 2 });
    await client.compute.launch(ordered);
    const made = await bench.made(ordered);
    expect(made.map(({ cluster, cpus, disks, powerState }) => [cluster, cpus, disks, powerState])).toEqual([
      ['DC0_C1', 2, [10 * 2 ** 20], 'poweredOn'],
      ['DC0_C1', 2, [10 * 2 ** 20], 'poweredOn'],
    ]);
    expect(made.flatMap(({ marks }) => marks['copy-of'] ?? [])).toEqual([]);
  }, 60_000);

  it('goes on making machines of what was placed, until the next content is placed', async () => {
    const { image, digest } = await client.images.placeImage(order('branch/shop-2026-11', 'DC0_C1'));
    const [old] = await copies(image);
    await keeper.upload(publisher, 'shop-2026-11', 'the second disk', original);
    const newer = (await inLibrary('company'))?.digest;
    expect(newer).not.toBe(digest);
    await client.compute.launch(bench.batch({ image }));
    expect((await copies(image)).map(({ moref }) => moref)).toEqual([old?.moref]);
    expect((await client.images.placeImage(order(image, 'DC0_C1'))).digest).toBe(newer);
    const [copy, ...others] = await copies(image);
    expect([copy?.marks['copy-content'], others]).toEqual([newer, []]);
    expect(copy?.moref).not.toBe(old?.moref);
  }, 60_000);

  it('places on first use what nobody placed, once for batches that come together', async () => {
    const batches = [1, 2, 3].map(() => bench.batch({ image: original, zone: 'DC0_C0' }));
    const receipts = await Promise.all(batches.map(async (batch) => client.compute.launch(batch)));
    expect(receipts.flatMap(({ items }) => items.map((item) => item.outcome))).toEqual([
      'accepted',
      'accepted',
      'accepted',
    ]);
    expect((await copies(original)).map(({ cluster }) => cluster)).toEqual(['DC0_C0']);
    const [again] = batches;
    if (again !== undefined) await client.compute.launch(again);
    expect(await bench.made(again ?? { token: '' })).toHaveLength(1);
  }, 60_000);

  it('clones a template into the datastore of another cluster, and leaves one that lies there alone', async () => {
    const { template } = bench.yard;
    const here = await client.images.placeImage(order(template, 'DC0_C0'));
    expect(await copies(here.image)).toEqual([]);
    await client.images.placeImage(order(template, 'DC0_C1'));
    await client.images.placeImage(order(template, 'DC0_C1'));
    const made = await copies(here.image);
    expect(made.map((copy) => [copy.template, copy.cluster, copy.datastores])).toEqual([
      [true, 'DC0_C1', ['LocalDS_1']],
    ]);
    const listed = (await images()).find((image) => image.id === here.image);
    expect(listed?.placedIn).toEqual(['DC0_C0', 'DC0_C1']);
  }, 60_000);

  it('places VM templates of a library, whatever they were made of', async () => {
    const machines = await askVsphereOracle(bench.yard);
    const source = machines.find((machine) => !machine.template)?.moref ?? '';
    const host = await bench.host(client, 'DC0_C0_H0');
    const id = await keeper.keepTemplate(publisher, 'search-2026-11', source, { folder: 'group-3', host });
    const placed = await client.images.placeImage(order('company/search-2026-11', 'DC0_C1'));
    expect(placed.image).toBe(id);
    expect((await copies(id)).map((copy) => [copy.template, copy.cluster])).toEqual([[true, 'DC0_C1']]);
  }, 60_000);

  it('refuses what has no room, is not known, or is known twice, and leaves nothing behind', async () => {
    const error = async (image: string) =>
      refusalOf(client.images.placeImage(order(image, 'DC0_C0'))).then(({ code, effect }) => [code, effect]);
    expect(await error('shop-2026-12')).toEqual(['invalid-argument', 'none']);
    expect(await error('shop-2026-11')).toEqual(['invalid-argument', 'none']);
    await bench.admin.leaveSpace('LocalDS_1', 0);
    const full = await refusalOf(
      client.images.placeImage(order(await keeper.upload(publisher, 'big', 'x'), 'DC0_C1')),
    );
    expect([full.code, full.effect]).toEqual(['insufficient-capacity', 'none']);
    await bench.admin.leaveSpace('LocalDS_1', null);
  }, 60_000);

  it('lists templates alone for an account that reads no libraries, and says when they cannot be read', async () => {
    const plain = await bench.connect({ libraries: false });
    const listed = await collectComplete(plain.images.listImages(bench.scope), 'images');
    expect(listed.every((image) => image.library === undefined)).toBe(true);
    await bench.admin.breakRest(true);
    expect((await refusalOf(images())).code).toBe('unavailable');
    const ordered = bench.batch({ image: 'branch/shop-2026-11' });
    await client.compute.launch(ordered);
    expect(await bench.made(ordered)).toHaveLength(1);
  }, 60_000);
});
