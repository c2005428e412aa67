import { setTimeout as wait } from 'node:timers/promises';

/** Rests for as long as it says, or until the signal. Nothing stays behind at the signal: this is called for ever. */
export async function restUnless(signal: AbortSignal, ms: number): Promise<void> {
  await wait(ms, undefined, { signal }).catch((thrown: unknown) => {
    if (!signal.aborted) throw thrown;
  });
}
