/**
 * Writes what comes in while more is being read: one batch at a time, in order, and never far behind. `offer` waits
 * only when too much is waiting, so that memory stays bounded whatever the source does.
 */
export class WriteBehind<T> {
  #waiting: T[] = [];
  #writing: Promise<void> | undefined;
  #failure: { readonly thrown: unknown } | undefined;

  constructor(
    private readonly write: (batch: readonly T[]) => Promise<void>,
    private readonly size: Readonly<{ batch: number; waiting: number }>,
  ) {}

  /** @throws what a write before threw; nothing more is written then. */
  async offer(items: readonly T[]): Promise<void> {
    this.#refuseAfterFailure();
    this.#waiting.push(...items);
    if (this.#waiting.length >= this.size.batch) this.#start();
    while (this.#waiting.length > this.size.waiting && this.#writing !== undefined) await this.#writing;
    this.#refuseAfterFailure();
  }

  /** Everything offered is written. */
  async drain(): Promise<void> {
    while (this.#writing !== undefined || (this.#waiting.length > 0 && this.#failure === undefined)) {
      this.#start();
      await this.#writing;
    }
    this.#refuseAfterFailure();
  }

  #start(): void {
    if (this.#writing !== undefined || this.#failure !== undefined) return;
    this.#writing = this.#next().finally(() => {
      this.#writing = undefined;
      if (this.#waiting.length >= this.size.batch) this.#start();
    });
  }

  async #next(): Promise<void> {
    const batch = this.#waiting.splice(0, this.size.batch);
    try {
      await this.write(batch);
    } catch (thrown) {
      this.#failure = { thrown };
    }
  }

  #refuseAfterFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.thrown;
  }
}
