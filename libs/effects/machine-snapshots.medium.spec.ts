import { manifest as simulated } from '../../providers/simulated/index.js';
import { manifest } from '../../providers/vsphere/index.js';
import { yardLane } from '../../test/yard/tools/lane.js';
import { askVsphereOracle, createOutside } from '../../test/yard/vsphere/oracle.js';
import { VsphereBench } from '../../test/yard/vsphere/vsphere-bench.js';
import { vsphereAccount } from '../../test/yard/vsphere/vsphere-account.js';
import { vsphereYardAvailable } from '../../test/yard/vsphere/vsphere-yard.js';
import { clusterStand, type ClusterStand } from '../clusters/testing/cluster-stand.js';
import { MachineSnapshots } from './index.js';

const KEY = { accessKey: 'springtide', secretKey: 'springtide-secret' };

const state = await vsphereYardAvailable();
const runs = yardLane('snapshots of machines (vcsim)', state.available, state.available ? '' : state.reason);
const suite = runs ? describe : describe.skip;

suite('a snapshot of a machine', () => {
  let bench: VsphereBench;
  let stand: ClusterStand;
  let snapshots: MachineSnapshots;
  let place: { accountId: string; region: string; machineId: string };

  beforeAll(async () => {
    bench = await VsphereBench.start(manifest);
    stand = await clusterStand([manifest, simulated], [bench.yard.url]);
    snapshots = new MachineSnapshots(stand.ledger, stand.database);
    const { settings, secret } = vsphereAccount(bench.yard, { snapshots: true });
    const order = { name: 'vc', provider: 'vsphere', settings, secret };
    const account = await stand.accounts.register(stand.one.admin, order);
    await createOutside(bench.yard, 'ledger-db');
    const machines = await askVsphereOracle(bench.yard);
    const machineId = machines.find(({ name }) => name === 'ledger-db')?.instanceUuid ?? '';
    place = { accountId: account.id, region: bench.yard.datacenter, machineId };
  }, 600_000);
  afterAll(async () => {
    await stand.stop();
    await bench.stop();
  });

  it('is taken, gone back to and deleted, each on record in the ledger and the audit', async () => {
    const { one, ledger } = stand;
    const { id } = await snapshots.take(one.admin, place, 'before');
    expect(await snapshots.take(one.admin, place, 'before')).toEqual({ id });
    await snapshots.revert(one.admin, place, id);
    expect(await snapshots.remove(one.admin, place, id)).toBe('gone');
    expect(await snapshots.remove(one.admin, place, id)).toBe('gone');
    const intents = await ledger.listIntents(one.tenantId, { accountId: place.accountId });
    expect(intents.map(({ step, generation, state: at }) => [step.split('/')[0], generation, at])).toEqual([
      ['take-snapshot', 1, 'settled'],
      ['revert-to-snapshot', 0, 'settled'],
      ['delete-snapshot', 1, 'settled'],
    ]);
    const audited = await stand.rows(
      `select action, after ->> 'snapshot' as snapshot from audit_record
       where target_id = '${place.machineId}' order by id`,
    );
    expect(audited).toEqual([
      { action: 'machine.take-snapshot', snapshot: 'before' },
      { action: 'machine.take-snapshot', snapshot: 'before' },
      { action: 'machine.revert-to-snapshot', snapshot: id },
      { action: 'machine.delete-snapshot', snapshot: id },
      { action: 'machine.delete-snapshot', snapshot: id },
    ]);
  }, 60_000);

  it('is refused for a machine that a campaign owns, before anything is written or sent', async () => {
    const { one, ledger } = stand;
    const batch = bench.batch();
    const client = await bench.connect();
    await client.compute.launch({ ...batch, ownership: { ...batch.ownership, campaign: 'sale' } });
    const [made] = await bench.made(batch);
    const owned = { ...place, machineId: made?.instanceUuid ?? '' };
    const before = await ledger.listIntents(one.tenantId, { accountId: place.accountId });
    const why = { code: 'failed-precondition', message: expect.stringContaining('belongs to campaign sale') };
    await expect(snapshots.take(one.admin, owned, 'x')).rejects.toMatchObject(why);
    await expect(snapshots.revert(one.admin, owned, 'x')).rejects.toMatchObject(why);
    await expect(snapshots.remove(one.admin, owned, 'x')).rejects.toMatchObject(why);
    expect(await ledger.listIntents(one.tenantId, { accountId: place.accountId })).toEqual(before);
  }, 60_000);

  it('is unsupported with its reason where snapshots are not of machines', async () => {
    const { one, accounts } = stand;
    const twin = { name: 'twin', provider: 'simulated', settings: { cloud: 'snapshots' }, secret: KEY };
    const { id: accountId } = await accounts.register(one.admin, twin);
    const machine = { accountId, region: 'sim-north', machineId: 'i-1' };
    await expect(snapshots.take(one.admin, machine, 'x')).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('have nothing on their disks'),
    });
  });

  it('is no business of another tenant, nor of who may only read', async () => {
    const { one, two } = stand;
    await expect(snapshots.take(two.admin, place, 'x')).rejects.toMatchObject({ code: 'not-found' });
    const { ctx } = await one.user(['read-only']);
    await expect(snapshots.take(ctx, place, 'x')).rejects.toMatchObject({ code: 'permission-denied' });
  });
});
