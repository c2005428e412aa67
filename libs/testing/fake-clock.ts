import { parseInstant, type Clock, type Instant } from '@springtide/kernel';

export type FakeClock = Clock &
  Readonly<{
    /** Moves time on and wakes every sleeper that is due, in order. */
    advance(ms: number): Promise<void>;
    /** Total of all sleeps asked for so far. */
    slept(): number;
    /** How many sleep now: what is at work, and waits for something else, is not among them. */
    sleeping(): number;
  }>;

type Sleeper = Readonly<{ at: number; wake: () => void }>;

/** Time stands still until `advance`; with `autoAdvance` a sleep itself moves time on. */
export function fakeClock(start: Instant, options: { autoAdvance?: boolean } = {}): FakeClock {
  let now = parseInstant(start).getTime();
  let total = 0;
  let sleepers: readonly Sleeper[] = [];
  return {
    now: () => new Date(now),
    slept: () => total,
    sleeping: () => sleepers.length,
    sleep: async (ms) => {
      total += ms;
      if (options.autoAdvance) {
        now += Math.max(0, ms);
        return;
      }
      if (ms <= 0) return;
      await new Promise<void>((wake) => {
        sleepers = [...sleepers, { at: now + ms, wake }].toSorted((a, b) => a.at - b.at);
      });
    },
    advance: async (ms) => {
      const end = now + ms;
      for (let next = sleepers[0]; next !== undefined && next.at <= end; next = sleepers[0]) {
        now = next.at;
        sleepers = sleepers.slice(1);
        next.wake();
        // What was woken runs, and may sleep again, before the next one.
        await new Promise((resolve) => setImmediate(resolve));
      }
      now = end;
    },
  };
}
