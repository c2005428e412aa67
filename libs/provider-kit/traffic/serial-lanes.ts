/** Work of one lane runs one after the other, in the order it was handed in; lanes do not wait for each other. */
export class SerialLanes {
  readonly #tails = new Map<string, Promise<void>>();

  isBusy(lane: string): boolean {
    return this.#tails.has(lane);
  }

  async run<T>(lane: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(lane) ?? Promise.resolve();
    const result = before.then(work);
    const tail = result.then(
      () => undefined,
      () => undefined,
    );
    this.#tails.set(lane, tail);
    try {
      return await result;
    } finally {
      if (this.#tails.get(lane) === tail) this.#tails.delete(lane);
    }
  }
}
