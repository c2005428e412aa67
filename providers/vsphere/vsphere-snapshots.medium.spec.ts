import type { CloudClient, Resource } from '@springtide/provider-kit';
import { yardLane } from '../../test/yard/tools/lane.js';
import { askVsphereOracle, createOutside, takeSnapshot } from '../../test/yard/vsphere/oracle.js';
import { refusalOf, VsphereBench } from '../../test/yard/vsphere/vsphere-bench.js';
import { vsphereYardAvailable } from '../../test/yard/vsphere/vsphere-yard.js';
import { manifest } from './index.js';

const state = await vsphereYardAvailable();
const runs = yardLane('vsphere snapshots (vcsim)', state.available, state.available ? '' : state.reason);
const suite = runs ? describe : describe.skip;

suite('snapshots of machines of vSphere', () => {
  const installation = 'bench';
  let bench: VsphereBench;
  let client: CloudClient;
  let machineId = '';

  beforeAll(async () => {
    bench = await VsphereBench.start(manifest);
    client = await bench.connect({ snapshots: true });
    await createOutside(bench.yard, 'ledger-db');
    const machines = await askVsphereOracle(bench.yard);
    machineId = machines.find(({ name }) => name === 'ledger-db')?.instanceUuid ?? '';
  }, 600_000);
  afterAll(async () => bench.stop());

  const take = async (name: string) =>
    client.snapshots.takeSnapshot({ ...bench.scope, machineId, name, installation });
  const seen = async (): Promise<readonly Resource[]> => {
    const all = await bench.resources(client, 'snapshot');
    return all.filter(({ relations }) => relations.some(({ id }) => id === machineId));
  };
  const names = async () => (await seen()).map(({ name }) => name.replace('ledger-db ', ''));
  const current = async () =>
    (await seen()).filter(({ facts }) => facts['current'] === true).map(({ id }) => id);

  it('are taken once for a name, gone back to, and deleted one by one', async () => {
    const [first, again] = await Promise.all([take('before'), take('before')]);
    expect(again).toEqual(first);
    const second = await take('between');
    expect(await take('before')).toEqual(first);
    expect([await names(), await current()]).toEqual([['before', 'between'], [second.id]]);

    const target = { ...bench.scope, machineId, snapshotId: first.id };
    await client.snapshots.revertToSnapshot(target);
    await client.snapshots.revertToSnapshot(target);
    expect([await names(), await current()]).toEqual([['before', 'between'], [first.id]]);

    // The simulator breaks down when the first of several is deleted while the machine goes on from it.
    await client.snapshots.revertToSnapshot({ ...target, snapshotId: second.id });
    expect(await client.snapshots.deleteSnapshot({ ...target, installation })).toBe('gone');
    expect(await client.snapshots.deleteSnapshot({ ...target, installation })).toBe('gone');
    expect([await names(), await current()]).toEqual([['between'], [second.id]]);
    const error = await refusalOf(client.snapshots.revertToSnapshot(target));
    expect([error.code, error.effect]).toEqual(['not-found', 'none']);
  }, 60_000);

  it('of somebody else keep their name and are not deleted', async () => {
    await takeSnapshot(bench.yard, machineId, 'by hand');
    const taken = await refusalOf(take('by hand'));
    expect([taken.code, taken.effect]).toEqual(['already-exists', 'none']);
    const theirs = (await seen()).find(({ name }) => name.endsWith('by hand'));
    const target = { ...bench.scope, machineId, snapshotId: theirs?.id ?? '', installation };
    const error = await refusalOf(client.snapshots.deleteSnapshot(target));
    expect([error.code, error.effect]).toEqual(['failed-precondition', 'none']);
    expect(await names()).toContain('by hand');
  }, 60_000);

  it('are refused for a machine that is not there, a name that is none, and an account that wants none', async () => {
    const order = { ...bench.scope, machineId, name: 'x', installation };
    const nobody = { ...order, machineId: '00000000-0000-4000-8000-000000000000' };
    expect((await refusalOf(client.snapshots.takeSnapshot(nobody))).code).toBe('not-found');
    expect((await refusalOf(client.snapshots.takeSnapshot({ ...order, name: '' }))).code).toBe(
      'invalid-argument',
    );
    const without = await bench.connect();
    const error = await refusalOf(without.snapshots.takeSnapshot(order));
    expect([error.code, error.message]).toEqual([
      'unsupported',
      expect.stringContaining('its settings leave them out'),
    ]);
  }, 60_000);
});
