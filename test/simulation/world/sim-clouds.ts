import { toInstant, type Clock } from '@springtide/kernel';
import type { Deletion } from '@springtide/oracle/domain';
import type { ProviderManifest } from '@springtide/provider-kit';
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
import type { CloudShape } from './scenario.js';

/** A cloud of the world: how processes reach it, and how the storm and the checks do. */
export type SimCloud = Readonly<{
  shape: CloudShape;
  cloud: SimulatedCloud;
  account: TwinAccount;
  /** Machines that a call of ours has ended, in order. */
  trail: readonly Deletion[];
  close(): void;
}>;

export function openSimCloud(shape: CloudShape, at: number, seed: number, clock: Clock): SimCloud {
  const name = `sim-${seed}-${shape.name}`;
  const example = shape.private ? examplePrivateCloud : examplePublicCloud;
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
  const settings = { cloud: name, kind: shape.private ? 'private-cloud' : 'public-cloud' };
  const trail: Deletion[] = [];
  const told = changedProvider(providerOf(shape), [
    (compute) => ({
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
    account: { id: accountId(at), manifest: told, settings, secret: cloud.plan.credentials },
    close: () => closeSimulatedCloud(name),
  };
}

function alive(cloud: SimulatedCloud) {
  return cloud.machines().filter(({ state }) => state !== 'terminating');
}

function providerOf({ tokens }: CloudShape): ProviderManifest {
  const real = manifest as ProviderManifest;
  switch (tokens) {
    case 'kept':
      return real;
    case 'none':
      return {
        ...changedProvider(real, [forgetfulOfTokens()]),
        capabilities: { ...real.capabilities, ...NO_TOKENS },
      };
    case 'promised':
      return changedProvider(real, [forgetfulOfTokens()]);
  }
}

const NO_TOKENS = {
  idempotencyToken: { supported: false, reason: 'this cloud remembers no tokens' },
  timeToLive: { supported: false, reason: 'this cloud has no timers' },
} as const;
