import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  Roles1760000000000,
  limiterSchema,
  migrate,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
} from '@springtide/platform';
import type { RateBudget } from '@springtide/provider-kit';
import { nodeArguments } from '../yard/tools/node-arguments.js';
import { printLine as print } from './bench-line.js';
import type { CallerOrder } from './limiter/caller-order.js';

const run = promisify(execFile);
const PROCESSES = 4;
const START_MS = 4_000;
const WANTED_PER_SECOND = 1_000;

/**
 * Four processes on one budget in PostgreSQL: how many calls a second they are let where the cloud would allow any
 * number, then whether together they ever exceed what a cloud allows, and how much longer they take than it would.
 */
export async function limiterBench(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'springtide-limiter-bench-'));
  const server = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), durable: true });
  try {
    await migrate(server.url, [{ entities: [], migrations: [Roles1760000000000] }, limiterSchema]);
    const free = await together(server.url, { burst: 1e9, perSecond: 1e9 }, 2_000);
    const perSecond = free.length / (spanOf(free) / 1_000);
    print('limiter.acquisitions', perSecond, '1/s', WANTED_PER_SECOND);
    const window = { most: 40, everyMs: 1_000, window: 'sliding' } as const;
    const held = await together(server.url, window, 70);
    print('limiter.window.most-in-a-second', mostIn(held, window.everyMs), 'calls', window.most);
    const idealMs = (Math.ceil(held.length / window.most) - 1) * window.everyMs;
    print('limiter.window.time', spanOf(held) / 1_000, 's', idealMs / 1_000);
  } finally {
    await server.stop();
    await removeEmbeddedPostgres(join(dir, 'postgres'));
    await rm(dir, { recursive: true, force: true });
  }
}

async function together(url: string, budget: RateBudget, calls: number): Promise<readonly number[]> {
  const account = randomUUID();
  const startAt = Date.now() + START_MS;
  const answers = Array.from({ length: PROCESSES }, async (_, n) => {
    const order: CallerOrder = { url, name: `p${n}`, account, budget, calls, callers: 16, startAt };
    const args = [
      ...nodeArguments(join(import.meta.dirname, 'limiter'), 'caller.main'),
      JSON.stringify(order),
    ];
    const { stdout } = await run(process.execPath, args, { maxBuffer: 64 << 20 });
    return JSON.parse(stdout) as number[];
  });
  return (await Promise.all(answers)).flat().toSorted((a, b) => a - b);
}

function spanOf(times: readonly number[]): number {
  return (times.at(-1) ?? 0) - (times[0] ?? 0);
}

function mostIn(times: readonly number[], ms: number): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + ms).length));
}
