import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

const AGAIN_AFTER_MS = 500;

/** As a person does it: what cannot be had at the moment is asked for again, under the same key, for so long. */
export function patientFetch(forMs: number): typeof fetch {
  return async (address, init) => {
    const headers = new Headers(init?.headers);
    if (!headers.has('idempotency-key')) headers.set('idempotency-key', randomUUID());
    const until = performance.now() + forMs;
    for (;;) {
      const [answer] = await Promise.allSettled([fetch(address, { ...init, headers })]);
      const late = performance.now() > until;
      if (answer.status === 'fulfilled' && (late || !isForTheMoment(answer.value))) return answer.value;
      if (answer.status === 'rejected' && late) throw answer.reason;
      if (answer.status === 'fulfilled') await answer.value.arrayBuffer();
      await wait(AGAIN_AFTER_MS);
    }
  };
}

function isForTheMoment({ status, headers }: Response): boolean {
  return status >= 500 || (status === 409 && headers.has('retry-after'));
}
