import { randomUUID } from 'node:crypto';
import { PostgresEffectStore } from '@springtide/effects';
import { SpringtideError } from '@springtide/kernel';
import { SharedBooks, systemClock, type Database } from '@springtide/platform';
import { BookedRateLimiter, type CloudClient, type LaunchBatch } from '@springtide/provider-kit';
import {
  LANES,
  countOf,
  inLanes,
  ledgerOver,
  newRun,
  requireExactly,
  type RunPlace,
} from '../effects/ledger-run.js';
import { clientOf, type Sample, type YardCloud } from '../yards/yard-cloud.js';
import type { LaunchYard } from './launch-yard.js';

/** So many machines in calls of so many. */
export type LaunchSize = Readonly<{ machines: number; batch: number }>;

/** As the activity that buys a batch waits before it asks the ledger again. */
const LONGEST_WAIT_MS = 20_000;

export function callsOf({ machines, batch }: LaunchSize): number {
  return Math.ceil(machines / batch);
}

/** The same calls, as fast as the cloud takes them: no limiter that waits, no ledger. @returns seconds. */
export async function launchBare({ cloud, lanes }: LaunchYard, size: LaunchSize): Promise<number> {
  const client = await clientOf(cloud);
  try {
    const started = performance.now();
    let accepted = 0;
    await inLanes(
      callsOf(size),
      async (batch) => {
        const { items } = await client.compute.launch(bareBatch(cloud, batch, countIn(size, batch)));
        accepted += items.filter((item) => item.outcome === 'accepted').length;
      },
      lanes,
    );
    const seconds = (performance.now() - started) / 1_000;
    requireExactly(size.machines, accepted);
    return seconds;
  } finally {
    await client.close();
  }
}

/** As a campaign buys: written ahead on a durable disk, within the shared budgets of a fresh account. @returns seconds. */
export async function launchThroughLedger(
  database: Database,
  { cloud, begin }: LaunchYard,
  size: LaunchSize,
): Promise<number> {
  const account = randomUUID();
  const client = await clientOf(cloud, { account, limiter: sharedLimiter(database) });
  try {
    const ledger = ledgerOver(new PostgresEffectStore(database), client);
    const request = await newRun(ledger, placeOf(cloud, account));
    await begin(async () => {
      await readOnce(client, cloud);
      await inLanes(LANES, async () => void (await countOf(ledger, request.runId)));
    });
    const started = performance.now();
    await inLanes(callsOf(size), async (batch) => {
      for (;;) {
        const answer = await ledger.launch(request(batch, countIn(size, batch)));
        if (answer.status === 'settled') return;
        if (answer.status === 'refused') throw new SpringtideError('internal', answer.refusal.message);
        await systemClock.sleep(Math.min(answer.retryAfterMs, LONGEST_WAIT_MS));
      }
    });
    const seconds = (performance.now() - started) / 1_000;
    requireExactly(size.machines, await countOf(ledger, request.runId));
    return seconds;
  } finally {
    await client.close();
  }
}

function sharedLimiter(database: Database): BookedRateLimiter {
  return new BookedRateLimiter({
    books: new SharedBooks(database, 'rate-limit'),
    clock: systemClock,
    process: 'bench',
    onError: (thrown) => {
      throw thrown;
    },
  });
}

/** Connections and logins are made before anything counts, on both sides. */
async function readOnce(client: CloudClient, { region }: YardCloud): Promise<void> {
  for await (const page of client.compute.list({ region })) if (page.items.length > 0) return;
}

function countIn({ machines, batch }: LaunchSize, index: number): number {
  return Math.min(batch, machines - index * batch);
}

function placeOf({ region, samples }: YardCloud, account: string): RunPlace {
  return {
    account,
    region,
    specOf: (batch) => {
      const { zone, machineType, image, securityGroups, subnet, purchaseOption } = sampleFor(samples, batch);
      return {
        ...{ zone, machineType, image, securityGroups, subnet: subnet ?? null, userData: null, labels: {} },
        purchaseOption: purchaseOption ?? 'on-demand',
        namePrefix: `launch-${account.slice(0, 8)}-${batch}`,
      };
    },
  };
}

function bareBatch({ samples }: YardCloud, batch: number, count: number): LaunchBatch {
  const token = randomUUID();
  return {
    purchaseOption: 'on-demand',
    ...sampleFor(samples, batch),
    token,
    count,
    minimum: 1,
    namePrefix: `bare-${token.slice(0, 8)}-${batch}`,
    ownership: { installation: 'bench', tenant: 'bench', intent: token, token },
    labels: {},
  };
}

function sampleFor(samples: readonly Sample[], batch: number): Sample {
  const sample = samples[batch % samples.length];
  if (sample !== undefined) return sample;
  throw new SpringtideError('internal', 'the cloud has no zone to launch into');
}
