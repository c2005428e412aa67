import { request } from 'undici';
import { freePort } from '../tools/free-port.js';
import { BootAgent } from './boot-agent.js';
import type { ListedMachine, MachineSource } from './machine-source.js';

const SMALL = { 'yard.small': { requestsPerSecond: 40, baseLatencyMs: 2 } };
const ADDRESS = '127.91.0.7';

function machine(changes: Partial<ListedMachine> = {}): ListedMachine {
  return { id: 'm-1', machineType: 'yard.small', address: ADDRESS, state: 'running', labels: {}, ...changes };
}

class ScriptedCloud implements MachineSource {
  readonly name = 'scripted';
  machines: readonly ListedMachine[] | Error = [];
  closed = false;

  async list(): Promise<readonly ListedMachine[]> {
    if (this.machines instanceof Error) throw this.machines;
    return this.machines;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

describe('BootAgent', () => {
  const cloud = new ScriptedCloud();
  const said: string[] = [];
  let agent: BootAgent;
  let port = 0;

  beforeEach(async () => {
    port = await freePort();
    said.length = 0;
    cloud.machines = [];
    agent = new BootAgent({
      sources: [cloud],
      capacities: SMALL,
      port,
      bootMs: 300,
      pollMs: 50,
      log: (message) => said.push(message),
    });
    agent.start();
  });
  afterEach(() => agent.stop());

  const status = async (path = '/healthz'): Promise<number | 'silent'> =>
    request(`http://${ADDRESS}:${port}${path}`).then(
      async (answer) => {
        await answer.body.dump();
        return answer.statusCode;
      },
      () => 'silent' as const,
    );
  const within = async (ms: number, holds: () => Promise<boolean>): Promise<number> => {
    const start = performance.now();
    while (!(await holds())) {
      if (performance.now() - start > ms)
        throw new Error(`not within ${ms} ms; it said: ${said.join(' | ')}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return performance.now() - start;
  };

  it('lets a machine answer only after the cloud says it runs and it has booted', async () => {
    cloud.machines = [machine({ state: 'pending', address: '' })];
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await status()).toBe('silent');
    cloud.machines = [machine()];
    const bootedAfter = await within(2_000, async () => (await status()) === 200);
    expect(bootedAfter).toBeGreaterThanOrEqual(290);
  });

  it('is silent within a second of the termination', async () => {
    cloud.machines = [machine()];
    await within(2_000, async () => (await status()) === 200);
    cloud.machines = [machine({ state: 'terminated' })];
    await within(1_000, async () => (await status()) === 'silent');
  });

  it('keeps machines alive while the list of their cloud cannot be had', async () => {
    cloud.machines = [machine()];
    await within(2_000, async () => (await status()) === 200);
    cloud.machines = new Error('the cloud is down');
    await within(1_000, async () => 'scripted' in agent.troubles());
    expect(await status()).toBe(200);
    expect(said).toEqual(['scripted: the cloud is down']);
  });

  it('honours the capacity of the machine type; health checks are free', async () => {
    cloud.machines = [machine()];
    await within(2_000, async () => (await status()) === 200);
    const health = await Promise.all(Array.from({ length: 100 }, () => status()));
    expect(new Set(health)).toEqual(new Set([200]));
    const start = performance.now();
    const answers = await Promise.all(Array.from({ length: 60 }, () => status('/')));
    const seconds = (performance.now() - start) / 1_000;
    const served = answers.filter((code) => code === 200).length;
    expect(served).toBeGreaterThanOrEqual(10);
    expect(served).toBeLessThanOrEqual(12 + 40 * seconds);
    expect(answers.filter((code) => code === 503)).toHaveLength(60 - served);
    expect(agent.machines()).toMatchObject([{ id: 'm-1', state: 'answering', served, refused: 60 - served }]);
  });

  it('says why a machine stays silent', async () => {
    cloud.machines = [
      machine({ id: 'm-2', machineType: 'unheard-of' }),
      machine({ id: 'm-3', address: '10.0.0.1' }),
    ];
    await within(2_000, async () => agent.machines().filter(({ state }) => state === 'failed').length === 2);
    expect(agent.machines().map(({ error }) => error)).toEqual([
      'no capacity is known for type "unheard-of"',
      '10.0.0.1 is not a loopback address',
    ]);
  });
});
