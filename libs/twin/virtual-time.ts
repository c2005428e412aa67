import { AsyncLocalStorage } from 'node:async_hooks';
import { SpringtideError, parseInstant, type Clock, type Instant } from '@springtide/kernel';
import type { SeededRandom } from './seeded-random.js';

/** Somebody who can die or stand still, and takes everything along that waits in its name. */
export type Process = {
  readonly name: string;
  dead: boolean;
  /** While it is later than now, nothing of it moves: a stopped process, not a dead one. */
  pausedUntil: number;
};

/** What the code of a dead process meets at its next outside step: it can do nothing to the world any more. */
export class ProcessEnded extends Error {
  constructor(name: string) {
    super(`the process ${name} is dead`);
  }
}

/** What a step belongs to, also while it is on its way outside of the process: the call of a dead process arrives. */
export type Doing = Readonly<{ what: string; process: Process | undefined }>;

type Owner = Readonly<{ process: Process | undefined; doing: Doing | undefined }>;

type Waiter = Owner & {
  readonly at: number;
  readonly order: number;
  readonly label: string;
  readonly open: () => void;
  readonly refuse: (reason: Error) => void;
};

/** Called after every step, while everything stands still, with what the step was. */
export type Witness = (label: string) => void;

/** Asked before every step of something that is done, and may stop whoever does it; true: it dies there. */
export type Assassin = (label: string, doing: Doing) => boolean;

/**
 * The only clock and the only scheduler of a simulated world. Everything that touches the outside waits here for its
 * turn; one goes at a time, and the seed says which. What happens between two turns cannot be interleaved, so the same
 * seed always tells the same story.
 */
export class VirtualTime implements Clock {
  readonly #owners = new AsyncLocalStorage<Owner>();
  readonly #waiting = new Set<Waiter>();
  readonly #outside = new Set<Promise<unknown>>();
  readonly #witnesses: Witness[] = [];
  #assassin: Assassin = () => false;
  #last = '';
  #broken: unknown;
  #now: number;
  #order = 0;
  #steps = 0;
  #trace = 0x811c9dc5;

  constructor(
    start: Instant,
    private readonly random: SeededRandom,
  ) {
    this.#now = parseInstant(start).getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  get ms(): number {
    return this.#now;
  }

  get steps(): number {
    return this.#steps;
  }

  /** A fingerprint of everything that happened, in order. */
  get trace(): string {
    return (this.#trace >>> 0).toString(16).padStart(8, '0');
  }

  async sleep(ms: number): Promise<void> {
    await this.#wait(this.#now + Math.max(0, ms), 'sleep');
  }

  /** One outside step: waits for its turn. @throws ProcessEnded when its process is dead by then. */
  async turn(label: string): Promise<void> {
    await this.#wait(this.#now, label);
  }

  /** The label of a wait of its own kind, for stories. */
  async until(at: number, label: string): Promise<void> {
    await this.#wait(Math.max(at, this.#now), label);
  }

  /** Work of the world itself at a later time, unless it is called off before. @returns what calls it off. */
  after(ms: number, label: string, work: () => void): () => void {
    this.#order += 1;
    const waiter: Waiter = {
      at: this.#now + Math.max(0, ms),
      order: this.#order,
      label,
      process: undefined,
      doing: undefined,
      open: () => this.as(undefined, work),
      refuse: () => undefined,
    };
    this.#waiting.add(waiter);
    return () => this.#waiting.delete(waiter);
  }

  /** Everything that `work` does, it does as this process. @param what names it; left out: as before. */
  as<T>(process: Process | undefined, work: () => T, what?: string): T {
    const doing = what === undefined ? this.#owners.getStore()?.doing : { what, process };
    return this.#owners.run({ process, doing }, work);
  }

  /** Work of the world itself, of no process. What it fails with ends the simulation. */
  background(work: () => Promise<void>): void {
    this.#owners.run({ process: undefined, doing: undefined }, work).catch((thrown: unknown) => {
      this.#broken ??= thrown;
    });
  }

  get current(): Process | undefined {
    return this.#owners.getStore()?.process;
  }

  /** Work on real input and output, as a real database: no further turn is given before it is over. */
  async outside<T>(work: Promise<T>): Promise<T> {
    const known = work.catch(() => undefined);
    this.#outside.add(known);
    void known.then(() => this.#outside.delete(known));
    return await work;
  }

  kill(process: Process): void {
    process.dead = true;
    for (const waiter of this.#waiting) {
      if (waiter.process !== process) continue;
      this.#waiting.delete(waiter);
      waiter.refuse(new ProcessEnded(process.name));
    }
  }

  witness(look: Witness): void {
    this.#witnesses.push(look);
  }

  /** At most one. */
  ambush(assassin: Assassin): void {
    this.#assassin = assassin;
  }

  /** Marks what happened in the fingerprint. */
  note(text: string): void {
    for (let at = 0; at < text.length; at += 1) {
      this.#trace = Math.imul(this.#trace ^ text.charCodeAt(at), 0x01000193);
    }
  }

  /** Lets time pass until `over`. @throws internal when nobody waits for anything any more, or after `mostSteps`. */
  async run(over: () => boolean, mostSteps = 200_000): Promise<void> {
    for (;;) {
      await this.#settle();
      for (const look of this.#witnesses) look(this.#last);
      if (this.#broken !== undefined) throw this.#broken;
      if (over()) return;
      if (this.#steps >= mostSteps) throw stuck(`did not end within ${mostSteps} steps`);
      this.#next();
    }
  }

  #next(): void {
    const able: Waiter[] = [];
    let soonest = Number.POSITIVE_INFINITY;
    for (const waiter of this.#waiting) {
      const at = readyAt(waiter);
      if (at <= this.#now) able.push(waiter);
      else if (at < soonest) soonest = at;
    }
    if (able.length === 0) {
      if (!Number.isFinite(soonest)) throw stuck('stands still: nobody waits for anything');
      this.#now = soonest;
      this.#last = 'time';
      return;
    }
    const chosen = able.length === 1 ? able[0] : this.random.pick(able);
    if (chosen === undefined) return;
    const { doing, label } = chosen;
    if (doing?.process?.dead === false && this.#assassin(label, doing)) {
      this.kill(doing.process);
      return;
    }
    // It was stopped before this step, and takes it when it goes on.
    if (readyAt(chosen) > this.#now) return;
    this.#last = label;
    this.#waiting.delete(chosen);
    this.#steps += 1;
    this.note(`${this.#now} ${chosen.process?.name ?? ''} ${chosen.label};`);
    chosen.open();
  }

  async #wait(at: number, label: string): Promise<void> {
    const { process, doing } = this.#owners.getStore() ?? NOBODY;
    if (process?.dead === true) throw new ProcessEnded(process.name);
    await new Promise<void>((open, refuse) => {
      this.#order += 1;
      this.#waiting.add({ at, order: this.#order, label, process, doing, open, refuse });
    });
  }

  /** All promises that can be settled are, and nothing real is under way. */
  async #settle(): Promise<void> {
    do {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#outside.size > 0) await Promise.all(this.#outside);
    } while (this.#outside.size > 0);
  }
}

const NOBODY: Owner = { process: undefined, doing: undefined };

function readyAt({ at, process }: Waiter): number {
  return Math.max(at, process?.pausedUntil ?? 0);
}

function stuck(what: string): SpringtideError {
  return new SpringtideError('internal', `the simulated world ${what}`);
}
