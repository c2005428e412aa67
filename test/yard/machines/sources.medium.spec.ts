import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { request } from 'undici';
import { examplePublicCloud } from '../../../providers/simulated/index.js';
import { startAwsYard, type AwsYard } from '../aws/aws-yard.js';
import { startSimulatedYard } from '../simulated/simulated-yard.js';
import { freePort } from '../tools/free-port.js';
import { yardLane } from '../tools/lane.js';
import { nodeArguments } from '../tools/node-arguments.js';
import { startProcess, type RunningProcess } from '../tools/process.js';
import { createOutside, destroyOutside } from '../vsphere/oracle.js';
import { startVsphereYard, vsphereYardAvailable, type VsphereYard } from '../vsphere/vsphere-yard.js';
import type { MachineView } from './boot-agent.js';

const CAPACITY = { requestsPerSecond: 50, baseLatencyMs: 2 };
const PATIENCE_MS = 8_000;
/** A second, and what a busy test machine adds. */
const SILENT_WITHIN_MS = 2_500;

const simulated = await startSimulatedYard({
  clouds: { west: examplePublicCloud({ behaviour: { addressRange: '127.31.0.0/16' } }) },
});
const [aws, noAws] = await obtain<AwsYard>(() => startAwsYard({ addressPrefix: '127.21' }));
const vsphereState = await vsphereYardAvailable();
const [vsphere, noVsphere] = vsphereState.available
  ? await obtain<VsphereYard>(() => startVsphereYard({ guestRange: '127.11.0.0/16' }))
  : [undefined, vsphereState.reason];

async function obtain<T>(start: () => Promise<T>): Promise<[T, undefined] | [undefined, string]> {
  try {
    return [await start(), undefined];
  } catch (thrown) {
    return [undefined, thrown instanceof Error ? thrown.message : String(thrown)];
  }
}

/** The agent as the demo runs it: its own process, watching clouds that know nothing of it. */
describe('boot agent', () => {
  let folder = '';
  let agent: RunningProcess;
  let stateUrl = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'springtide-boot-agent-'));
    const config = join(folder, 'agent.json');
    const sources = [
      { kind: 'simulated', name: 'west', url: `${simulated.endpointOf('west')}/machines` },
      ...(aws ? [{ kind: 'yard', name: 'aws', adminUrl: aws.endpoint }] : []),
      ...(vsphere ? [vsphereSettings(vsphere)] : []),
    ];
    const types = ['', 'c6i.large', 'c2.large'];
    const capacities = Object.fromEntries(types.map((type) => [type, CAPACITY]));
    await writeFile(config, JSON.stringify({ sources, capacities, port: await freePort() }));
    agent = await startProcess({
      name: 'boot agent',
      command: process.execPath,
      args: [...nodeArguments(import.meta.dirname, 'boot-agent.main'), '--config', config],
      ready: (line) => line.startsWith('{"ready":true'),
      onLine: (line) => {
        if (line.startsWith('{"ready"')) stateUrl = (JSON.parse(line) as { stateUrl: string }).stateUrl;
      },
    });
  }, 120_000);
  afterAll(async () => {
    await agent.stop();
    await simulated.close();
    await aws?.stop();
    await vsphere?.stop();
    await rm(folder, { recursive: true, force: true });
  }, 30_000);

  const machines = async (source: string): Promise<readonly MachineView[]> => {
    const answer = await request(stateUrl);
    const body = (await answer.body.json()) as { machines: MachineView[] };
    return body.machines.filter((machine) => machine.source === source);
  };
  const statusOf = async ({ address, port }: MachineView): Promise<number | 'silent'> =>
    request(`http://${address}:${port}/`).then(
      async (answer) => {
        await answer.body.dump();
        return answer.statusCode;
      },
      () => 'silent' as const,
    );
  const until = async <T>(what: string, limitMs: number, look: () => Promise<T | undefined>): Promise<T> => {
    for (const endMs = performance.now() + limitMs; ; await wait(30)) {
      const found = await look();
      if (found !== undefined) return found;
      if (performance.now() > endMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    }
  };
  const answering = (source: string, known: ReadonlySet<string>): Promise<MachineView> =>
    until(`a new machine of ${source} answers`, PATIENCE_MS, async () => {
      const found = (await machines(source)).find(({ id, state }) => state === 'answering' && !known.has(id));
      return found !== undefined && (await statusOf(found)) === 200 ? found : undefined;
    });
  const silent = (machine: MachineView, limitMs: number): Promise<true> =>
    until(`${machine.id} is silent`, limitMs, async () =>
      (await statusOf(machine)) === 'silent' ? true : undefined,
    );
  const idsOf = async (source: string): Promise<ReadonlySet<string>> =>
    new Set((await machines(source)).map(({ id }) => id));

  it('makes a machine of the simulated cloud answer, and silences it when the cloud has it no more', async () => {
    const west = simulated.cloud('west');
    west?.administer({ action: 'create-foreign' });
    west?.administer({ action: 'pass-time', ms: 120_000 });
    const machine = await answering('west', new Set());
    west?.administer({ action: 'delete-outside', id: machine.id });
    await silent(machine, SILENT_WITHIN_MS);
  }, 20_000);

  const awsTest = yardLane('boot agent (aws)', aws !== undefined, noAws) ? it : it.skip;
  awsTest(
    'does the same for a machine of the AWS yard',
    async () => {
      const zone = aws?.zones[0] ?? '';
      const launched = await aws?.admin.launchForeign({ machineType: 'c6i.large', zone });
      const machine = await answering('aws', new Set());
      expect(launched?.ids).toEqual([machine.id]);
      await aws?.admin.terminate([machine.id]);
      await silent(machine, SILENT_WITHIN_MS);
    },
    20_000,
  );

  const vsphereTest = yardLane('boot agent (vsphere)', vsphere !== undefined, noVsphere) ? it : it.skip;
  vsphereTest(
    'does the same for a machine of the vSphere yard, seen through pyvmomi',
    async () => {
      if (vsphere === undefined) throw new Error('the lane says that vSphere is here');
      const known = await until('the machines of the seed', PATIENCE_MS, async () => {
        const ids = await idsOf('vsphere');
        return ids.size >= 3 ? ids : undefined;
      });
      await createOutside(vsphere, 'somebodys');
      const machine = await answering('vsphere', known);
      await destroyOutside(vsphere, 'somebodys');
      await silent(machine, SILENT_WITHIN_MS);
    },
    30_000,
  );
});

function vsphereSettings({ url, user, password, caPem }: VsphereYard): Readonly<Record<string, string>> {
  return { kind: 'vsphere', name: 'vsphere', url, user, password, caPem };
}
