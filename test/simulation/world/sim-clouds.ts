import { toInstant, type Clock, type Instant } from '@springtide/kernel';
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
import { bySingleName, oneByOne } from './launch-by-name.js';
import type { CloudShape } from './scenario.js';

/** A purchase that reached a cloud. `deadline` is the caller's: it tells when the call was begun. */
export type Order = Readonly<{ tenant: string; intent: string; machines: number; deadline: Instant }>;

/** A cloud of the world: how processes reach it, and how the storm and the checks do. */
export type SimCloud = Readonly<{
  shape: CloudShape;
  cloud: SimulatedCloud;
  account: TwinAccount & Readonly<{ settings: Readonly<{ cloud: string }> }>;
  /** Machines that a call of ours has ended, in order. */
  trail: readonly Deletion[];
  /** Purchases as they arrived, in order. */
  orders: readonly Order[];
  /** The next listings of machines end before the first one. */
  cutListings(times: number): void;
  close(): void;
}>;

export function openSimCloud(shape: CloudShape, accountId: string, seed: number, clock: Clock): SimCloud {
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
  return reachedAs(accountId, { shape, cloud, name }, clock);
}

/** The same cloud under another account, as another customer of it has one. */
export function guestOf(host: SimCloud, accountId: string, clock: Clock): SimCloud {
  return reachedAs(accountId, { ...host, name: host.account.settings.cloud }, clock);
}

function reachedAs(
  accountId: string,
  { shape, cloud, name }: Pick<SimCloud, 'shape' | 'cloud'> & Readonly<{ name: string }>,
  clock: Clock,
): SimCloud {
  const byName = shape.tokens === 'names' ? [bySingleName(cloud)] : [];
  const settings = { cloud: name, kind: shape.private ? 'private-cloud' : 'public-cloud' };
  const trail: Deletion[] = [];
  const orders: Order[] = [];
  const cut = { left: 0 };
  const told = changedProvider(providerOf(shape), [
    ...byName,
    (compute) => ({
      list: (...args) => listed(shape, cut, compute.list(...args)),
      launch: async (batch, options) => {
        const { tenant, intent } = batch.ownership;
        orders.push({ tenant, intent, machines: batch.count, deadline: options.deadline });
        return await compute.launch(batch, options);
      },
      terminate: async (ids, ...rest) => {
        // Of those that were asked for: while this call is under way, another account of the same cloud ends its own.
        const before = alive(cloud).filter(({ id }) => ids.includes(id));
        const answer = await compute.terminate(ids, ...rest).finally(() => {
          const left = new Set(alive(cloud).map(({ id }) => id));
          for (const { id, labels } of before.filter((machine) => !left.has(machine.id))) {
            const marks = marksIn(labels);
            const at = toInstant(clock.now());
            trail.push({ accountId, resourceId: id, at, by: 'springtide', marks });
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
    orders,
    cutListings: (times) => {
      cut.left += times;
    },
    account: {
      id: accountId,
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
