import { SpringtideError } from '@springtide/kernel';
import { silentLogger } from '@springtide/platform';
import { connectAccount, type CloudClient, type LaunchBatch } from '@springtide/provider-kit';
import { AdvancingClock, loopbackGate } from '@springtide/provider-kit/conformance';
import {
  closeSimulatedCloud,
  examplePublicCloud,
  manifest,
  openSimulatedCloud,
  type SimulatedCloud,
} from './index.js';

const REGION = 'sim-east';
const SEEDS = Array.from({ length: 25 }, (_, n) => `storm-${n}`);
const BATCHES = 8;
const MOST_TRIES = 40;

const STORM = {
  lostAnswer: 0.25,
  lateAnswer: 0.1,
  lateAnswerMs: 120_000,
  throttled: 0.2,
  failedBoot: 0.1,
  stuckTermination: 0.2,
  truncatedListing: 0.1,
};

/** What the contract promises, put together: with the token kept, a storm of faults costs time and nothing else. */
describe('a cloud in which much goes wrong', () => {
  it.each(SEEDS)('%s: no batch twice, none lost, nothing left', async (seed) => {
    const clock = new AdvancingClock();
    const behaviour = { readLagMs: 1_000, pageSize: 7, bootMs: 1_000, terminateMs: 500 };
    const plan = examplePublicCloud({ seed, faults: STORM, behaviour });
    const cloud = openSimulatedCloud(seed, plan, clock);
    const client = await connectAccount(manifest, { cloud: seed }, plan.credentials, {
      account: seed,
      clock,
      gate: loopbackGate(),
      log: silentLogger,
    });
    for (let n = 0; n < BATCHES; n += 1) {
      const batch = batchOf(`${seed}-${n}`, 1 + (n % 5));
      const ids = await insist(async () => launch(client, batch));
      expect(truthOf(cloud, batch)).toEqual(ids.toSorted());
      await clock.sleep(manifest.limits.visibilityLagMs);
      const found = await insist(async () =>
        client.compute.findByIntent({ intent: `${seed}-${n}`, region: REGION }),
      );
      expect(found.map((machine) => machine.id).toSorted()).toEqual(ids.toSorted());
    }
    await endEverything(client, cloud, clock);
    expect(cloud.machines()).toEqual([]);
    closeSimulatedCloud(seed);
  });
});

async function launch(client: CloudClient, batch: LaunchBatch): Promise<string[]> {
  const { items } = await client.compute.launch(batch);
  return items.flatMap((item) => (item.outcome === 'accepted' ? [item.machineId] : []));
}

/** Sends again while the error allows the same call; everything here is safe to repeat by contract. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof SpringtideError) || thrown.retry !== 'same' || tries === MOST_TRIES)
        throw thrown;
    }
  }
}

async function endEverything(
  client: CloudClient,
  cloud: SimulatedCloud,
  clock: AdvancingClock,
): Promise<void> {
  for (let round = 0; round < MOST_TRIES && cloud.machines().length > 0; round += 1) {
    const ids = cloud.machines().map((machine) => machine.id);
    await insist(async () => client.compute.terminate(ids, { region: REGION }));
    await clock.sleep(1_000);
  }
}

function truthOf(cloud: SimulatedCloud, batch: LaunchBatch): string[] {
  return cloud
    .machines()
    .filter((machine) => machine.labels['springtide/intent'] === batch.ownership.intent)
    .map((machine) => machine.id)
    .toSorted();
}

function batchOf(intent: string, count: number): LaunchBatch {
  return {
    token: `token-${intent}`,
    region: REGION,
    zone: 'sim-east-a',
    machineType: 'c2.large',
    purchaseOption: 'on-demand',
    count,
    minimum: count,
    namePrefix: intent,
    image: 'img-shop-1',
    securityGroups: [],
    ownership: { installation: 'storm', tenant: 't', intent, token: `token-${intent}` },
    labels: {},
  };
}
