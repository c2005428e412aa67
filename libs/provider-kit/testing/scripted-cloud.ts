import { AdvancingClock, loopbackGate } from '@springtide/provider-kit/conformance';
import { silentLogger } from '@springtide/platform';
import { z } from 'zod';
import type { ClusterFacet, ClusterOrder } from '../contract/clusters.js';
import type { CallOptions, ComputeFacet, LaunchBatch, LaunchReceipt } from '../contract/compute.js';
import type { Machine } from '../contract/machine.js';
import type { ResourceFacet } from '../contract/resources.js';
import type { ProviderManifest } from '../contract/session.js';
import type { TrafficFacet } from '../contract/traffic.js';
import type { ObservedCall } from '../client/call-observer.js';
import { connectAccount, type ConnectContext } from '../client/connect-account.js';

const supported = { supported: true } as const;
const without = (reason: string) => ({ supported: false, reason }) as const;

type Step = unknown;

/** A provider that answers from a script, call by call, and keeps a log of what reached it. */
export class ScriptedCloud {
  readonly clock = new AdvancingClock();
  readonly log: { operation: string; argument: unknown; options: CallOptions }[] = [];
  readonly observed: ObservedCall[] = [];
  readonly #script: Step[] = [];

  /** An Error is thrown, a function is called, anything else is the answer. */
  answers(...steps: Step[]): void {
    this.#script.push(...steps);
  }

  readonly manifest: ProviderManifest = {
    id: 'scripted',
    title: 'Scripted cloud',
    kind: 'public-cloud',
    settingsSchema: z.unknown(),
    secretSchema: z.unknown(),
    accountSchema: z.object({
      settings: z.strictObject({ endpoint: z.url() }),
      secret: z.strictObject({ key: z.string() }),
    }),
    endpoints: (account) => [(account as { settings: { endpoint: string } }).settings.endpoint],
    capabilities: {
      idempotencyToken: supported,
      batchLaunch: supported,
      partialLaunch: supported,
      timeToLive: without('machines of this cloud live until they are ended'),
      spot: without('this cloud has no spot machines'),
      stockSignal: supported,
      quotaSignal: supported,
      changeFeed: supported,
      managedClusters: supported,
      matchByHeader: supported,
      matchBySource: without('this balancer sees no client addresses'),
    },
    limits: { launchBatch: 5, describeBatch: 3, terminateBatch: 2, visibilityLagMs: 0, bootMs: 0 },
    rates: { read: { burst: 10, perSecond: 10 }, mutate: { burst: 2, perSecond: 1 } },
    connect: async () => ({
      verify: async (at) => this.#next('verify', at, { deadline: at }) as never,
      close: async () => undefined,
      compute: this.#facet({} as ComputeFacet),
      clusters: this.#facet({} as ClusterFacet),
      traffic: this.#facet({} as TrafficFacet),
      resources: Object.assign(this.#facet({} as ResourceFacet), { kinds: ['disk', 'host'] }),
    }),
  };

  async client(changes: Partial<ConnectContext> = {}) {
    return connectAccount(
      this.manifest,
      { endpoint: 'http://127.0.0.1:1/' },
      { key: 'top-secret-key' },
      {
        account: 'acc-1',
        clock: this.clock,
        gate: loopbackGate(),
        log: silentLogger,
        observer: { observe: (call) => this.observed.push(call) },
        random: () => 0,
        ...changes,
      },
    );
  }

  #facet<T extends object>(facet: T): T {
    return new Proxy(facet, {
      get: (own, name: string) => {
        if (name in own) return own[name as keyof T];
        return (...args: unknown[]) => this.#called(name, args);
      },
    });
  }

  #called(name: string, args: unknown[]) {
    const options = args.at(-1) as CallOptions;
    if (!name.startsWith('list') || name === 'listQuotas') return this.#next(name, args[0], options);
    return this.#pages(name, args[0], options);
  }

  async *#pages(operation: string, argument: unknown, options: CallOptions) {
    for (;;) {
      const page = (await this.#next(operation, argument, options)) as { complete: boolean } | 'end';
      if (page === 'end') return;
      yield page;
      if (page.complete) return;
    }
  }

  async #next(operation: string, argument: unknown, options: CallOptions): Promise<unknown> {
    this.log.push({ operation, argument, options });
    if (this.#script.length === 0) throw new Error(`the script has no answer for ${operation}`);
    const step = this.#script.shift();
    if (step instanceof Error) throw step;
    return typeof step === 'function' ? (step as (argument: unknown) => unknown)(argument) : step;
  }
}

export function aBatch(changes: Partial<LaunchBatch> = {}): LaunchBatch {
  return {
    token: 'token-1',
    region: 'r1',
    zone: 'z1',
    machineType: 'big',
    purchaseOption: 'on-demand',
    count: 1,
    minimum: 1,
    namePrefix: 'shop',
    image: 'img-1',
    securityGroups: [],
    ownership: { installation: 'i', tenant: 't', intent: 'intent-1', token: changes.token ?? 'token-1' },
    labels: {},
    ...changes,
  };
}

export function anOrder(changes: Partial<ClusterOrder> = {}): ClusterOrder {
  return {
    token: 'token-1',
    region: 'r1',
    name: 'shop',
    network: 'net-1',
    subnets: [],
    securityGroups: [],
    nodePools: [{ name: 'base', machineType: 'big', nodes: 3 }],
    ownership: { installation: 'i', tenant: 't', intent: 'intent-1', token: changes.token ?? 'token-1' },
    labels: {},
    ...changes,
  };
}

export function accepted(...ids: string[]): LaunchReceipt {
  return { items: ids.map((machineId) => ({ outcome: 'accepted', machineId })) };
}

export function aMachine(id: string): Machine {
  return {
    id,
    name: id,
    state: 'running',
    region: 'r1',
    zone: 'z1',
    machineType: 'big',
    purchaseOption: 'on-demand',
    addresses: [],
    labels: {},
  };
}
