import type { Clock } from '@springtide/kernel';

/** Time that passes only while somebody sleeps on it, and then at once. For clouds that live in this process. */
export class AdvancingClock implements Clock {
  #ms: number;

  constructor(start = '2026-11-11T00:00:00.000Z') {
    this.#ms = Date.parse(start);
  }

  now(): Date {
    return new Date(this.#ms);
  }

  async sleep(ms: number): Promise<void> {
    this.advance(ms);
    await Promise.resolve();
  }

  advance(ms: number): void {
    this.#ms += Math.max(0, ms);
  }
}
