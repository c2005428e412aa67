import type { Clock } from '@springtide/kernel';

/**
 * What this session knows of a machine from a call of its own, and the cloud's reads may not show before the visibility lag
 * is over.
 */
export class RecentlyKnown<T> {
  /** In the order in which they run out: the lag is the same for all. */
  readonly #entries = new Map<string, Readonly<{ known: T; until: number }>>();

  constructor(
    private readonly clock: Clock,
    private readonly visibilityLagMs: number,
  ) {}

  remember(id: string, known: T): void {
    const now = this.clock.now().getTime();
    for (const [each, { until }] of this.#entries) {
      if (until > now) break;
      this.#entries.delete(each);
    }
    this.#entries.delete(id);
    this.#entries.set(id, { known, until: now + this.visibilityLagMs });
  }

  forget(id: string): void {
    this.#entries.delete(id);
  }

  /** Undefined once the lag is over. */
  get(id: string): T | undefined {
    const entry = this.#entries.get(id);
    return entry !== undefined && this.clock.now().getTime() < entry.until ? entry.known : undefined;
  }
}
