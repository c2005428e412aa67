import type { CloudClient, Machine, MachineChanges } from '@springtide/provider-kit';
import { yardLane } from '../../test/yard/tools/lane.js';
import { createOutside, destroyOutside } from '../../test/yard/vsphere/oracle.js';
import { refusalOf, VsphereBench } from '../../test/yard/vsphere/vsphere-bench.js';
import { vsphereYardAvailable } from '../../test/yard/vsphere/vsphere-yard.js';
import { manifest } from './index.js';

const state = await vsphereYardAvailable();
const runs = yardLane('vsphere changes (vcsim)', state.available, state.available ? '' : state.reason);
const suite = runs ? describe : describe.skip;

const idsOf = ({ changed }: MachineChanges<Machine>): string[] =>
  changed.map((machine) => machine.id).toSorted();

suite('the change feed of vSphere', () => {
  let bench: VsphereBench;
  let client: CloudClient;

  const ask = async (cursor?: string, waitMs = 4_000, of = client): Promise<MachineChanges<Machine>> => {
    const deadline = new Date(Date.now() + waitMs).toISOString();
    return of.compute.changes({ ...bench.scope, ...(cursor === undefined ? {} : { cursor }) }, { deadline });
  };

  /** Asks on until it is told what is looked for. */
  const follow = async (
    from: string,
    look: (answer: MachineChanges<Machine>) => boolean,
  ): Promise<MachineChanges<Machine>> => {
    for (let answer = await ask(from), turns = 0; ; answer = await ask(answer.cursor), turns += 1) {
      if (look(answer)) return answer;
      expect([answer.whole, turns < 20]).toEqual([false, true]);
    }
  };

  beforeAll(async () => {
    // More than the hundred objects that a vCenter puts into one answer.
    bench = await VsphereBench.start(manifest, { machinesPerCluster: 70 });
    client = await bench.connect();
    for (let cursor = (await ask()).cursor, quiet = false; !quiet;) {
      const answer = await ask(cursor, 20_000);
      ({ cursor } = answer);
      quiet = answer.changed.every((machine) => machine.addresses.length > 0);
    }
  }, 600_000);
  afterEach(async () => bench.settle());
  afterAll(async () => bench.stop());

  it('tells everything first, over as many answers of vSphere’s as it takes, and no template', async () => {
    const first = await ask();
    await bench.admin.reset();
    expect([first.whole, first.changed.length, first.gone]).toEqual([true, 2 * 70 - 1, []]);
    const again = await ask();
    expect(idsOf(again)).toEqual(idsOf(first));
    const { WaitForUpdatesEx: asked = 0 } = await bench.admin.calls();
    expect(asked).toBe(2);
  }, 30_000);

  it('shows within a second what a person made and ended in the vSphere client', async () => {
    const { cursor } = await ask();
    const machines = await createOutside(bench.yard, 'by-hand');
    const id = machines.find((machine) => machine.name === 'by-hand')?.instanceUuid ?? '';
    const made = await follow(cursor, (answer) =>
      answer.changed.some((machine) => machine.id === id && machine.addresses.length > 0),
    );
    const waiting = follow(made.cursor, (answer) => answer.gone.includes(id));
    await destroyOutside(bench.yard, 'by-hand');
    const endedAt = Date.now();
    await waiting;
    expect(Date.now() - endedAt).toBeLessThan(1_000);
  }, 60_000);

  it('tells everything anew when vSphere has forgotten the session', async () => {
    const { cursor, changed } = await ask();
    await bench.admin.expireSessions();
    const answer = await ask(cursor);
    expect([answer.whole, answer.changed.length]).toEqual([true, changed.length]);
  }, 30_000);

  it('tells everything anew when vSphere no longer knows the version, or an answer was lost', async () => {
    const { cursor, changed } = await ask();
    await bench.admin.fault({ method: 'WaitForUpdatesEx', fault: 'InvalidCollectorVersion', count: 1 });
    const forgotten = await ask(cursor);
    expect([forgotten.whole, forgotten.changed.length]).toEqual([true, changed.length]);
    await bench.admin.drop({ method: 'WaitForUpdatesEx', count: 1, phase: 'after' });
    const error = await refusalOf(ask(forgotten.cursor));
    expect([error.code, error.effect]).toEqual(['unavailable', 'none']);
    expect((await ask(forgotten.cursor)).whole).toBe(true);
  }, 30_000);

  it('keeps what it was told until it could be read', async () => {
    const { cursor } = await ask();
    const { items } = await client.compute.launch(bench.batch());
    await bench.admin.fault({ method: 'RetrievePropertiesEx', fault: 'HostNotReachable', count: 1 });
    const error = await refusalOf(ask(cursor));
    expect([error.code, error.effect]).toEqual(['unavailable', 'none']);
    const answer = await ask(cursor);
    const [made] = items.flatMap((item) => (item.outcome === 'accepted' ? [item.machineId] : []));
    expect([answer.whole, idsOf(answer)]).toEqual([false, [made]]);
  }, 30_000);

  it('serves two followers, and the one that was away too long gets everything', async () => {
    const one = await ask();
    const two = await ask();
    expect((await ask(one.cursor, 1_200)).whole).toBe(false);
    await ask();
    const [kept, lost] = [await ask(two.cursor, 1_200), await ask(one.cursor, 1_200)];
    expect([kept.whole, lost.whole]).toEqual([true, true]);
  }, 30_000);

  it('ends what waits when the account is closed', async () => {
    const other = await bench.connect();
    const { cursor } = await ask(undefined, 4_000, other);
    const waiting = refusalOf(ask(cursor, 60_000, other));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const closedAt = Date.now();
    await other.close();
    expect((await waiting).code).toBe('cancelled');
    expect(Date.now() - closedAt).toBeLessThan(2_000);
  }, 30_000);
});
