import type { CloudClient, LaunchBatch } from '@springtide/provider-kit';
import { yardLane } from '../../test/yard/tools/lane.js';
import { askVsphereOracle, createOutside, type OracleMachine } from '../../test/yard/vsphere/oracle.js';
import type { VsphereAdmin } from '../../test/yard/vsphere/vsphere-admin.js';
import { refusalOf, VsphereBench } from '../../test/yard/vsphere/vsphere-bench.js';
import { vsphereYardAvailable, type VsphereYard } from '../../test/yard/vsphere/vsphere-yard.js';
import { manifest } from './index.js';

const state = await vsphereYardAvailable();
const runs = yardLane('vsphere provider (vcsim)', state.available, state.available ? '' : state.reason);
const suite = runs ? describe : describe.skip;

suite('the vSphere provider, over the wire', () => {
  let bench: VsphereBench;
  let yard: VsphereYard;
  let admin: VsphereAdmin;
  let client: CloudClient;

  const batch = (changes: Partial<LaunchBatch> = {}): LaunchBatch => bench.batch(changes);
  const ofToken = async (token: string): Promise<readonly OracleMachine[]> => bench.made({ token });

  beforeAll(async () => {
    bench = await VsphereBench.start(manifest);
    ({ yard, admin } = bench);
    client = await bench.connect();
  }, 600_000);
  afterEach(async () => bench.settle());
  afterAll(async () => bench.stop());

  it('makes machines that pyvmomi sees with their size, place, power, folder and every mark', async () => {
    const ordered = batch({ count: 2, labels: { 渠道: '秒杀', empty: '' }, zone: 'DC0_C1' });
    await client.compute.launch(ordered);
    const seen = await ofToken(ordered.token);
    expect(seen.map((machine) => machine.name).toSorted()).toEqual([
      `${ordered.namePrefix}-0`,
      `${ordered.namePrefix}-1`,
    ]);
    for (const machine of seen) {
      expect(machine).toMatchObject({
        cluster: 'DC0_C1',
        folder: 'springtide',
        cpus: 2,
        memoryMiB: 2_048,
        powerState: 'poweredOn',
        marks: { installation: 'bench', tenant: 'acme', intent: ordered.ownership.intent },
      });
    }
    expect(new Set(seen.map((machine) => machine.host)).size).toBe(2);
    const [machine] = await client.compute.findByIntent({
      intent: ordered.ownership.intent,
      region: 'DC0',
    });
    expect(machine?.labels).toEqual(ordered.labels);
  }, 60_000);

  it('destroys what a clone that failed at power-on left behind, and refuses the item', async () => {
    const ordered = batch({ count: 2, minimum: 1 });
    const rule = {
      method: 'CloneVM_Task',
      fault: 'InsufficientMemoryResourcesFault',
      count: 1,
      leaves: true,
    };
    await admin.taskFault(rule);
    const { items } = await client.compute.launch(ordered);
    expect(items.map((item) => item.outcome).toSorted()).toEqual(['accepted', 'refused']);
    const refused = items.flatMap((item) => (item.outcome === 'refused' ? [item.error] : []));
    expect(refused.map((error) => [error.code, error.effect, error.retry])).toEqual([
      ['insufficient-capacity', 'none', 'elsewhere'],
    ]);
    expect(await ofToken(ordered.token)).toHaveLength(1);
  }, 60_000);

  it('says that a machine may exist when the leftover cannot be destroyed', async () => {
    const ordered = batch();
    const rule = {
      method: 'CloneVM_Task',
      fault: 'InsufficientMemoryResourcesFault',
      count: 1,
      leaves: true,
    };
    await admin.taskFault(rule);
    await admin.fault({ method: 'Destroy_Task', fault: 'HostNotConnected', count: 1 });
    const error = await refusalOf(client.compute.launch(ordered));
    expect(error.effect).toBe('maybe');
    const found = await client.compute.findByIntent({ intent: ordered.ownership.intent, region: 'DC0' });
    expect(found.map((machine) => machine.state)).toEqual(['stopped']);
    expect(await client.compute.launch(ordered)).toEqual({
      items: [{ outcome: 'accepted', machineId: found[0]?.id }],
    });
    expect((await ofToken(ordered.token)).map((machine) => machine.powerState)).toEqual(['poweredOn']);
  }, 60_000);

  it('takes back what was made when the rest falls below the minimum', async () => {
    const ordered = batch({ count: 3, minimum: 3 });
    await admin.taskFault({ method: 'CloneVM_Task', fault: 'InsufficientCpuResourcesFault', count: 1 });
    const error = await refusalOf(client.compute.launch(ordered));
    expect([error.code, error.effect]).toEqual(['insufficient-capacity', 'none']);
    expect(await ofToken(ordered.token)).toEqual([]);
  }, 60_000);

  it('never fills a cluster beyond its memory, however many batches race for it', async () => {
    await admin.leaveRoom('DC0_C0', 5 * 2_048);
    const racing = Array.from({ length: 4 }, () => batch({ zone: 'DC0_C0', count: 3, minimum: 1 }));
    const receipts = await Promise.allSettled(racing.map((each) => client.compute.launch(each)));
    const accepted = receipts.flatMap((receipt) =>
      receipt.status === 'fulfilled' ? receipt.value.items.filter((item) => item.outcome === 'accepted') : [],
    );
    expect(accepted).toHaveLength(5);
    for (const receipt of receipts) {
      if (receipt.status === 'fulfilled') continue;
      expect(receipt.reason).toMatchObject({ code: 'insufficient-capacity', effect: 'none' });
    }
    const tokens = new Set(racing.map((each) => each.token));
    const present = (await askVsphereOracle(yard)).filter((each) => tokens.has(each.marks['token'] ?? ''));
    expect(present.map((machine) => machine.powerState)).toEqual(Array(5).fill('poweredOn'));
  }, 60_000);

  it('refuses the name of a machine that somebody else has put into our folder', async () => {
    const first = batch();
    await client.compute.launch(first);
    const second = batch({ namePrefix: first.namePrefix });
    const error = await refusalOf(client.compute.launch(second));
    expect([error.code, error.effect, error.retry]).toEqual(['conflict', 'none', 'never']);
    expect(await ofToken(first.token)).toHaveLength(1);
    expect(await ofToken(second.token)).toEqual([]);
  }, 60_000);

  it('does not touch machines without our marks, nor templates', async () => {
    const machines = await createOutside(yard, 'payroll');
    const ids = machines
      .filter((machine) => machine.template || machine.name === 'payroll')
      .map((machine) => machine.instanceUuid);
    expect(ids).toHaveLength(2);
    const outcomes = await client.compute.terminate(ids, { region: 'DC0' });
    for (const id of ids) {
      expect(outcomes.get(id)).toMatchObject({ code: 'failed-precondition', effect: 'none' });
    }
    const after = await askVsphereOracle(yard);
    expect(after.find((machine) => machine.name === 'payroll')?.powerState).toBe('poweredOn');
  }, 60_000);

  it('puts the machine into the network that the batch names', async () => {
    const networks: string[] = [];
    for await (const page of client.network.listNetworks({ region: 'DC0' })) {
      networks.push(...page.items.map((network) => network.name));
    }
    expect(networks).toEqual(expect.arrayContaining(['VM Network', 'DC0_DVPG0']));
    for (const subnet of ['VM Network', 'DC0_DVPG0']) {
      const ordered = batch({ subnet });
      await client.compute.launch(ordered);
      expect((await ofToken(ordered.token)).map((machine) => machine.networks)).toEqual([[subnet]]);
    }
    const error = await refusalOf(client.compute.launch(batch({ subnet: 'no such network' })));
    expect([error.code, error.effect]).toEqual(['invalid-argument', 'none']);
  }, 60_000);

  it('hands cloud-init its text, and lists the disks that go with the machine', async () => {
    const ordered = batch({ userData: '#cloud-config\nhostname: "店铺"\n' });
    const { items } = await client.compute.launch(ordered);
    const [machine] = await ofToken(ordered.token);
    const text = Buffer.from(machine?.guestinfo['userdata'] ?? '', 'base64').toString('utf8');
    expect(text).toBe(ordered.userData);
    const query = { region: 'DC0', machineIds: [], intent: ordered.ownership.intent };
    const [disk] = await client.compute.listSatellites(query);
    expect(disk).toMatchObject({ kind: 'disk', machineId: machine?.instanceUuid });
    if (disk === undefined || items[0]?.outcome !== 'accepted') throw new Error('no machine with a disk');
    const early = await refusalOf(client.compute.releaseSatellite(disk));
    expect(early.code).toBe('failed-precondition');
    await client.compute.terminate([items[0].machineId], { region: 'DC0' });
    expect(await client.compute.listSatellites(query)).toEqual([]);
    expect(await client.compute.releaseSatellite(disk)).toBe('gone');
  }, 60_000);

  it('logs in once more, and only once, when many calls find the session dead together', async () => {
    await client.compute.listQuotas({ region: 'DC0' });
    await admin.expireSessions();
    await admin.reset();
    const scope = { region: 'DC0' };
    const unknown = '00000000-0000-5000-8000-000000000001';
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => client.compute.describe([unknown], scope)),
    );
    expect(answers.map((answer) => answer.get(unknown))).toEqual(Array(6).fill('gone'));
    expect((await admin.calls())['Login']).toBe(1);
  }, 60_000);

  it('calls a listing cut short that loses its session between two pages', async () => {
    const small = await bench.connect({ pageSize: 2 });
    const pages = small.compute.list({ region: 'DC0' })[Symbol.asyncIterator]();
    expect((await pages.next()).value).toMatchObject({ complete: false });
    await admin.fault({ method: 'ContinueRetrievePropertiesEx', fault: 'InvalidProperty', count: 1 });
    const error = await refusalOf(pages.next());
    expect([error.code, error.effect]).toEqual(['unavailable', 'none']);
  }, 60_000);

  it('does not talk to an endpoint whose certificate nobody vouches for', async () => {
    const stranger = await bench.connect({ caPem: undefined });
    const error = await refusalOf(stranger.verify());
    expect([error.code, error.effect]).toEqual(['failed-precondition', 'none']);
    expect(error.message).toMatch(/certificate is not trusted/);
  }, 60_000);
});

suite('the vSphere provider, where clones take their time', () => {
  it('waits for a clone that another process started before it says what an intent got', async () => {
    const bench = await VsphereBench.start(manifest, { cloneDelayMs: 1_500 });
    try {
      const client = await bench.connect();
      const ordered = bench.batch();
      const deadline = new Date(Date.now() + 700).toISOString();
      const error = await refusalOf(client.compute.launch(ordered, { deadline }));
      expect([error.code, error.effect]).toEqual(['timeout', 'maybe']);
      const query = { intent: ordered.ownership.intent, region: 'DC0' };
      const found = await client.compute.findByIntent(query);
      expect(found.map((machine) => machine.ownership)).toEqual([ordered.ownership]);
    } finally {
      await bench.stop();
    }
  }, 60_000);
});
