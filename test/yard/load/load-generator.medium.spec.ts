import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { AnsweringMachine } from '../machines/answering-machine.js';
import { freePort } from '../tools/free-port.js';
import { nodeArguments } from '../tools/node-arguments.js';
import type { LoadProgress, LoadResult } from './load-generator.js';

const IDENTITY = { id: 'm-1', source: 'yard', machineType: 'yard.small' };
/** These specs share the machine with others; only the one about lag keeps the limit that a demo has. */
const TOLERANT = { lagLimitMs: 1_500 };
const CAPACITY = { requestsPerSecond: 100, baseLatencyMs: 5 };

type Line = LoadProgress | LoadResult | { type: 'ready'; pid: number };

/** Runs the generator as the demo does: its own process, configuration on stdin, JSON lines on stdout. */
async function generate(config: unknown, onLine?: (line: Line, pid: number) => void): Promise<LoadResult> {
  const child = spawn(process.execPath, nodeArguments(import.meta.dirname, 'load-generator.main'), {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(config));
  let result: LoadResult | undefined;
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line;
    if (line.type === 'result') result = line;
    onLine?.(line, child.pid ?? 0);
  }
  if (result === undefined) throw new Error('the generator ended without a result');
  return result;
}

describe('load generator', () => {
  let machine: AnsweringMachine;
  let url = '';

  beforeEach(async () => {
    const port = await freePort();
    machine = new AnsweringMachine(IDENTITY, CAPACITY);
    await machine.start('127.0.0.1', port);
    url = `http://127.0.0.1:${port}`;
  });
  afterEach(() => machine.stop());

  it('measures a machine below its capacity, and the one beyond it, in the same run', async () => {
    const progress: LoadProgress[] = [];
    const config = {
      ...TOLERANT,
      targets: [
        {
          name: 'shop',
          url,
          schedule: [
            { atMs: 0, rps: 60 },
            { atMs: 3_000, rps: 60 },
            { atMs: 3_001, rps: 250 },
          ],
        },
      ],
      phases: [
        { name: 'plateau', fromMs: 0, toMs: 3_000 },
        { name: 'peak', fromMs: 3_000, toMs: 6_000 },
      ],
    };
    const result = await generate(config, (line) => {
      if (line.type === 'progress') progress.push(line);
    });
    expect(result).toMatchObject({ measured: true, complete: true });
    const [plateau, peak] = result.phases.map(({ targets }) => targets['shop']);
    expect(plateau).toMatchObject({ servedRatio: 1, errors: 0, timeouts: 0 });
    expect(plateau?.latencyMs?.p50).toBeLessThan(60);
    expect(peak?.ok).toBeGreaterThan(270);
    expect(peak?.ok).toBeLessThan(340);
    expect(peak?.errorKinds).toEqual({ 'HTTP 503': peak?.errors });
    expect(peak?.latencyMs?.p50).toBeGreaterThan(150);
    expect(peak?.sent).toBe(peak?.intended);
    expect(progress.length).toBeGreaterThanOrEqual(5);
    expect(machine.served).toBe((plateau?.ok ?? 0) + (peak?.ok ?? 0));
  }, 30_000);

  it('says "not measured" when the generator itself was held up', async () => {
    let held = false;
    const config = {
      targets: [{ name: 'shop', url, schedule: [{ atMs: 0, rps: 50 }] }],
      phases: [{ name: 'peak', fromMs: 0, toMs: 4_000 }],
    };
    const result = await generate(config, (line, pid) => {
      if (line.type !== 'progress' || held) return;
      held = true;
      process.kill(pid, 'SIGSTOP');
      setTimeout(() => process.kill(pid, 'SIGCONT'), 1_000);
    });
    expect(held).toBe(true);
    expect(result).toMatchObject({ measured: false, complete: true });
    expect(result.phases[0]?.reason).toMatch(/lagged/);
    expect(result.phases[0]?.targets['shop']?.latencyMs?.max).toBeGreaterThan(500);
  }, 30_000);

  it('does not wait for answers, and counts from the intended time what never comes', async () => {
    await machine.stop();
    machine = new AnsweringMachine(IDENTITY, { requestsPerSecond: 1_000, baseLatencyMs: 60_000 });
    const port = await freePort();
    await machine.start('127.0.0.1', port);
    const target = { name: 'shop', url: `http://127.0.0.1:${port}`, schedule: [{ atMs: 0, rps: 100 }] };
    const config = {
      ...TOLERANT,
      targets: [target],
      phases: [{ name: 'peak', fromMs: 0, toMs: 2_000 }],
      timeoutMs: 500,
      arrivals: 'uniform',
    };
    const [peak] = (await generate(config)).phases;
    expect(peak).toMatchObject({ measured: true });
    expect(peak?.targets['shop']).toMatchObject({
      intended: 200,
      sent: 200,
      ok: 0,
      timeouts: 200,
      latencyMs: null,
    });
    expect(peak?.targets['shop']?.allLatencyMs?.p50).toBeGreaterThanOrEqual(499);
  }, 30_000);

  it('stops on SIGTERM with what it has, not measured', async () => {
    const config = {
      targets: [{ name: 'shop', url, schedule: [{ atMs: 0, rps: 20 }] }],
      phases: [{ name: 'peak', fromMs: 0, toMs: 60_000 }],
    };
    const result = await generate(config, (line, pid) => {
      if (line.type === 'progress') process.kill(pid, 'SIGTERM');
    });
    expect(result).toMatchObject({ measured: false, complete: false });
    expect(result.phases[0]?.reason).toMatch(/stopped before/);
  }, 30_000);
});
