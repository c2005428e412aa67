import { SpringtideError, type Clock } from '@springtide/kernel';
import { silentLogger, type EndpointGate } from '@springtide/platform';
import {
  BookedRateLimiter,
  connectAccount,
  type CloudClient,
  type ProviderManifest,
  type RateBooks,
} from '@springtide/provider-kit';
import { overNetwork, type Network } from './network.js';
import type { SeededRandom } from './seeded-random.js';
import type { VirtualTime } from './virtual-time.js';

/** A cloud or an entrance that the simulated processes reach under an account id. */
export type TwinAccount = Readonly<{
  id: string;
  manifest: ProviderManifest;
  settings: unknown;
  secret: unknown;
  /** What a provider does in the process that uses it, before anything goes over the network; left out: nothing. */
  inProcess?: (overNetwork: ProviderManifest) => ProviderManifest;
}>;

type Books = Parameters<Parameters<RateBooks['change']>[1]>[0];

/**
 * What every process knows of the clouds: sessions and queues of its own, gone when it dies, and call budgets that all of
 * them share, which are not.
 */
export class TwinClouds {
  readonly #sessions = new Map<string, Promise<CloudClient>>();
  readonly #limiters = new Map<string, BookedRateLimiter>();
  readonly #kept: Books = new Map();

  constructor(
    private readonly parts: Readonly<{
      time: VirtualTime;
      random: SeededRandom;
      network: Network;
      accounts: readonly TwinAccount[];
    }>,
  ) {}

  async open(_tenantId: string, accountId: string): Promise<CloudClient> {
    const { accounts, time, random } = this.parts;
    const account = accounts.find((one) => one.id === accountId);
    if (account === undefined) throw new SpringtideError('not-found', `there is no account ${accountId}`);
    const process = time.current?.name ?? 'nobody';
    const key = `${process}/${accountId}`;
    const known =
      this.#sessions.get(key) ??
      connectAccount(this.#provider(account), account.settings, account.secret, {
        account: accountId,
        clock: time,
        gate: NO_ADDRESSES,
        log: silentLogger,
        limiter: this.#limiter(process),
        random: () => random.next(),
      });
    this.#sessions.set(key, known);
    return await known;
  }

  #provider({ manifest, inProcess }: TwinAccount): ProviderManifest {
    const reached = overNetwork(manifest, this.parts.network);
    return inProcess === undefined ? reached : inProcess(reached);
  }

  #limiter(process: string): BookedRateLimiter {
    const known = this.#limiters.get(process);
    if (known !== undefined) return known;
    const books: RateBooks = { change: async (_keys, work) => await Promise.resolve(work(this.#kept)) };
    const onError = (thrown: unknown) => {
      throw thrown;
    };
    const limiter = new BookedRateLimiter({ books, clock: patient(this.parts.time), process, onError });
    this.#limiters.set(process, limiter);
    return limiter;
  }
}

/** Nobody awaits the sleep of a queue: with its process it ends in silence. */
function patient(time: VirtualTime): Clock {
  return {
    now: () => time.now(),
    sleep: async (ms) => {
      try {
        await time.sleep(ms);
      } catch {
        await new Promise(() => undefined);
      }
    },
  };
}

/** Clouds in this process have no address. */
const NO_ADDRESSES = {
  check: async (url: string) => {
    throw new SpringtideError(
      'permission-denied',
      `a simulated world reaches no address; ${url} was not asked`,
    );
  },
} as unknown as EndpointGate;
