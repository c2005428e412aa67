import type { CloudClock } from './cloud-clock.js';

type Entry = Readonly<{ at: number; order: number; act: () => void }>;

/** What is going to happen, by time: a binary heap. */
export class Agenda {
  private readonly heap: Entry[] = [];
  private order = 0;

  add(at: number, act: () => void): void {
    this.order += 1;
    const entry = { at, order: this.order, act };
    let index = this.heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = this.heap[parent];
      if (above === undefined || isBefore(above, entry)) break;
      this.heap[index] = above;
      index = parent;
    }
    this.heap[index] = entry;
  }

  /** Does what is due, in order; what that adds too, if it is due. */
  runUntil(now: number, clock: CloudClock): void {
    for (let next = this.heap[0]; next !== undefined && next.at <= now; next = this.heap[0]) {
      this.removeFirst();
      clock.at(next.at, next.act);
    }
  }

  clear(): void {
    this.heap.length = 0;
  }

  private removeFirst(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      const [left, right] = [this.heap[child], this.heap[child + 1]];
      if (left === undefined) break;
      if (right !== undefined && isBefore(right, left)) child += 1;
      const below = this.heap[child] ?? left;
      if (isBefore(last, below)) break;
      this.heap[index] = below;
      index = child;
    }
    this.heap[index] = last;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at === b.at ? a.order < b.order : a.at < b.at;
}
