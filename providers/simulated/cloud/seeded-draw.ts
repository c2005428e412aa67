/** A number 0 ≤ x < 1 that depends on the seed and the keys only: the order of calls does not matter. */
export function draw(seed: string, ...keys: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const character of `${seed}\u0000${keys.join('\u0000')}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return finish(hash) / 0x1_0000_0000;
}

/** FNV alone leaves similar keys close together; this is the avalanche of murmur3. */
function finish(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Time until an event that comes `perHour` times an hour on average; infinite when it never comes. */
export function waitingTimeMs(perHour: number, uniform: number): number {
  return perHour <= 0 ? Number.POSITIVE_INFINITY : (-Math.log(1 - uniform) / perHour) * 3_600_000;
}
