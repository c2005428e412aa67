import { manifest } from '../../providers/vsphere/index.js';
import { yardLane } from '../../test/yard/tools/lane.js';
import { LibraryKeeper } from '../../test/yard/vsphere/library-keeper.js';
import { askVsphereOracle } from '../../test/yard/vsphere/oracle.js';
import { vsphereAccount } from '../../test/yard/vsphere/vsphere-account.js';
import {
  startVsphereYard,
  vsphereYardAvailable,
  type VsphereYard,
} from '../../test/yard/vsphere/vsphere-yard.js';
import { clusterStand, type ClusterStand } from '../clusters/testing/cluster-stand.js';
import { ImagePlacement } from './index.js';

const state = await vsphereYardAvailable();
const runs = yardLane('placing images (vcsim)', state.available, state.available ? '' : state.reason);
const suite = runs ? describe : describe.skip;

suite('placing an image', () => {
  let yard: VsphereYard;
  let stand: ClusterStand;
  let keeper: LibraryKeeper;

  beforeAll(async () => {
    yard = await startVsphereYard();
    keeper = new LibraryKeeper(yard);
    stand = await clusterStand([manifest], [yard.url]);
  }, 600_000);
  afterAll(async () => {
    await keeper.close();
    await stand.stop();
    await yard.stop();
  });

  it('is written in the ledger, brings a subscribed item into the zone, and is no other tenant’s to do', async () => {
    const { one, two, accounts, ledger } = stand;
    const template = (await askVsphereOracle(yard)).find((machine) => machine.template);
    const datastore = template?.datastoreIds[0] ?? '';
    const publisher = await keeper.publish('company', datastore);
    await keeper.upload(publisher, 'shop', 'a disk');
    const subscriber = await keeper.subscribe('branch', publisher, datastore, true);
    const { settings, secret } = vsphereAccount(yard);
    const account = await accounts.register(one.admin, { name: 'vc', provider: 'vsphere', settings, secret });
    const images = new ImagePlacement(ledger);
    const order = { accountId: account.id, region: yard.datacenter, zone: 'DC0_C1', image: 'branch/shop' };
    const placed = await images.place(one.admin, order);
    const [item] = await keeper.items(subscriber);
    expect(placed).toMatchObject({
      image: item?.id,
      zone: 'DC0_C1',
      digest: expect.stringMatching(/^sha256:/),
    });
    expect(await images.place(one.admin, order)).toMatchObject({ image: item?.id, digest: placed.digest });
    const copies = (await askVsphereOracle(yard)).filter(({ marks }) => marks['copy-of'] === item?.id);
    expect(copies.map(({ cluster, marks }) => [cluster, marks['tenant']])).toEqual([
      ['DC0_C1', one.tenantId],
    ]);
    const intents = await ledger.listIntents(one.tenantId, { accountId: account.id });
    expect(intents.map(({ kind, step, state: at }) => [kind, step, at])).toEqual([
      ['set', 'image/DC0_C1/branch/shop', 'settled'],
    ]);
    await expect(images.place(two.admin, order)).rejects.toMatchObject({ code: 'not-found' });
  }, 60_000);
});
