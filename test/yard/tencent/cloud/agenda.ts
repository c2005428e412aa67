type Entry = { readonly at: number; readonly order: number; readonly act: (at: number) => void };

/** What is still to happen, each thing at its own instant: nothing here looks at a clock by itself. */
export class Agenda {
  readonly #heap: Entry[] = [];
  #orders = 0;
  #actingAt: number | undefined;

  /** The instant of what happens right now, if something does: late, perhaps, by the clock on the wall. */
  get actingAt(): number | undefined {
    return this.#actingAt;
  }

  /** The returned function takes it back. */
  plan(at: number, act: (at: number) => void): () => void {
    let open = true;
    this.#orders += 1;
    this.#push({ at, order: this.#orders, act: (now) => void (open && act(now)) });
    return () => {
      open = false;
    };
  }

  /** Lets everything happen that is due, in order, also what is planned on the way. */
  advance(now: number): void {
    for (let first = this.#heap[0]; first !== undefined && first.at <= now; first = this.#heap[0]) {
      this.#pop();
      this.#actingAt = first.at;
      first.act(first.at);
      this.#actingAt = undefined;
    }
  }

  clear(): void {
    this.#heap.length = 0;
  }

  #push(entry: Entry): void {
    this.#heap.push(entry);
    let at = this.#heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const child = right < this.#heap.length && this.#isBefore(right, left) ? right : left;
      if (child >= this.#heap.length || !this.#isBefore(child, at)) return;
      this.#swap(at, child);
      at = child;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) return false;
    return one.at === other.at ? one.order < other.order : one.at < other.at;
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) return;
    this.#heap[a] = other;
    this.#heap[b] = one;
  }
}
