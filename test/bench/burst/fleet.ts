import { billedSeconds } from '@springtide/effects/domain';
import type { Draw } from './seeded.js';

/** The rules of the clouds that the twin lives by. */
export type CloudRules = Readonly<{
  bootMs: number;
  minimumBillingSeconds: number;
  /** Whether each machine boots in a time of its own, spread as on the simulated cloud, or all in the same. */
  spread: boolean;
}>;

type Life = Readonly<{ askedMs: number; readyMs: number }>;

/** The public machines of one policy, from being asked for to being given back, billed as the ledger bills them. */
export class Fleet {
  #machines: Life[] = [];
  #billed = 0;

  constructor(
    private readonly rules: CloudRules,
    private readonly draw: Draw,
  ) {}

  /** Those that started last go first: they serve least. */
  resize(wanted: number, nowMs: number): void {
    this.#machines.sort((a, b) => a.readyMs - b.readyMs);
    for (const machine of this.#machines.splice(wanted)) this.#billed += this.#secondsOf(machine, nowMs);
    while (this.#machines.length < wanted) {
      this.#machines.push({ askedMs: nowMs, readyMs: nowMs + this.#bootMs() });
    }
  }

  serving(nowMs: number): number {
    return this.#machines.filter(({ readyMs }) => readyMs <= nowMs).length;
  }

  /** Machine seconds billed in all, once everything was given back. */
  close(nowMs: number): number {
    this.resize(0, nowMs);
    return this.#billed;
  }

  #bootMs(): number {
    const { bootMs, spread } = this.rules;
    return spread ? bootMs * (0.6 + 1.2 * this.draw() ** 2) : bootMs;
  }

  #secondsOf(machine: Life, nowMs: number): number {
    const { minimumBillingSeconds } = this.rules;
    const from = new Date(machine.askedMs).toISOString();
    const to = new Date(nowMs).toISOString();
    return billedSeconds({ from, to, minimumBillingSeconds }, to);
  }
}
