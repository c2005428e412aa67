import { SpringtideError, type Clock } from '@springtide/kernel';
import { silentLogger, systemClock, type EndpointGate } from '@springtide/platform';
import {
  connectAccount,
  type Deed,
  type Image,
  type Machine,
  type MachineChanges,
  type Network,
  type Offering,
  type Page,
  type ProviderManifest,
  type Quota,
  type Resource,
  type ResourceKind,
} from '@springtide/provider-kit';
import { z } from 'zod';
import type { CloudSource } from '../cloud-source.js';

/** What the cloud says at the moment; a spec changes it between calls. */
export type CloudScript = {
  offerings: Offering[];
  quotas: Quota[];
  machines: Machine[];
  /** Machines that describe knows and the listing leaves out. */
  unlisted: Machine[];
  networks: Network[];
  images: Image[];
  /** Of all kinds; those of one kind are listed together. */
  resources: Resource[];
  /** Answers of the change feed, the next one first; where there is none, it waits for nothing and says nothing. */
  changes: MachineChanges<Machine>[];
  /** So long each of these answers takes; one that would come after its deadline does not come. */
  changesTakeMs: number;
  /** Who did what, by the cloud's own trail. `closed`: the account may not read it. */
  trail: Deed[] | 'closed';
  /** `cut`: the last page does not say complete. `fail`: an error after the first page. */
  listing: 'complete' | 'cut' | 'fail';
  /** Waited for after each page, while the rest of the listing is what it was when it began. */
  afterPage: () => Promise<void>;
  /** Operations in the order they were asked for. */
  readonly calls: string[];
};

const supported = { supported: true } as const;
const PAGE = 100;
const KINDS: readonly ResourceKind[] = ['host', 'disk', 'load-balancer'];

/** A cloud whose every answer a spec dictates, behind the real CloudClient. */
export async function scriptedCloud(
  clock: Clock = systemClock,
  { feed = false, trail = false }: Readonly<{ feed?: boolean; trail?: boolean }> = {},
): Promise<{ script: CloudScript; source: CloudSource }> {
  const script: CloudScript = {
    offerings: [],
    quotas: [],
    machines: [],
    unlisted: [],
    networks: [],
    images: [],
    resources: [],
    changes: [],
    changesTakeMs: 0,
    trail: [],
    listing: 'complete',
    afterPage: () => Promise.resolve(),
    calls: [],
  };
  const context = { account: 'scripted', clock, gate: openGate, log: silentLogger };
  const client = await connectAccount(manifestOf(script, { feed, trail }, clock), {}, {}, context);
  const source: CloudSource = {
    regions: () => Promise.resolve(['r1']),
    use: (_context, _account, work) => work(client),
  };
  return { script, source };
}

async function* pages<T>(
  script: CloudScript,
  operation: string,
  items: readonly T[],
): AsyncIterable<Page<T>> {
  script.calls.push(operation);
  for (let start = 0; start === 0 || start < items.length; start += PAGE) {
    const last = start + PAGE >= items.length;
    yield { items: items.slice(start, start + PAGE), complete: last && script.listing === 'complete' };
    await script.afterPage();
    if (script.listing === 'fail') {
      throw new SpringtideError('permission-denied', 'the scripted cloud refuses the second page');
    }
  }
}

function refuse(operation: string): never {
  throw new SpringtideError('unsupported', `the scripted cloud does not ${operation}`);
}

function manifestOf(
  script: CloudScript,
  { feed, trail }: Readonly<{ feed: boolean; trail: boolean }>,
  clock: Clock,
): ProviderManifest {
  const without = { supported: false, reason: 'the spec did not ask for one' } as const;
  return {
    id: 'scripted',
    title: 'Scripted cloud',
    kind: 'public-cloud',
    settingsSchema: z.unknown(),
    secretSchema: z.unknown(),
    accountSchema: z.unknown(),
    endpoints: () => [],
    capabilities: {
      idempotencyToken: supported,
      batchLaunch: supported,
      partialLaunch: supported,
      timeToLive: supported,
      spot: supported,
      stockSignal: supported,
      quotaSignal: supported,
      auditTrail: trail ? supported : without,
      changeFeed: feed ? supported : without,
    },
    limits: {
      launchBatch: 100,
      describeBatch: 100,
      terminateBatch: 100,
      visibilityLagMs: 5_000,
      bootMs: 1_000,
    },
    rates: { read: { burst: 1_000, perSecond: 1_000 }, mutate: { burst: 10, perSecond: 10 } },
    connect: () =>
      Promise.resolve({
        verify: () => refuse('verify'),
        close: () => Promise.resolve(),
        network: { listNetworks: () => pages(script, 'listNetworks', script.networks) },
        images: { listImages: () => pages(script, 'listImages', script.images) },
        resources: {
          kinds: KINDS,
          listResources: ({ kind }) =>
            pages(
              script,
              `listResources ${kind}`,
              script.resources.filter((resource) => resource.kind === kind),
            ),
        },
        compute: {
          changes: async ({ cursor = '0' }, { deadline }) => {
            script.calls.push(`changes ${cursor}`);
            const [next] = script.changes;
            if (next === undefined) return { changed: [], gone: [], cursor, whole: false };
            const leftMs = Date.parse(deadline) - clock.now().getTime();
            await clock.sleep(Math.min(leftMs, script.changesTakeMs));
            if (leftMs < script.changesTakeMs)
              throw new SpringtideError('timeout', 'too slow', { effect: 'none' });
            script.changes.shift();
            return next;
          },
          trail: ({ machines, since }) => {
            script.calls.push(`trail ${machines.map(({ name }) => name).join()}`);
            if (script.trail === 'closed') throw new SpringtideError('permission-denied', 'not for you');
            const asked = new Set(machines.map(({ id }) => id));
            return Promise.resolve(script.trail.filter((d) => asked.has(d.machineId) && d.at >= since));
          },
          listOfferings: () => pages(script, 'listOfferings', script.offerings),
          listQuotas: () => Promise.resolve(script.quotas),
          list: () => pages(script, 'list', script.machines),
          describe: (ids) => {
            script.calls.push(`describe ${ids.length}`);
            const known = new Map([...script.machines, ...script.unlisted].map((item) => [item.id, item]));
            return Promise.resolve(new Map(ids.map((id) => [id, known.get(id) ?? ('gone' as const)])));
          },
          launch: () => refuse('launch'),
          findByIntent: () => refuse('find by intent'),
          terminate: () => refuse('terminate'),
          listSatellites: () => refuse('list satellites'),
          releaseSatellite: () => refuse('release satellites'),
        },
      }),
  };
}

const openGate: EndpointGate = {
  check: () => Promise.resolve(),
  dispatcher: () => refuse('open connections'),
  httpAgent: () => refuse('open connections'),
  httpsAgent: () => refuse('open connections'),
};
