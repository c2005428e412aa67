import { MINUTE, SpringtideError, addMs, asSpringtideError, toInstant } from '@springtide/kernel';
import { systemClock } from '@springtide/platform';
import type { CloudClient, LaunchBatch, LaunchItem } from '@springtide/provider-kit';
import type { Sample, YardCloud } from '../yards/yard-cloud.js';

/** A cloud of the yard in a process of its own, with an account of it. One adapter per provider makes it. */
export type BenchCloud = Readonly<{
  client: CloudClient;
  region: string;
  /** What can be bought here. */
  sample: Sample;
  /** The way to it, for a client that is further away; absent where the cloud itself tells its addresses. */
  reached?: Pick<YardCloud, 'manifest' | 'account' | 'hostPorts'>;
  close(): Promise<void>;
}>;

export type BenchAdapter = Readonly<{
  /** As many as the service behind it can be expected to bear. */
  machines: number;
  /** Fewer where the service needs half a minute for a listing, beside which chance is small. */
  rounds?: number;
  /** 0 where the service itself is slower than any distance. */
  callMs?: number;
  /** @returns the reason where this computer cannot have it. */
  open(machines: number, folder: string): Promise<BenchCloud | string>;
}>;

const TENANT = '00000000-0000-4000-8000-0000000000aa';
const AT_ONCE = 6;
const BATCH = 100;
/** What is bought before anything is measured may take its time. */
const PATIENCE_MS = 10 * MINUTE;

/** Buys the machines as a run would, tagged and labelled, spread over zones if several samples are given. */
export async function fill(
  client: CloudClient,
  machines: number,
  samples: readonly Sample[],
): Promise<Sample> {
  const size = Math.min(BATCH, Math.ceil(machines / samples.length));
  const batches = Math.ceil(machines / size);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < batches) {
      const batch = next;
      next += 1;
      const count = Math.min(size, machines - batch * size);
      await buy(client, batchOf(samples[batch % samples.length] ?? firstOf(samples), batch, count));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return firstOf(samples);
}

async function buy(client: CloudClient, batch: LaunchBatch): Promise<void> {
  const { launchBatch } = client.manifest.limits;
  for (let done = 0; done < batch.count; done += launchBatch) {
    const count = Math.min(launchBatch, batch.count - done);
    const token = `${batch.token}-${done}`;
    const ownership = { ...batch.ownership, token };
    const namePrefix = `${batch.namePrefix}-${done}`;
    const part = { ...batch, token, ownership, namePrefix, count, minimum: count };
    await launched(client, part);
  }
}

/** One machine more, as somebody else would buy it. @returns its id. */
export async function buyOne(client: CloudClient, sample: Sample, n: number): Promise<string> {
  const [item] = await launched(client, batchOf(sample, 900_000 + n, 1));
  if (item?.outcome === 'accepted') return item.machineId;
  throw new SpringtideError('internal', 'the cloud sold nothing, so there is no change to see');
}

/** Asks again when the cloud said that it was asked too often, and did nothing. */
async function launched(client: CloudClient, batch: LaunchBatch): Promise<readonly LaunchItem[]> {
  for (;;) {
    try {
      const deadline = addMs(toInstant(systemClock.now()), PATIENCE_MS);
      const { items } = await client.compute.launch(batch, { deadline });
      const refused = items.find((item) => item.outcome === 'refused');
      if (refused?.outcome === 'refused') throw refused.error;
      return items;
    } catch (thrown) {
      const error = asSpringtideError(thrown);
      if (error.code !== 'rate-limited') throw error;
      await systemClock.sleep(error.retryAfterMs ?? 500);
    }
  }
}

function firstOf([sample]: readonly Sample[]): Sample {
  if (sample !== undefined) return sample;
  throw new SpringtideError('internal', 'the cloud has no zone to fill');
}

function batchOf(sample: Sample, batch: number, count: number): LaunchBatch {
  const intent = `10000000-0000-4000-8000-${String(batch).padStart(12, '0')}`;
  const token = `bench-${batch}`;
  return {
    purchaseOption: 'on-demand',
    ...sample,
    token,
    count,
    minimum: count,
    namePrefix: `shop-${batch}`,
    ownership: {
      installation: 'bench',
      tenant: TENANT,
      intent,
      token,
      campaign: 'double-11',
      service: 'shop',
    },
    labels: { env: batch % 2 === 0 ? 'prod' : 'test', team: `team-${batch % 7}` },
  };
}
