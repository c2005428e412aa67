import { WireError } from '../wire/wire-error.js';

/** Calls of the running second by account, region and action; the vendor counts per second too. */
export class RateMeter {
  readonly #seconds = new Map<string, { second: number; calls: number }>();

  clear(): void {
    this.#seconds.clear();
  }

  /** @throws WireError RequestLimitExceeded */
  count(key: string, perSecond: number | null | undefined, nowMs: number): void {
    if (perSecond === null || perSecond === undefined) return;
    const second = Math.floor(nowMs / 1_000);
    const kept = this.#seconds.get(key);
    const calls = kept?.second === second ? kept.calls + 1 : 1;
    this.#seconds.set(key, { second, calls });
    if (calls > perSecond) throw tooMany(calls, perSecond);
  }
}

export function tooMany(calls: number, perSecond: number): WireError {
  return new WireError(
    'RequestLimitExceeded',
    `Your current request times equals to \`${calls}\` in a second, which exceeds the frequency limit ` +
      `\`${perSecond}\` for a second. Please reduce the frequency of calls.`,
  );
}
