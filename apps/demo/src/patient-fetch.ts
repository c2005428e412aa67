import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { FetchAnswer, FetchLike } from '@springtide/contracts';

const PAUSE_MS = 500;

/**
 * `fetch` for a server that may be starting again: repeats what was not answered, with the same idempotency key, so
 * that nothing is done twice. After `patienceMs` the caller gets what there is.
 */
export function patientFetch(fetch: FetchLike, patienceMs = 60_000): FetchLike {
  return async (url, init) => {
    const headers =
      init.method === 'GET' ? init.headers : { 'idempotency-key': randomUUID(), ...init.headers };
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const answer = await attempt(fetch, url, { ...init, headers });
      const impatient = performance.now() > deadline;
      if (!(answer instanceof Error)) {
        if (impatient || !worthRepeating(answer)) return answer;
      } else if (impatient) {
        throw answer;
      }
      await wait(PAUSE_MS);
    }
  };
}

async function attempt(
  fetch: FetchLike,
  url: string,
  init: Parameters<FetchLike>[1],
): Promise<FetchAnswer | Error> {
  try {
    const answer = await fetch(url, init);
    // A connection can also break in the middle of the body.
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text: async () => text };
  } catch (thrown) {
    return thrown instanceof Error ? thrown : new Error(String(thrown));
  }
}

/** The server says that it cannot now, or that the first attempt of the same request is still at work. */
function worthRepeating(answer: FetchAnswer): boolean {
  if (answer.status === 503 || answer.status === 429) return true;
  return answer.status === 409 && answer.headers.get('retry-after') !== null;
}
