import { randomUUID } from 'node:crypto';
import { addMs, toInstant, type Clock, type Instant } from '@springtide/kernel';
import type { CallOptions, Machine, MachineChanges } from '@springtide/provider-kit';
import { isFault } from './error-map.js';
import { MachineFeed } from './machine-feed.js';
import type { Vsphere } from './machine-search.js';

/** A cursor holds for one answer: whoever did not get that one cannot know what was in it, and gets everything. */
type Followed = { readonly feed: MachineFeed; cursor: string | undefined; busy: boolean };

/** Followers of one region; vSphere keeps what happens for each of them. The one that asked longest ago loses its feed. */
const MOST_PER_REGION = 2;
const END_LIMIT_MS = 5_000;

/** The feeds of one session, found by the cursors that were given out. */
export class MachineFeeds {
  readonly #vsphere: Vsphere;
  readonly #clock: Clock;
  /** The one that was asked last stands last. */
  readonly #followed = new Set<Followed>();

  constructor(vsphere: Vsphere, clock: Clock) {
    this.#vsphere = vsphere;
    this.#clock = clock;
  }

  async changes(
    scope: Readonly<{ region: string; cursor?: string }>,
    options: CallOptions,
  ): Promise<MachineChanges<Machine>> {
    const known = [...this.#followed].find(
      ({ feed, cursor, busy }) =>
        cursor !== undefined && cursor === scope.cursor && feed.region === scope.region && !busy,
    );
    if (known === undefined) return this.#begin(scope.region, options);
    this.#followed.delete(known);
    this.#followed.add(known);
    try {
      return await this.#ask(known, async (feed) => feed.next(options));
    } catch (thrown) {
      if (!isForgotten(thrown)) throw thrown;
      await options.more?.();
      return this.#begin(scope.region, options);
    }
  }

  /** Calls that wait end with `cancelled`. */
  async close(deadline: Instant): Promise<void> {
    const all = [...this.#followed];
    this.#followed.clear();
    await Promise.all(
      all.map(async ({ feed, busy }) => {
        if (busy) await feed.cancelWait(deadline);
        await feed.destroy(deadline);
      }),
    );
  }

  async #begin(region: string, options: CallOptions): Promise<MachineChanges<Machine>> {
    await this.#makeRoom(region, options.deadline);
    // The filter, its collector and its view are made before the first question.
    await options.more?.(3);
    const feed = await MachineFeed.open(this.#vsphere, this.#clock, region, options);
    const followed: Followed = { feed, cursor: undefined, busy: false };
    this.#followed.add(followed);
    return this.#ask(followed, async () => feed.whole(options));
  }

  async #ask(
    followed: Followed,
    question: (feed: MachineFeed) => Promise<Omit<MachineChanges<Machine>, 'cursor'>>,
  ): Promise<MachineChanges<Machine>> {
    followed.busy = true;
    try {
      const news = await question(followed.feed);
      const cursor = randomUUID();
      followed.cursor = cursor;
      return { ...news, cursor };
    } catch (thrown) {
      // What it was told and could not read in time is still there for the next question with this cursor.
      if (followed.cursor === undefined || !followed.feed.isSound) await this.#giveUp(followed);
      throw thrown;
    } finally {
      followed.busy = false;
    }
  }

  async #makeRoom(region: string, deadline: Instant): Promise<void> {
    const idle = [...this.#followed].filter(({ feed, busy }) => feed.region === region && !busy);
    for (const old of idle.slice(0, Math.max(0, idle.length + 1 - MOST_PER_REGION))) {
      this.#followed.delete(old);
      await old.feed.destroy(deadline);
    }
  }

  async #giveUp(followed: Followed): Promise<void> {
    if (!this.#followed.delete(followed)) return;
    await followed.feed.destroy(addMs(toInstant(this.#clock.now()), END_LIMIT_MS));
  }
}

/** The session ended and its collectors with it, or vSphere kept less than what happened. */
function isForgotten(thrown: unknown): boolean {
  return isFault(thrown, 'ManagedObjectNotFound', 'NotAuthenticated', 'InvalidCollectorVersion');
}
