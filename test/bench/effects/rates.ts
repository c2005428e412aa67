import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresEffectStore, effectsSchema, type EffectStore } from '@springtide/effects';
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
} from '../../../providers/simulated/index.js';
import { countOf, inLanes, ledgerOver, newRun, requireExactly, type RunPlace } from './ledger-run.js';

/** Machines in a call. */
export const BATCH = 50;
const TENANT = '00000000-0000-4000-8000-0000000000aa';
const ACCOUNT = '00000000-0000-4000-8000-0000000000cc';
const REGION = 'sim-east';
export const PLACE: RunPlace = {
  account: ACCOUNT,
  region: REGION,
  specOf: (batch) => ({ ...placeOf(batch), subnet: null, userData: null }),
};

/** @param work is given a maker of stores over a durable PostgreSQL of its own, and a folder. */
export async function withPostgres(
  work: (postgres: () => EffectStore, dir: string) => Promise<void>,
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'springtide-effects-bench-'));
  const server = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), durable: true });
  try {
    const parts = [{ entities: [], migrations: [Roles1760000000000] }, effectsSchema];
    await migrate(server.url, parts);
    const database = await Database.connect({ app: server.url, system: server.url }, parts);
    try {
      await work(() => new PostgresEffectStore(database), dir);
    } finally {
      await database.close();
    }
  } finally {
    await server.stop();
    await removeEmbeddedPostgres(join(dir, 'postgres'));
    await rm(dir, { recursive: true, force: true });
  }
}

/** Machines per second. */
export async function rateOfBareCalls(machines: number, callMs: number): Promise<number> {
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

/** Machines per second. */
export async function rateOfLedger(machines: number, callMs: number, store: EffectStore): Promise<number> {
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
export async function withCloud<T>(
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
