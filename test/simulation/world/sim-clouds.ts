import type { Clock } from '@springtide/kernel';
import type { ComputeFacet, ProviderManifest } from '@springtide/provider-kit';
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
  const provider = providerOf(shape);
  return {
    shape,
    cloud,
    account: { id: accountId(at), manifest: provider, settings, secret: cloud.plan.credentials },
    close: () => closeSimulatedCloud(name),
  };
}

function providerOf({ tokens }: CloudShape): ProviderManifest {
  const real = manifest as ProviderManifest;
  switch (tokens) {
    case 'kept':
      return real;
    case 'none':
      return { ...forgetful(real), capabilities: { ...real.capabilities, ...NO_TOKENS } };
    case 'promised':
      return forgetful(real);
  }
}

const NO_TOKENS = {
  idempotencyToken: { supported: false, reason: 'this cloud remembers no tokens' },
  timeToLive: { supported: false, reason: 'this cloud has no timers' },
} as const;

/** The same cloud with a poor memory: whoever sends a create call twice has two batches. */
function forgetful(real: ProviderManifest): ProviderManifest {
  let calls = 0;
  const withoutMemory = (compute: ComputeFacet): ComputeFacet =>
    new Proxy(compute, {
      get: (target, name) => {
        if (name === 'launch') {
          const launch: ComputeFacet['launch'] = async (batch, options) => {
            calls += 1;
            return await target.launch({ ...batch, token: `call-${calls}` }, options);
          };
          return launch;
        }
        const method = Reflect.get(target, name) as unknown;
        return typeof method === 'function' ? (method.bind(target) as unknown) : method;
      },
    });
  return {
    ...real,
    connect: async (account, context) => {
      const session = await real.connect(account, context);
      const { compute } = session;
      const rest = { verify: session.verify.bind(session), close: session.close.bind(session) };
      return compute === undefined ? session : { ...rest, compute: withoutMemory(compute) };
    },
  };
}
