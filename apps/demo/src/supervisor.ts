import { setTimeout as wait } from 'node:timers/promises';
import { screen } from './screen.js';

/** A process that can be watched and ended. */
export type Child = Readonly<{ pid: number; exited: Promise<unknown>; stop(): Promise<void> }>;

type Kept = { readonly name: string; readonly start: () => Promise<Child>; child: Child; restarts: number };

const PAUSE_MS = 500;

/** Starts children, starts again what dies, and ends all of them in reverse order. Ends nothing it did not start. */
export class Supervisor {
  readonly #kept: Kept[] = [];
  #stopping = false;

  async keep(name: string, start: () => Promise<Child>): Promise<void> {
    const child = await start();
    const kept: Kept = { name, start, child, restarts: 0 };
    this.#kept.push(kept);
    void this.#watch(kept);
  }

  pidOf(name: string): number | undefined {
    return this.#kept.find((kept) => kept.name === name)?.child.pid;
  }

  pids(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#kept.map((kept) => [kept.name, kept.child.pid]));
  }

  restarts(): number {
    return this.#kept.reduce((sum, kept) => sum + kept.restarts, 0);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    for (const kept of this.#kept.toReversed()) await kept.child.stop();
  }

  async #watch(kept: Kept): Promise<void> {
    for (;;) {
      await kept.child.exited;
      if (this.#stopping) return;
      kept.restarts += 1;
      screen.warn(`${kept.name} ended; it is started again.`);
      await wait(PAUSE_MS);
      kept.child = await this.#startAgain(kept);
    }
  }

  async #startAgain(kept: Kept): Promise<Child> {
    for (;;) {
      try {
        return await kept.start();
      } catch (thrown) {
        if (this.#stopping) return kept.child;
        screen.warn(`${kept.name} did not start again: ${String(thrown)}; trying on.`);
        await wait(PAUSE_MS * 4);
      }
    }
  }
}
