import { SpringtideError, parseInstant, type Instant } from '@springtide/kernel';
import type { CallOptions, ProviderManifest } from '@springtide/provider-kit';
import type { SeededRandom } from './seeded-random.js';
import type { VirtualTime } from './virtual-time.js';

/** What may happen to one call on its way, besides what the cloud does to it. */
export type Passage = Readonly<{ thereMs: number; backMs: number }>;

export type NetworkParts = Readonly<{
  time: VirtualTime;
  random: SeededRandom;
  /** Asked once per call; left out: some hundredths of a second each way. */
  passage?: (operation: string) => Passage | undefined;
}>;

const LONGEST_WAY_MS = 120;

/**
 * The way between a process and a cloud. A call leaves the process, is under way, is carried out, its answer is under way
 * and arrives: each of them is an outside step, so that a process may die between any two. A call that has left is carried
 * out although its process is dead, but never after its deadline: what is on its way longer than that is lost.
 */
export class Network {
  constructor(private readonly parts: NetworkParts) {}

  async carry<T>(operation: string, deadline: Instant, call: () => Promise<T>): Promise<T> {
    const { time } = this.parts;
    await time.turn(`send ${operation}`);
    const { thereMs, backMs } = this.#passageOf(operation);
    const last = parseInstant(deadline).getTime();
    const arrives = time.ms + thereMs;
    if (arrives >= last) {
      await time.until(last, `late ${operation}`);
      throw noAnswer(operation);
    }
    const answer = time.as(undefined, async () => await this.#there(operation, arrives, backMs, call));
    if (arrives + backMs >= last) {
      await time.until(last, `late ${operation}`);
      throw noAnswer(operation);
    }
    const outcome = await answer;
    await time.turn(`answer ${operation}`);
    if ('failed' in outcome) throw outcome.failed;
    return outcome.value;
  }

  async #there<T>(operation: string, arrives: number, backMs: number, call: () => Promise<T>) {
    const { time } = this.parts;
    await time.until(arrives, `arrive ${operation}`);
    const outcome = await call().then(
      (value) => ({ value }),
      (failed: unknown) => ({ failed }),
    );
    await time.until(time.ms + backMs, `back ${operation}`);
    return outcome;
  }

  #passageOf(operation: string): Passage {
    const { passage, random } = this.parts;
    const asked = passage?.(operation);
    return asked ?? { thereMs: random.between(1, LONGEST_WAY_MS), backMs: random.between(1, LONGEST_WAY_MS) };
  }
}

function noAnswer(operation: string): SpringtideError {
  return new SpringtideError('timeout', `${operation}: no answer by the deadline`, { effect: 'maybe' });
}

type Facet = Readonly<Record<string, unknown>>;
const FACETS = [
  'compute',
  'network',
  'images',
  'traffic',
  'resources',
  'clusters',
  'workloads',
  'bills',
] as const;

/** The same provider, with the network between it and whoever calls it. */
export function overNetwork(manifest: ProviderManifest, network: Network): ProviderManifest {
  return {
    ...manifest,
    connect: async (account, context) => {
      const session = await manifest.connect(account, context);
      const facets = FACETS.flatMap((name) => {
        const facet = session[name];
        return facet === undefined ? [] : [[name, carried(facet as unknown as Facet, network)] as const];
      });
      const rest = { verify: session.verify.bind(session), close: session.close.bind(session) };
      return { ...rest, ...Object.fromEntries(facets) };
    },
  };
}

function carried(facet: Facet, network: Network): Facet {
  return new Proxy(facet, {
    get: (target, name) => {
      const method = Reflect.get(target, name) as unknown;
      if (typeof method !== 'function' || typeof name !== 'string') return method;
      return (...args: unknown[]) => {
        const { deadline } = args.at(-1) as CallOptions;
        const call = () => Reflect.apply(method, target, args) as unknown;
        if (name.startsWith('list') && name !== 'listSatellites' && name !== 'listQuotas') {
          return pages(call() as AsyncIterable<unknown>, async (page) => network.carry(name, deadline, page));
        }
        return network.carry(name, deadline, async () => await call());
      };
    },
  });
}

async function* pages(
  listing: AsyncIterable<unknown>,
  carry: (page: () => Promise<IteratorResult<unknown>>) => Promise<IteratorResult<unknown>>,
): AsyncGenerator {
  const iterator = listing[Symbol.asyncIterator]();
  for (;;) {
    const page = await carry(async () => await iterator.next());
    if (page.done === true) return;
    yield page.value;
  }
}
