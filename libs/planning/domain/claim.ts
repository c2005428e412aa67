import type { Allocation } from './allocation.js';
import type { Guide } from './guide.js';
import type { Window } from './improvement.js';
import { at } from './planner-model.js';

const LOOKED_AT = 12;
const MOST_RELEASED = 6;

/**
 * Puts one machine of a class where a scarce cap or limit has room left, and takes out about what it makes superfluous.
 * Rounding leaves such room, and exchanges seldom find the several machines that have to go for it. Returns whether
 * anything was there to claim.
 */
export function claimRoom(
  allocation: Allocation,
  g: number,
  claim: Readonly<{ guide: Guide; window: Window; random: () => number }>,
): boolean {
  const { guide, window, random } = claim;
  const own = allocation.model.pairs.ofClass[g] ?? [];
  let best: number | undefined;
  let most = -Infinity;
  for (let look = 0; look < LOOKED_AT; look += 1) {
    const pair = own[Math.floor(random() * own.length)];
    const worth = pair === undefined ? -Infinity : worthOfRoom(allocation, guide, pair, window);
    if (worth <= most) continue;
    most = worth;
    best = pair;
  }
  if (best === undefined) return false;
  allocation.shift(best, window.from, window.to, 1);
  release(allocation, best, window, random);
  return true;
}

/** The scarcity that a machine would take up in the window, less what it costs beyond its worth. */
function worthOfRoom(allocation: Allocation, guide: Guide, pair: number, { from, to }: Window): number {
  const { pairs, pools, hours, phaseCount: K } = allocation.model;
  const rate = at(pools.rate, at(pairs.poolOf, pair));
  let worth = 0;
  for (let k = from; k <= to; k += 1) {
    if (allocation.limits.room(pair, k) < 1) return -Infinity;
    const running = at(guide.running, pair * K + k);
    const scarcity = Math.max(0, running - rate * at(hours, k));
    worth += scarcity - Math.max(0, running - at(guide.worth, pair * K + k));
  }
  return worth;
}

/** Takes machines of the same class out for the one that came; sometimes fewer units, sometimes more. */
function release(allocation: Allocation, come: number, { from, to }: Window, random: () => number): void {
  const { pairs } = allocation.model;
  const own = pairs.ofClass[at(pairs.classOf, come)] ?? [];
  const used = own.filter((pair) => pair !== come && allocation.removable(pair, from, to) > 0);
  let units = at(pairs.units, come) * (0.5 + random());
  for (let i = 0; i < MOST_RELEASED && units > 0; i += 1) {
    const pair = used[Math.floor(random() * used.length)];
    if (pair === undefined) return;
    if (allocation.removable(pair, from, to) <= 0 || at(pairs.units, pair) > 1.5 * units) continue;
    allocation.shift(pair, from, to, -1);
    units -= at(pairs.units, pair);
  }
}
