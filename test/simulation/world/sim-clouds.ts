import { toInstant, type Clock } from '@springtide/kernel';
import type { Deletion } from '@springtide/oracle/domain';
import type { Page, ProviderManifest } from '@springtide/provider-kit';
import { changedProvider, forgetfulOfTokens } from '../../../libs/effects/testing/interruption.js';
import { marksIn } from '../../../libs/oracle/testing/simulated-ground.js';
import {
  closeSimulatedCloud,
  examplePrivateCloud,
  examplePublicCloud,
  manifest,
  openSimulatedCloud,
  type SimulatedCloud,
} from '../../../providers/simulated/index.js';
import type { TwinAccount } from '@springtide/twin';
import { accountId } from './ids.js';
import { bySingleName, oneByOne } from './launch-by-name.js';
import type { CloudShape } from './scenario.js';

/** A cloud of the world: how processes reach it, and how the storm and the checks do. */
export type SimCloud = Readonly<{
  shape: CloudShape;
  cloud: SimulatedCloud;
  account: TwinAccount;
  /** Machines that a call of ours has ended, in order. */
  trail: readonly Deletion[];
  /** The next listings of machines end before the first one. */
  cutListings(times: number): void;
  close(): void;
}>;

export function openSimCloud(shape: CloudShape, at: number, seed: number, clock: Clock): SimCloud {
  const name = `sim-${seed}-${shape.name}`;
  const example = shape.private ? privateCloud(shape) : examplePublicCloud;
  const cloud = openSimulatedCloud(
    name,
    example({
      seed: name,
      behaviour: {
        bootMs: shape.bootMs,
        terminateMs: 1_500,
        readLagMs: shape.readLagMs,
        survivingDisks: shape.survivingDisks,
        pageSize: 3,
        ...(shape.private ? { addressRange: '127.31.0.0/16' } : {}),
      },
    }),
    clock,
  );
  const byName = shape.tokens === 'names' ? [bySingleName(cloud)] : [];
  const settings = { cloud: name, kind: shape.private ? 'private-cloud' : 'public-cloud' };
  const trail: Deletion[] = [];
  const cut = { left: 0 };
  const told = changedProvider(providerOf(shape), [
    ...byName,
    (compute) => ({
      list: (...args) => listed(shape, cut, compute.list(...args)),
      terminate: async (...args) => {
        const before = alive(cloud);
        const answer = await compute.terminate(...args).finally(() => {
          const left = new Set(alive(cloud).map(({ id }) => id));
          for (const { id, labels } of before.filter((machine) => !left.has(machine.id))) {
            const marks = marksIn(labels);
            trail.push({
              accountId: accountId(at),
              resourceId: id,
              at: toInstant(clock.now()),
              by: 'springtide',
              marks,
            });
          }
        });
        return answer;
      },
    }),
  ]);
  return {
    shape,
    cloud,
    trail,
    cutListings: (times) => {
      cut.left += times;
    },
    account: {
      id: accountId(at),
      manifest: told,
      settings,
      secret: cloud.plan.credentials,
      ...(shape.tokens === 'names'
        ? { inProcess: (reached: ProviderManifest) => changedProvider(reached, [oneByOne]) }
        : {}),
    },
    close: () => closeSimulatedCloud(name),
  };
}

async function* listed<T>(
  { listings }: CloudShape,
  cut: { left: number },
  listing: AsyncIterable<Page<T>>,
): AsyncGenerator<Page<T>> {
  if (cut.left === 0 && listings !== 'empty') {
    yield* listing;
    return;
  }
  cut.left = Math.max(0, cut.left - 1);
  yield { items: [], complete: listings !== undefined };
}

function alive(cloud: SimulatedCloud) {
  return cloud.machines().filter(({ state }) => state !== 'terminating');
}

function providerOf({ tokens, abilities }: CloudShape): ProviderManifest {
  const real = manifest as ProviderManifest;
  const said = { ...(tokens === 'none' || tokens === 'names' ? NO_TOKENS : {}), ...abilities };
  const cloud = { ...real, capabilities: { ...real.capabilities, ...said } };
  return tokens === 'none' || tokens === 'promised' ? changedProvider(cloud, [forgetfulOfTokens()]) : cloud;
}

const NO_TOKENS = {
  idempotencyToken: { supported: false, reason: 'this cloud remembers no tokens' },
  timeToLive: { supported: false, reason: 'this cloud has no timers' },
} as const;

const VCPU_OF_A_MACHINE = 2;

/** Its hosts hold as many machines of the smallest size as there are places. */
function privateCloud({ places }: CloudShape): typeof examplePrivateCloud {
  if (places === undefined) return examplePrivateCloud;
  const hosts = { count: 1, vcpu: places * VCPU_OF_A_MACHINE, memoryMiB: places * VCPU_OF_A_MACHINE * 4_096 };
  return (changes) => {
    const plan = examplePrivateCloud(changes);
    const regions = plan.regions.map((region) => ({
      ...region,
      zones: region.zones.map((zone) => ({ ...zone, hosts })),
    }));
    return { ...plan, regions };
  };
}
