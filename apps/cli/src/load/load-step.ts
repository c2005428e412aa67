import type { Terminal } from '../session/terminal.js';

/** What one machine did at one rate. */
export type LoadStep = Readonly<{
  requestsPerSecond: number;
  sent: number;
  /** Not answered in time, or with an error of the machine. */
  failed: number;
  /** 99th percentile; a failed request counts as the whole patience. */
  latencyMs: number;
  /** How late the latest request left: what is measured with a late generator is the generator. */
  lagMs: number;
}>;

export type LoadOrder = Readonly<{ url: string; requestsPerSecond: number; seconds: number }>;

const PATIENCE_MS = 10_000;
const DRAIN_POLL_MS = 10;

/**
 * One rate for so long. Requests leave when they are due, whatever became of earlier ones, and latency counts from then: a
 * generator that waited for answers would slow down with the machine and measure its own politeness.
 */
export async function loadStep(
  { fetch, now, sleep }: Pick<Terminal, 'fetch' | 'now' | 'sleep'>,
  { url, requestsPerSecond, seconds }: LoadOrder,
): Promise<LoadStep> {
  const ms = () => now().getTime();
  const latencies: number[] = [];
  const sent = Math.max(1, Math.round(requestsPerSecond * seconds));
  let failed = 0;
  let lagMs = 0;
  const ask = async (dueMs: number): Promise<void> => {
    const fine = await answered(fetch, url);
    const latency = ms() - dueMs;
    if (!fine || latency > PATIENCE_MS) failed += 1;
    latencies.push(fine ? Math.min(latency, PATIENCE_MS) : PATIENCE_MS);
  };
  const startsAt = ms();
  for (let n = 0; n < sent; n += 1) {
    const dueMs = startsAt + (n * 1_000) / requestsPerSecond;
    if (ms() < dueMs) await sleep(Math.ceil(dueMs - ms()));
    lagMs = Math.max(lagMs, ms() - dueMs);
    void ask(dueMs);
  }
  const lastMs = ms() + PATIENCE_MS;
  while (latencies.length < sent && ms() < lastMs) await sleep(DRAIN_POLL_MS);
  const silent = sent - latencies.length;
  const all = [...latencies, ...Array.from({ length: silent }, () => PATIENCE_MS)].toSorted((a, b) => a - b);
  const latencyMs = all[Math.min(sent - 1, Math.ceil(sent * 0.99) - 1)] ?? PATIENCE_MS;
  return { requestsPerSecond, sent, failed: failed + silent, latencyMs, lagMs };
}

async function answered(fetch: Terminal['fetch'], url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { method: 'GET', headers: {}, giveUpMs: PATIENCE_MS });
    await answer.text();
    return answer.status < 400;
  } catch {
    // Refused, reset, redirected: whatever it was, the machine did not serve.
    return false;
  }
}
