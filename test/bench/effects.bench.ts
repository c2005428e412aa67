import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MemoryEffectStore, PostgresEffectStore, effectsSchema, type EffectStore } from '@springtide/effects';
import { SpringtideError } from '@springtide/kernel';
import {
  Database,
  Roles1760000000000,
  createEndpointGate,
  migrate,
  removeEmbeddedPostgres,
  silentLogger,
  startEmbeddedPostgres,
  systemClock,
} from '@springtide/platform';
import {
  InProcessRateLimiter,
  connectAccount,
  type CloudClient,
  type LaunchBatch,
} from '@springtide/provider-kit';
import {
  closeSimulatedCloud,
  examplePublicCloud,
  manifest,
  openSimulatedCloud,
} from '../../providers/simulated/index.js';
import { printLine as print } from './bench-line.js';
import { countOf, inLanes, ledgerOver, newRun, requireExactly, type RunPlace } from './effects/ledger-run.js';
import { historyOfProvision } from './effects/provision-history.js';

const BATCH = 50;
const TENANT = '00000000-0000-4000-8000-0000000000aa';
const ACCOUNT = '00000000-0000-4000-8000-0000000000cc';
const REGION = 'sim-east';
const PLACE: RunPlace = {
  account: ACCOUNT,
  region: REGION,
  specOf: (batch) => ({ ...placeOf(batch), subnet: null, userData: null }),
};

/**
 * Machines per second through the ledger against a loop over the bare provider client, in the same run: in a cloud that
 * takes a realistic time for a call, and in one that answers at once, where only our own work is seen. Then the provision
 * workflow on a real Temporal server, its activities over ledger, PostgreSQL and simulated cloud.
 */
export async function effectsBench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      machines: { type: 'string', default: '2000' },
      'call-ms': { type: 'string', default: '150' },
    },
    // Options of other benches in the same command are theirs.
    strict: false,
  });
  const machines = Number(values.machines);
  const callMs = Number(values['call-ms']);
  const dir = await mkdtemp(join(tmpdir(), 'springtide-effects-bench-'));
  const server = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), durable: true });
  try {
    const parts = [{ entities: [], migrations: [Roles1760000000000] }, effectsSchema];
    await migrate(server.url, parts);
    const database = await Database.connect({ app: server.url, system: server.url }, parts);
    try {
      const postgres = () => new PostgresEffectStore(database);
      await benchStores(machines, callMs, postgres);
      await benchWorkflow(machines, callMs, postgres(), dir);
    } finally {
      await database.close();
    }
  } finally {
    await server.stop();
    await removeEmbeddedPostgres(join(dir, 'postgres'));
    await rm(dir, { recursive: true, force: true });
  }
}

async function benchStores(machines: number, callMs: number, postgres: () => EffectStore): Promise<void> {
  // Connections are made and code is compiled before anything counts.
  for (const store of [postgres(), new MemoryEffectStore()]) await rateOfLedger(20 * BATCH, 0, store);
  await rateOfBareCalls(20 * BATCH, 0);
  const bare = await rateOfBareCalls(machines, callMs);
  print('effects.machines-per-second', await rateOfLedger(machines, callMs, postgres()), 'machines/s', bare);
  const memory = await rateOfLedger(machines, callMs, new MemoryEffectStore());
  print('effects.machines-per-second.memory', memory, 'machines/s', bare);
  const instant = await rateOfBareCalls(machines, 0);
  const own = await rateOfLedger(machines, 0, postgres());
  print('effects.machines-per-second.instant-cloud', own, 'machines/s', instant);
  const ownMemory = await rateOfLedger(machines, 0, new MemoryEffectStore());
  print('effects.machines-per-second.instant-cloud.memory', ownMemory, 'machines/s', instant);
}

async function benchWorkflow(
  machines: number,
  callMs: number,
  store: EffectStore,
  dir: string,
): Promise<void> {
  const bare = await rateOfBareCalls(machines, callMs);
  await withCloud(machines, callMs, async (client) => {
    const ledger = ledgerOver(store, client);
    const request = await newRun(ledger, PLACE);
    const { seconds, events } = await historyOfProvision({ ledger, request, machines, batch: BATCH, dir });
    requireExactly(machines, await countOf(ledger, request.runId));
    print('effects.machines-per-second.workflow', machines / seconds, 'machines/s', bare);
    print('effects.events-per-machine', events / machines, 'events', 1);
  });
}

async function rateOfBareCalls(machines: number, callMs: number): Promise<number> {
  return await withCloud(machines, callMs, async (client) => {
    const started = performance.now();
    let accepted = 0;
    await inLanes(machines / BATCH, async (batch) => {
      const receipt = await client.compute.launch(bareBatch(batch));
      accepted += receipt.items.filter((item) => item.outcome === 'accepted').length;
    });
    const seconds = (performance.now() - started) / 1_000;
    requireExactly(machines, accepted);
    return machines / seconds;
  });
}

async function rateOfLedger(machines: number, callMs: number, store: EffectStore): Promise<number> {
  return await withCloud(machines, callMs, async (client) => {
    const ledger = ledgerOver(store, client);
    const request = await newRun(ledger, PLACE);
    const started = performance.now();
    await inLanes(machines / BATCH, async (batch) => {
      const answer = await ledger.launch(request(batch, BATCH));
      if (answer.status !== 'settled')
        throw new SpringtideError('internal', `batch ${batch}: ${answer.status}`);
    });
    const seconds = (performance.now() - started) / 1_000;
    requireExactly(machines, await countOf(ledger, request.runId));
    return machines / seconds;
  });
}

/** A fresh cloud with room for all; call budgets are not what is measured, so they are wide. */
async function withCloud<T>(
  machines: number,
  callMs: number,
  work: (client: CloudClient) => Promise<T>,
): Promise<T> {
  const name = `bench-${randomUUID()}`;
  const rates = { read: { burst: 1e6, perSecond: 1e6 }, mutate: { burst: 1e6, perSecond: 1e6 } };
  const plan = examplePublicCloud({
    regions: [{ id: REGION, zones: [{ id: 'sim-east-a' }] }],
    behaviour: { rates, bootMs: 200 },
    faults: callMs === 0 ? {} : { lateAnswer: 1, lateAnswerMs: callMs },
  });
  const [type] = plan.machineTypes;
  if (type === undefined) throw new SpringtideError('internal', 'the example cloud sells nothing');
  const offers = type.offers.map((offer) => ({ ...offer, stockPerZone: machines, interruptionPerHour: 0 }));
  openSimulatedCloud(name, { ...plan, machineTypes: [{ ...type, offers }] }, systemClock);
  const client = await connectAccount({ ...manifest, rates }, { cloud: name }, plan.credentials, {
    account: ACCOUNT,
    clock: systemClock,
    gate: createEndpointGate({ openHostPorts: [], privateRanges: [] }),
    log: silentLogger,
    limiter: new InProcessRateLimiter(systemClock),
  });
  try {
    return await work(client);
  } finally {
    await client.close();
    closeSimulatedCloud(name);
  }
}

function placeOf(batch: number) {
  return {
    zone: 'sim-east-a',
    machineType: 'c2.large',
    purchaseOption: 'on-demand' as const,
    image: 'img-shop-1',
    securityGroups: [],
    namePrefix: `bench-${batch}`,
    labels: {},
  };
}

function bareBatch(batch: number): LaunchBatch {
  const token = randomUUID();
  const ownership = { installation: 'bench', tenant: TENANT, intent: token, token };
  return { token, region: REGION, ...placeOf(batch), count: BATCH, minimum: 1, ownership };
}
