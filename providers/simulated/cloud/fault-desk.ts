import { CloudError } from './cloud-error.js';
import type { CloudPlan } from './plan.js';
import { draw } from './seeded-draw.js';
import type { Delivery, Operation } from './wire.js';

/** `break`: an error nobody has heard of, without the work being done. `truncate`: the page says it is the last. */
export type FaultEffect = 'lose' | 'delay' | 'throttle' | 'break' | 'truncate' | 'fail-boot' | 'stick-boot';

type Injected = { operation: Operation; effect: FaultEffect; times: number; delayMs: number };

/** What goes wrong: on request first, then by chance from the seed. */
export class FaultDesk {
  readonly #plan: CloudPlan;
  readonly #roomLeft = new Map<string, number>();
  #injected: Injected[] = [];
  #calls = 0;
  #current: ReadonlySet<FaultEffect> = new Set();
  quotaExhausted = false;
  /** Over the plan's, while a test asks for it. */
  readLagMs: number | undefined;

  constructor(plan: CloudPlan) {
    this.#plan = plan;
  }

  inject(fault: { operation: Operation; effect: FaultEffect; times?: number; delayMs?: number }): void {
    this.#injected.push({ times: 1, delayMs: 0, ...fault });
  }

  clear(): void {
    this.#injected = [];
    this.#roomLeft.clear();
    this.quotaExhausted = false;
    this.readLagMs = undefined;
  }

  /** Decides the fate of one call. @throws what must happen instead of the work. */
  begin(operation: Operation): Delivery {
    this.#calls += 1;
    const asked = this.#takeInjected(operation);
    this.#current = new Set(asked.map((fault) => fault.effect));
    if (this.#happens('throttle', this.#plan.faults.throttled)) {
      throw new CloudError('Throttling', 'too many calls', 250);
    }
    if (this.#current.has('break')) throw new Error('the flux capacitor has lost its flux');
    const late = this.#chance('late', this.#plan.faults.lateAnswer) ? this.#plan.faults.lateAnswerMs : 0;
    return {
      lost: this.#happens('lose', this.#plan.faults.lostAnswer),
      delayMs: Math.max(late, ...asked.map((fault) => fault.delayMs)),
    };
  }

  get truncated(): boolean {
    return this.#happens('truncate', this.#plan.faults.truncatedListing);
  }

  /** Of the launch at hand; drawn per machine. */
  bootFate(machineId: string): 'fine' | 'fails' | 'sticks' {
    const { seed, faults } = this.#plan;
    if (this.#current.has('fail-boot') || draw(seed, 'failed', machineId) < faults.failedBoot) return 'fails';
    if (this.#current.has('stick-boot') || draw(seed, 'stuck', machineId) < faults.stuckBoot) return 'sticks';
    return 'fine';
  }

  limitRoom(zone: string, type: string, machines: number | null): void {
    if (machines === null) this.#roomLeft.delete(`${zone}/${type}`);
    else this.#roomLeft.set(`${zone}/${type}`, machines);
  }

  /** Infinite where no test has set a limit. */
  roomLeft(zone: string, type: string): number {
    return this.#roomLeft.get(`${zone}/${type}`) ?? Number.POSITIVE_INFINITY;
  }

  useRoom(zone: string, type: string, machines: number): void {
    const left = this.#roomLeft.get(`${zone}/${type}`);
    if (left !== undefined) this.#roomLeft.set(`${zone}/${type}`, left - machines);
  }

  #takeInjected(operation: Operation): Injected[] {
    const asked = this.#injected.filter((fault) => fault.operation === operation);
    for (const fault of asked) fault.times -= 1;
    this.#injected = this.#injected.filter((fault) => fault.times > 0);
    return asked;
  }

  #happens(effect: FaultEffect, probability: number): boolean {
    return this.#current.has(effect) || this.#chance(effect, probability);
  }

  #chance(what: string, probability: number): boolean {
    return probability > 0 && draw(this.#plan.seed, what, this.#calls) < probability;
  }
}
