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
  ledgerMachines,
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
import { printLine as print } from './bench-line.js';
import { bareLoop, patiently } from './inventory/bare-loop.js';
import { fromAfar } from './inventory/distance.js';
import { buyOne, type BenchAdapter, type BenchCloud } from './inventory/bench-cloud.js';

type Measured = Readonly<{ database: Database; cloud: BenchCloud; provider: string; expected: number }>;

const TENANT = '00000000-0000-4000-8000-0000000000aa';
const VISIBLE_WITHIN_S = 10;
const MOST_MEMORY_MIB = 512;
const ROUNDS = 3;
const CALL_MS = 50;
/** As docs/operator-guide.md starts a worker where memory is short. */
const HEAP_LIMIT = '--max-old-space-size=320';
const PATIENCE_MS = 120_000;
/** What happens before anything is measured may take its time. */
const SETTLED_WITHIN_MS = 600_000;
const CONTEXT = jobContext('bench', TENANT, 'bench');
let changes = 0;

/**
 * A full sync into a durable PostgreSQL against the bare client's loop over the same pages of the same server, turn by
 * turn; the same again with nothing changed; both as the simulator answers here (`sync`) and from a distance
 * (`sync-at-50-ms-per-call`); how long a change outside takes to be visible; and what memory all of that
 * took at its peak. Each provider has a process of its own, so that this peak is its own.
 */
export async function inventoryBench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      provider: { type: 'string' },
      machines: { type: 'string' },
      'call-ms': { type: 'string' },
      rounds: { type: 'string' },
      /** Said to the process of one provider. */
      alone: { type: 'boolean', default: false },
    },
    // Options of other benches in the same command are theirs.
    strict: false,
  });
  if (typeof values.provider !== 'string' || values.alone !== true) {
    const all = typeof values.provider === 'string' ? [values.provider] : Object.keys(ADAPTERS);
    for (const provider of all) alone(provider, args);
    return;
  }
  const load = ADAPTERS[values.provider];
  if (load === undefined) {
    const known = Object.keys(ADAPTERS).join(', ');
    throw new SpringtideError('invalid-argument', `no adapter for "${values.provider}"; known: ${known}`);
  }
  const adapter = await load();
  const machines = Number(values.machines ?? adapter.machines);
  const rounds = Number(values.rounds ?? adapter.rounds ?? ROUNDS);
  const callMs = Number(values['call-ms'] ?? adapter.callMs ?? CALL_MS);
  await benchProvider(values.provider, adapter, { machines, rounds, callMs });
}

const publicYards = async () => await import('./inventory/public-yards.js');

/** Loaded when it is its turn: one cloud's SDK must not weigh on the memory of another's. */
const ADAPTERS: Readonly<Record<string, () => Promise<BenchAdapter>>> = {
  simulated: async () => (await import('./inventory/simulated-cloud.js')).simulatedAdapter,
  alibaba: async () => (await publicYards()).alibabaAdapter,
  tencent: async () => (await publicYards()).tencentAdapter,
  aws: async () => (await publicYards()).awsAdapter,
  vsphere: async () => (await import('./inventory/vsphere-yard.js')).vsphereAdapter,
  openstack: async () => (await import('./inventory/openstack-yard.js')).openstackAdapter,
};

function alone(provider: string, args: readonly string[]): void {
  const [entry = ''] = process.argv.slice(1);
  const command = [
    HEAP_LIMIT,
    ...process.execArgv,
    entry,
    'inventory',
    '--alone',
    '--provider',
    provider,
    ...args,
  ];
  const done = spawnSync(process.execPath, command, { stdio: 'inherit' });
  if (done.status !== 0) process.exitCode = 1;
}

async function benchProvider(
  provider: string,
  adapter: BenchAdapter,
  { machines, rounds, callMs }: Readonly<{ machines: number; rounds: number; callMs: number }>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'springtide-inventory-bench-'));
  const server = await startEmbeddedPostgres({ dir: join(folder, 'postgres'), durable: true });
  try {
    const parts = [{ entities: [], migrations: [Roles1760000000000] }, inventorySchema];
    await migrate(server.url, parts);
    const cloud = await adapter.open(machines, folder);
    if (typeof cloud === 'string') {
      process.stderr.write(`inventory.${provider} was not measured: ${cloud}\n`);
      return;
    }
    const database = await Database.connect({ app: server.url, system: server.url }, parts);
    try {
      const expected = await settled(cloud, machines);
      const measured = { database, cloud, provider, expected };
      await benchSync(measured, rounds, '');
      if (callMs > 0) await benchFromAfar(measured, rounds, callMs);
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
  const end = performance.now() + SETTLED_WITHIN_MS;
  for (;;) {
    let running = 0;
    for await (const page of client.compute.list({ region }, patiently()))
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
async function benchSync(measured: Measured, rounds: number, how: string): Promise<void> {
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
  if (how === '') print(`inventory.${provider}.resources`, expected, 'resources', expected);
  print(`inventory.${provider}.sync${how}`, Math.min(...full), 's', Math.min(...bare));
  print(`inventory.${provider}.sync-unchanged${how}`, Math.min(...again), 's', Math.min(...bare));
}

/** A simulator on this machine answers in a few milliseconds, which no cloud does: the same again with a distance. */
async function benchFromAfar(measured: Measured, rounds: number, callMs: number): Promise<void> {
  const { reached } = measured.cloud;
  if (reached === undefined) {
    process.stderr.write(
      `inventory.${measured.provider} was not measured from a distance: it tells its own addresses\n`,
    );
    return;
  }
  const distant = await fromAfar(reached, callMs);
  try {
    const cloud = { ...measured.cloud, client: distant.client };
    await benchSync({ ...measured, cloud }, rounds, `-at-${callMs}-ms-per-call`);
  } finally {
    await distant.close();
  }
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
  const report = await sync.syncAccount(CONTEXT, accountId);
  const seconds = (performance.now() - started) / 1_000;
  const places = report.places.map((place) => place.reason ?? '').filter((reason) => reason !== '');
  if (!report.complete)
    throw new SpringtideError('internal', `the sync was not complete: ${places.join('; ')}`);
  requireExactly(measured.expected, sumOf(report.places.map((place) => place.seen)), 'seen');
  requireExactly(appeared, sumOf(report.places.map((place) => place.appeared)), 'new');
  requireExactly(0, sumOf(report.places.map((place) => place.changed)), 'changed');
  return seconds;
}

/** A machine more: how long until the inventory has it, while the account is watched? Once by us, once by others. */
async function benchChange(measured: Measured): Promise<void> {
  const { sync, watch } = servicesOf(measured);
  const accountId = randomUUID();
  await sync.syncAccount(CONTEXT, accountId);
  const bought = new Set<string>();
  const ledger = () => Promise.resolve(ledgerOf(bought, measured.cloud.region));
  const ending = new AbortController();
  const until = addMs(toInstant(systemClock.now()), 20 * PATIENCE_MS);
  const end = { until, signal: ending.signal };
  const watching = watch.watchAccount(CONTEXT, accountId, { all: ledger, alive: ledger }, end);
  try {
    const ours = await timeVisible(measured, accountId, (id) => bought.add(id));
    const outside = await timeVisible(measured, accountId, () => undefined);
    print(`inventory.${measured.provider}.change-visible`, ours, 's', VISIBLE_WITHIN_S);
    print(`inventory.${measured.provider}.change-outside-visible`, outside, 's', VISIBLE_WITHIN_S);
  } finally {
    ending.abort();
    await watching;
  }
}

/** The longest of three, at moments that are not in step with the watch's own rhythm. */
async function timeVisible(
  measured: Measured,
  accountId: string,
  tell: (id: string) => void,
): Promise<number> {
  const { inventory } = servicesOf(measured);
  const { client, sample } = measured.cloud;
  const times: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    await wait(4_000 + turn * 2_500);
    changes += 1;
    const id = await buyOne(client, sample, changes);
    const started = performance.now();
    tell(id);
    const isThere = async () =>
      (await inventory.list(CONTEXT, 'machine', { accountId, text: id }, { limit: 1 })).items.length > 0;
    while (!(await isThere())) {
      if (performance.now() - started > PATIENCE_MS)
        throw new SpringtideError('internal', `a change was not visible after ${PATIENCE_MS / 1_000} s`);
      await wait(50);
    }
    times.push((performance.now() - started) / 1_000);
  }
  return Math.max(...times);
}

/** What the ledger says of machines that it has just bought. */
function ledgerOf(bought: ReadonlySet<string>, region: string): ReturnType<typeof ledgerMachines> {
  const items = [...bought].map((machineId) => {
    return { machineId, state: 'accepted', releasingAt: null, goneAt: null };
  });
  return ledgerMachines([{ id: 'bench', runId: 'bench', campaignId: null, region, items }]);
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
