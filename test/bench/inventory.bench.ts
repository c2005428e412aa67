import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { CloudSource } from '@springtide/catalog';
import {
  InventoryService,
  InventorySyncService,
  InventoryWatchService,
  inventorySchema,
} from '@springtide/inventory';
import { SpringtideError, addMs, toInstant } from '@springtide/kernel';
import {
  Database,
  Roles1760000000000,
  jobContext,
  migrate,
  removeEmbeddedPostgres,
  silentLogger,
  startEmbeddedPostgres,
  systemClock,
} from '@springtide/platform';
import { bareLoop } from './inventory/bare-loop.js';
import type { BenchAdapter, BenchCloud } from './inventory/bench-cloud.js';
import { simulatedAdapter } from './inventory/simulated-cloud.js';

type Line = { name: string; value: number; unit: string; baseline: number; ratio: number };
type Measured = Readonly<{ database: Database; cloud: BenchCloud; provider: string; expected: number }>;

const TENANT = '00000000-0000-4000-8000-0000000000aa';
const VISIBLE_WITHIN_S = 10;
const MOST_MEMORY_MIB = 512;
const PATIENCE_MS = 60_000;

/**
 * A full sync into a durable PostgreSQL against the bare client's loop over the same pages of the same server, turn by
 * turn; the same again with nothing changed; how long a change outside takes to be visible; and what memory all of that
 * took at its peak. Each provider has a process of its own, so that this peak is its own.
 */
export async function inventoryBench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      provider: { type: 'string' },
      machines: { type: 'string' },
      'call-ms': { type: 'string', default: '50' },
      rounds: { type: 'string', default: '3' },
    },
    // Options of other benches in the same command are theirs.
    strict: false,
  });
  const adapters = adaptersOf(Number(values['call-ms']));
  if (typeof values.provider !== 'string') {
    for (const provider of Object.keys(adapters)) alone(provider, args);
    return;
  }
  const adapter = adapters[values.provider];
  if (adapter === undefined) {
    const known = Object.keys(adapters).join(', ');
    throw new SpringtideError('invalid-argument', `no adapter for "${values.provider}"; known: ${known}`);
  }
  const machines = Number(values.machines ?? adapter.machines);
  await benchProvider(values.provider, adapter, machines, Number(values.rounds));
}

function adaptersOf(callMs: number): Readonly<Record<string, BenchAdapter>> {
  return { simulated: simulatedAdapter(callMs), 'simulated-instant': simulatedAdapter(0) };
}

function alone(provider: string, args: readonly string[]): void {
  const [entry = ''] = process.argv.slice(1);
  const command = [...process.execArgv, entry, 'inventory', '--provider', provider, ...args];
  const done = spawnSync(process.execPath, command, { stdio: 'inherit' });
  if (done.status !== 0) process.exitCode = 1;
}

async function benchProvider(
  provider: string,
  adapter: BenchAdapter,
  machines: number,
  rounds: number,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'springtide-inventory-bench-'));
  const server = await startEmbeddedPostgres({ dir: join(folder, 'postgres'), durable: true });
  try {
    const parts = [{ entities: [], migrations: [Roles1760000000000] }, inventorySchema];
    await migrate(server.url, parts);
    const database = await Database.connect({ app: server.url, system: server.url }, parts);
    const cloud = await adapter.open(machines, folder);
    try {
      const expected = await settled(cloud, machines);
      const measured = { database, cloud, provider, expected };
      await benchSync(measured, rounds);
      await benchChange(measured);
    } finally {
      await cloud.close();
      await database.close();
    }
    const peakMiB = process.resourceUsage().maxRSS / 1_024;
    print(`inventory.${provider}.peak-memory`, peakMiB, 'MiB', MOST_MEMORY_MIB);
  } finally {
    await server.stop();
    await removeEmbeddedPostgres(join(folder, 'postgres'));
    await rm(folder, { recursive: true, force: true });
  }
}

/** Every machine is listed and runs, so that nothing moves while it is measured. @returns everything there is. */
async function settled({ client, region }: BenchCloud, machines: number): Promise<number> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    let running = 0;
    for await (const page of client.compute.list({ region }))
      running += page.items.filter((machine) => machine.state === 'running').length;
    if (running >= machines) return await bareLoop(client, region);
    if (performance.now() > end)
      throw new SpringtideError(
        'internal',
        `only ${running} of ${machines} machines run; nothing was measured`,
      );
    await wait(500);
  }
}

/**
 * Turn by turn, so that whatever slows the machine down slows both, and the best of each, because noise only adds. The
 * first turn warms up and does not count.
 */
async function benchSync(measured: Measured, rounds: number): Promise<void> {
  const bare: number[] = [];
  const full: number[] = [];
  const again: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const accountId = randomUUID();
    const times = [await timeBare(measured), await timeSync(measured, accountId, measured.expected)];
    const unchanged = await timeSync(measured, accountId, 0);
    if (round === 0) continue;
    bare.push(times[0] ?? 0);
    full.push(times[1] ?? 0);
    again.push(unchanged);
  }
  const { provider, expected } = measured;
  print(`inventory.${provider}.resources`, expected, 'resources', expected);
  print(`inventory.${provider}.sync`, Math.min(...full), 's', Math.min(...bare));
  print(`inventory.${provider}.sync-unchanged`, Math.min(...again), 's', Math.min(...bare));
}

async function timeBare({ cloud, expected }: Measured): Promise<number> {
  const started = performance.now();
  requireExactly(expected, await bareLoop(cloud.client, cloud.region), 'listed');
  return (performance.now() - started) / 1_000;
}

/** @param appeared how many must be new; a time of something that did not happen would be a lie. */
async function timeSync(measured: Measured, accountId: string, appeared: number): Promise<number> {
  const { sync } = servicesOf(measured);
  const started = performance.now();
  const report = await sync.syncAccount(jobContext('bench', TENANT, 'bench'), accountId);
  const seconds = (performance.now() - started) / 1_000;
  const places = report.places.map((place) => place.reason ?? '').filter((reason) => reason !== '');
  if (!report.complete)
    throw new SpringtideError('internal', `the sync was not complete: ${places.join('; ')}`);
  requireExactly(measured.expected, sumOf(report.places.map((place) => place.seen)), 'seen');
  requireExactly(appeared, sumOf(report.places.map((place) => place.appeared)), 'new');
  requireExactly(0, sumOf(report.places.map((place) => place.changed)), 'changed');
  return seconds;
}

/** A machine ends, as somebody else's would: how long until the inventory says so, while the account is watched? */
async function benchChange(measured: Measured): Promise<void> {
  const { sync, watch, inventory } = servicesOf(measured);
  const context = jobContext('bench', TENANT, 'bench');
  const accountId = randomUUID();
  await sync.syncAccount(context, accountId);
  const ending = new AbortController();
  const nothing = () => Promise.resolve(new Map());
  const until = addMs(toInstant(systemClock.now()), 4 * PATIENCE_MS);
  const ledger = { all: nothing, alive: nothing };
  const watching = watch.watchAccount(context, accountId, ledger, { until, signal: ending.signal });
  try {
    const times: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      // Not in step with the watch's own rhythm.
      await wait(4_000 + turn * 2_500);
      const filter = { accountId, state: 'running' };
      const { items } = await inventory.list(context, 'machine', filter, { limit: 1 });
      const [row] = items;
      if (!row) throw new SpringtideError('internal', 'no machine runs, so nothing can change');
      const { region } = measured.cloud;
      await measured.cloud.client.compute.terminate([row.resource.id], { region });
      const started = performance.now();
      for (;;) {
        const now = await inventory.getMachine(context, row.id);
        if (now.goneAt !== null || now.resource.state !== 'running') break;
        if (performance.now() - started > PATIENCE_MS)
          throw new SpringtideError('internal', `a change was not visible after ${PATIENCE_MS / 1_000} s`);
        await wait(50);
      }
      times.push((performance.now() - started) / 1_000);
    }
    print(`inventory.${measured.provider}.change-visible`, Math.max(...times), 's', VISIBLE_WITHIN_S);
  } finally {
    ending.abort();
    await watching;
  }
}

function servicesOf({ database, cloud }: Measured) {
  const clouds: CloudSource = {
    regions: () => Promise.resolve([cloud.region]),
    use: (_context, _account, work) => work(cloud.client),
  };
  const parts = { database, clouds, clock: systemClock, log: silentLogger, installation: 'bench' };
  const sync = new InventorySyncService(parts);
  const watch = new InventoryWatchService(parts, sync);
  return { sync, watch, inventory: new InventoryService(database, 'bench') };
}

function requireExactly(wanted: number, counted: number, what: string): void {
  if (counted === wanted) return;
  throw new SpringtideError('internal', `${counted} resources were ${what} instead of ${wanted}`);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}

function print(name: string, value: number, unit: string, baseline: number): void {
  const line: Line = { name, value, unit, baseline, ratio: value / baseline };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
