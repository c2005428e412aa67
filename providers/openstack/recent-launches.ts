import type { Clock } from '@springtide/kernel';
import type { LaunchBatch, Machine } from '@springtide/provider-kit';
import { specHash } from './ownership-marks.js';

type Recent = Readonly<{ machine: Machine; index: number; token: string; spec: string; until: number }>;

/**
 * What nova has accepted from this session and its readers may still deny: behind several databases an answer can come
 * from one that has not heard of it.
 */
export class RecentLaunches {
  readonly #machines = new Map<string, Recent>();

  constructor(
    private readonly clock: Clock,
    private readonly visibilityLagMs: number,
  ) {}

  remember(id: string, batch: LaunchBatch, index: number): void {
    const now = this.clock.now().getTime();
    for (const [known, { until }] of this.#machines) if (until <= now) this.#machines.delete(known);
    const { region, zone, machineType, image, labels, ownership } = batch;
    const machine: Machine = {
      id,
      name: `${batch.namePrefix}-${index}`,
      state: 'pending',
      region,
      zone,
      machineType,
      image,
      labels,
      ownership: { ...ownership, token: batch.token },
      purchaseOption: 'private',
      addresses: [],
    };
    const until = now + this.visibilityLagMs;
    this.#machines.set(id, { machine, index, token: batch.token, spec: specHash(batch), until });
  }

  forget(id: string): void {
    this.#machines.delete(id);
  }

  /** As it was asked for; undefined once the lag is over. */
  get(id: string): Machine | undefined {
    const recent = this.#machines.get(id);
    return recent !== undefined && this.#isFresh(recent) ? recent.machine : undefined;
  }

  ofToken(token: string): readonly Recent[] {
    return [...this.#machines.values()].filter((each) => each.token === token && this.#isFresh(each));
  }

  #isFresh(recent: Recent): boolean {
    return this.clock.now().getTime() < recent.until;
  }
}
