import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@springtide/kernel';

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (ms) => {
    await wait(Math.max(0, ms));
  },
};
