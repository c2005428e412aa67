import type { Clock } from '@springtide/kernel';
import type { LaunchBatch, Machine } from '@springtide/provider-kit';

/** What EC2 has accepted and may still deny: a new machine can be unknown to reads for the visibility lag. */
export class RecentLaunches {
  readonly #machines = new Map<string, Readonly<{ machine: Machine; until: number }>>();

  constructor(
    private readonly clock: Clock,
    private readonly visibilityLagMs: number,
  ) {}

  /** The n-th machine of a batch, as it is promised: what the answer tells of it differs from call to call. */
  rememberLaunch(id: string, batch: LaunchBatch, n: number): void {
    const now = this.clock.now().getTime();
    for (const [each, { until }] of this.#machines) if (until <= now) this.#machines.delete(each);
    const { region, zone, machineType, purchaseOption, image, ownership, labels } = batch;
    const machine: Machine = {
      id,
      name: `${batch.namePrefix}-${n}`,
      state: 'pending',
      addresses: [],
      ...{ region, zone, machineType, purchaseOption, image, ownership, labels },
    };
    this.#machines.set(id, { machine, until: now + this.visibilityLagMs });
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
