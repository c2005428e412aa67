import { setTimeout as wait } from 'node:timers/promises';

/** A process that can be watched and ended. */
export type Child = Readonly<{
  pid: number;
  exited: Promise<unknown>;
  stop(graceMs?: number): Promise<void>;
}>;

export type KeepOptions = Readonly<{
  /** Why it cannot be started again: what was in it is gone with it. Without: it is started again when it dies. */
  irreplaceable?: string;
}>;

type Kept = {
  readonly name: string;
  readonly start: () => Promise<Child>;
  readonly options: KeepOptions;
  child: Child;
  restarts: number;
};

const PAUSE_MS = 500;
const TRIES_IN_A_ROW = 10;
const GRACE_MS = 3_000;
/** All children together; after it, what is left is killed without another word. */
const STOP_WITHIN_MS = 9_000;

/** Starts children, starts again what dies, and ends all of them in reverse order. Ends nothing it did not start. */
export class Supervisor {
  readonly #kept: Kept[] = [];
  readonly #say: (message: string) => void;
  #stopping = false;
  #failLost: (problem: Error) => void = () => undefined;
  /** Rejects when a child is gone that cannot be had again. */
  readonly lost: Promise<never>;

  constructor(say: (message: string) => void) {
    this.#say = say;
    this.lost = new Promise<never>((_, reject) => {
      this.#failLost = reject;
    });
    // Whoever waits for it hears of it; nobody may be waiting yet.
    this.lost.catch(() => undefined);
  }

  async keep(name: string, start: () => Promise<Child>, options: KeepOptions = {}): Promise<void> {
    const child = await start();
    if (this.#stopping) {
      await child.stop(0);
      throw new Error(`${name} came up while everything was being stopped`);
    }
    const kept: Kept = { name, start, options, child, restarts: 0 };
    this.#kept.push(kept);
    void this.#watch(kept);
  }

  /** SIGKILL, as from outside. False when no such process is kept. */
  kill(name: string): number | false {
    const pid = this.#kept.find((kept) => kept.name === name)?.child.pid;
    if (pid === undefined) return false;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      return false;
    }
    return pid;
  }

  pids(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#kept.map((kept) => [kept.name, kept.child.pid]));
  }

  restarts(): Readonly<Record<string, number>> {
    const restarted = this.#kept.filter((kept) => kept.restarts > 0);
    return Object.fromEntries(restarted.map((kept) => [kept.name, kept.restarts]));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const deadline = performance.now() + STOP_WITHIN_MS;
    for (const { child } of this.#kept.toReversed()) {
      const graceMs = Math.max(0, Math.min(GRACE_MS, deadline - performance.now()));
      const gone = child.stop(graceMs).then(() => true);
      if (await Promise.race([gone, wait(graceMs + 200, false)])) continue;
      endNow(child.pid);
    }
  }

  async #watch(kept: Kept): Promise<void> {
    for (;;) {
      await kept.child.exited;
      if (this.#stopping) return;
      const { irreplaceable } = kept.options;
      if (irreplaceable !== undefined) {
        this.#failLost(new Error(`${kept.name} ended: ${irreplaceable}`));
        return;
      }
      this.#say(`${kept.name} ended; it is started again.`);
      kept.restarts += 1;
      await wait(PAUSE_MS);
      const child = await this.#startAgain(kept);
      if (child === undefined) return;
      kept.child = child;
      if (!this.#stopping) this.#say(`${kept.name} is back.`);
    }
  }

  async #startAgain(kept: Kept): Promise<Child | undefined> {
    for (let attempt = 1; !this.#stopping; attempt += 1) {
      try {
        const child = await kept.start();
        if (!this.#stopping) return child;
        await child.stop(0);
        return undefined;
      } catch (thrown) {
        const reason = thrown instanceof Error ? thrown.message : String(thrown);
        if (attempt === TRIES_IN_A_ROW) {
          this.#failLost(new Error(`${kept.name} did not come back after ${attempt} starts: ${reason}`));
          return undefined;
        }
        if (!this.#stopping) this.#say(`${kept.name} did not start again, trying on: ${reason}`);
        await wait(PAUSE_MS * 4);
      }
    }
    return undefined;
  }
}

function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already, which is what was wanted.
  }
}
