import type { Process, SeededRandom, VirtualTime } from '@springtide/twin';

/** The processes of the installation: they die, and others take their place under a name of their own. */
export class Workers {
  readonly #slots: (Process | undefined)[];
  readonly #lives: number[];

  constructor(
    private readonly time: VirtualTime,
    private readonly random: SeededRandom,
    private readonly names: readonly string[],
    private readonly born: (process: Process, slot: number) => void,
  ) {
    this.#slots = names.map(() => undefined);
    this.#lives = names.map(() => 0);
    names.forEach((_, slot) => this.#give(slot));
  }

  at(slot: number): Process | undefined {
    return this.#slots[slot];
  }

  /** One of the first two that takes work now. A stopped one may have asked for it just before. */
  free(): Process | undefined {
    const able = this.#slots.slice(0, 2).flatMap((process) => (process === undefined ? [] : [process]));
    const awake = able.filter(({ pausedUntil }) => pausedUntil <= this.time.ms);
    const from = awake.length > 0 && !this.random.chance(0.05) ? awake : able;
    return from.length === 0 ? undefined : this.random.pick(from);
  }

  died(process: Process, downMs: number): void {
    const slot = this.#slots.indexOf(process);
    if (slot < 0) return;
    this.#slots[slot] = undefined;
    this.time.background(async () => {
      await this.time.until(this.time.ms + downMs, 'restart');
      this.#give(slot);
    });
  }

  #give(slot: number): void {
    this.#lives[slot] = (this.#lives[slot] ?? 0) + 1;
    const process = { name: `${this.names[slot]}.${this.#lives[slot]}`, dead: false, pausedUntil: 0 };
    this.#slots[slot] = process;
    this.born(process, slot);
  }
}
