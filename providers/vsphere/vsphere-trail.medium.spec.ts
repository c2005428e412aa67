import { addMs, toInstant } from '@springtide/kernel';
import type { CloudClient } from '@springtide/provider-kit';
import { yardLane } from '../../test/yard/tools/lane.js';
import { askVsphereOracle, createOutside, destroyOutside } from '../../test/yard/vsphere/oracle.js';
import { VsphereBench } from '../../test/yard/vsphere/vsphere-bench.js';
import { vsphereYardAvailable } from '../../test/yard/vsphere/vsphere-yard.js';
import { manifest } from './index.js';

const state = await vsphereYardAvailable();
const runs = yardLane('vsphere trail (vcsim)', state.available, state.available ? '' : state.reason);
const suite = runs ? describe : describe.skip;

suite('the trail of vSphere', () => {
  let bench: VsphereBench;
  let client: CloudClient;

  beforeAll(async () => {
    bench = await VsphereBench.start(manifest);
    client = await bench.connect();
  }, 600_000);
  afterAll(async () => bench.stop());

  it('names who made, changed and removed a machine, also when it is gone, newest first', async () => {
    const since = addMs(toInstant(new Date()), -1_000);
    await createOutside(bench.yard, 'ann-s-machine');
    const id =
      (await askVsphereOracle(bench.yard)).find(({ name }) => name === 'ann-s-machine')?.instanceUuid ?? '';
    const machines = [
      { id, name: 'ann-s-machine' },
      { id: 'never there', name: 'never there' },
    ];
    const trail = async (from = since) =>
      await client.compute.trail({ ...bench.scope, machines, since: from });

    const made = await trail();
    expect(made.length).toBeGreaterThan(0);
    expect(new Set(made.map((deed) => `${deed.machineId} by ${deed.who}`))).toEqual(
      new Set([`${id} by ${bench.yard.user}`]),
    );
    await destroyOutside(bench.yard, 'ann-s-machine');
    const [last, ...before] = await trail();
    expect(last).toMatchObject({ machineId: id, who: bench.yard.user });
    expect(last?.what).toMatch(/Removed ann-s-machine/);
    expect(before.length).toBeGreaterThanOrEqual(made.length);
    expect(before.every(({ at }) => at <= (last?.at ?? ''))).toBe(true);
    expect(await trail(addMs(toInstant(new Date()), 600_000))).toEqual([]);
  }, 120_000);
});
