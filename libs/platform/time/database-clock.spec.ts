import { setTimeout as wait } from 'node:timers/promises';
import { silentLogger } from '../log/logger.js';
import { followClock, type FollowedTime } from './database-clock.js';

const HOUR = 3_600_000;
const START = Date.parse('2026-11-11T00:00:00Z');

/** A shared clock and a process; `passes` lets time go by for both. */
function world(tookMs = 0) {
  const state = { shared: START, monotonic: 5_000, fails: false };
  const passes = (ms: number): void => {
    state.shared += ms;
    state.monotonic += ms;
  };
  const followed: FollowedTime = {
    read: async () => {
      passes(tookMs / 2);
      const at = state.shared;
      passes(tookMs / 2);
      if (state.fails) throw new Error('away');
      return await Promise.resolve(at);
    },
    monotonicMs: () => state.monotonic,
    everyMs: 5,
    log: silentLogger,
  };
  return { state, passes, followed };
}

describe('the clock of a process', () => {
  it.each([5 * 60_000, -5 * 60_000, -HOUR])(
    'follows the database, whatever the clock of its process does (%i ms)',
    async (jumpMs) => {
      const { passes, followed, state } = world();
      const clock = await followClock(followed);
      const trueNow = Date.now.bind(Date);
      try {
        Date.now = () => trueNow() + jumpMs;
        passes(HOUR);
        expect(Math.abs(clock.now().getTime() - state.shared)).toBeLessThan(1);
      } finally {
        Date.now = trueNow;
        clock.stop();
      }
    },
  );

  it('takes the middle of the time that a reading took', async () => {
    const { followed, state } = world(400);
    const clock = await followClock(followed);
    expect(clock.now().getTime()).toBe(state.shared);
    clock.stop();
  });

  it('comes back to the database when they drift apart, but not by a reading that was slow or failed', async () => {
    const { followed, state } = world();
    const slow = { on: false };
    const clock = await followClock({
      ...followed,
      read: async () => {
        if (slow.on) state.monotonic += 2_000;
        return await followed.read();
      },
    });
    state.shared += 300;
    await wait(40);
    expect(clock.now().getTime()).toBe(state.shared);
    state.fails = true;
    state.shared += 300;
    await wait(40);
    expect(state.shared - clock.now().getTime()).toBe(300);
    state.fails = false;
    slow.on = true;
    const before = state.monotonic;
    await wait(40);
    expect(state.monotonic).toBeGreaterThan(before);
    expect(clock.now().getTime()).toBe(START + state.monotonic - 5_000 + 300);
    clock.stop();
  });

  it('does not begin without a first reading', async () => {
    const { followed, state } = world();
    state.fails = true;
    await expect(followClock(followed)).rejects.toThrow('away');
  });
});
