import type { Clock } from '@springtide/kernel';
import type { Machine } from '@springtide/provider-kit';

/** What CVM has accepted and may still deny: a new machine can be unknown to reads for the visibility lag. */
export class RecentLaunches {
  readonly #machines = new Map<string, Readonly<{ machine: Machine; until: number }>>();

  constructor(
    private readonly clock: Clock,
    private readonly visibilityLagMs: number,
  ) {}

  remember(machine: Machine | 'gone'): void {
    const now = this.clock.now().getTime();
    for (const [id, { until }] of this.#machines) if (until <= now) this.#machines.delete(id);
    if (machine !== 'gone') this.#machines.set(machine.id, { machine, until: now + this.visibilityLagMs });
  }

  forget(id: string): void {
    this.#machines.delete(id);
  }

  /** As it was in the launch answer; undefined once the lag is over. */
  get(id: string): Machine | undefined {
    const entry = this.#machines.get(id);
    return entry !== undefined && this.clock.now().getTime() < entry.until ? entry.machine : undefined;
  }
}
