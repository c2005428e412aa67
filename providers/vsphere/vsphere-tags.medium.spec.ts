import { yardLane } from '../../test/yard/tools/lane.js';
import { readTags } from '../../test/yard/vsphere/tag-reader.js';
import { VsphereBench } from '../../test/yard/vsphere/vsphere-bench.js';
import { vsphereYardAvailable } from '../../test/yard/vsphere/vsphere-yard.js';
import { manifest } from './index.js';

const state = await vsphereYardAvailable();
const runs = yardLane('vsphere tags (vcsim)', state.available, state.available ? '' : state.reason);
const suite = runs ? describe : describe.skip;

suite('tags, by which people find our machines', () => {
  let bench: VsphereBench;

  beforeAll(async () => {
    bench = await VsphereBench.start(manifest);
  }, 600_000);
  afterEach(async () => bench.settle());
  afterAll(async () => bench.stop());

  const ofCampaign = (campaign: string, service: string) => {
    const ordered = bench.batch({ count: 2 });
    return { ...ordered, ownership: { ...ordered.ownership, campaign, service } };
  };

  it('tags machines with installation, campaign and service, and makes each tag once', async () => {
    const one = await bench.connect();
    const two = await bench.connect();
    const first = ofCampaign('double-12', 'shop');
    const second = ofCampaign('double-12', 'search');
    await Promise.all([one.compute.launch(first), two.compute.launch(second)]);
    const morefs = async (batch: typeof first) => (await bench.made(batch)).map((each) => each.moref);
    const [shop, search] = [await morefs(first), await morefs(second)];
    const tags = await readTags(bench.yard);
    expect(tags.get('campaign double-12')?.toSorted()).toEqual([...shop, ...search].toSorted());
    expect(tags.get('installation bench')?.toSorted()).toEqual([...shop, ...search].toSorted());
    expect(tags.get('service shop')?.toSorted()).toEqual(shop.toSorted());
    expect(tags.size).toBe(4);
  }, 60_000);

  it('launches all the same where tags cannot be had, and owns what it made', async () => {
    const client = await bench.connect();
    await bench.admin.breakRest(true);
    const ordered = ofCampaign('618', 'shop');
    const { items } = await client.compute.launch(ordered);
    expect(items.map((item) => item.outcome)).toEqual(['accepted', 'accepted']);
    await bench.admin.breakRest(false);
    expect((await readTags(bench.yard)).has('campaign 618')).toBe(false);
    const found = await client.compute.findByIntent({ intent: ordered.ownership.intent, region: 'DC0' });
    expect(found.map((machine) => machine.ownership)).toEqual([ordered.ownership, ordered.ownership]);
  }, 60_000);

  it('sends nothing of the kind for an account that wants no tags', async () => {
    const client = await bench.connect({ tags: false });
    const ordered = ofCampaign('anniversary', 'shop');
    await client.compute.launch(ordered);
    expect((await readTags(bench.yard)).has('campaign anniversary')).toBe(false);
  }, 60_000);
});
