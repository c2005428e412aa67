import type { Terminal } from '../session/terminal.js';
import { loadStep } from './load-step.js';

/** Time that passes only while somebody sleeps; what happens in between happens in order. */
class Hours {
  private ms = Date.UTC(2026, 10, 1);
  private readonly due: { at: number; done: () => void }[] = [];

  now = (): Date => new Date(this.ms);

  after(ms: number): Promise<void> {
    return new Promise((done) => {
      this.due.push({ at: this.ms + ms, done });
    });
  }

  sleep = async (ms: number): Promise<void> => {
    const until = this.ms + ms;
    for (;;) {
      const next = this.due.filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.due.splice(this.due.indexOf(next), 1);
      this.ms = Math.max(this.ms, next.at);
      next.done();
      await new Promise((settled) => {
        setImmediate(settled);
      });
    }
    this.ms = until;
  };
}

/** Serves one request after the other, four milliseconds each; `broken` ones with an error. */
function machine(hours: Hours, broken: (n: number) => boolean = () => false) {
  let freeAt = 0;
  let asked = 0;
  return async () => {
    asked += 1;
    const status = broken(asked) ? 503 : 200;
    const now = hours.now().getTime();
    freeAt = Math.max(now, freeAt) + 4;
    await hours.after(freeAt - now);
    return { status, headers: { get: () => null }, text: async () => await Promise.resolve('') };
  };
}

const step = async (
  requestsPerSecond: number,
  hours = new Hours(),
  fetch: Terminal['fetch'] = machine(hours),
) =>
  await loadStep(
    { now: hours.now, sleep: hours.sleep, fetch },
    { url: 'http://m', requestsPerSecond, seconds: 1 },
  );

describe('a machine at one rate', () => {
  it('answers in its own time while it is not full', async () => {
    expect(await step(100)).toEqual({
      ...{ requestsPerSecond: 100, sent: 100, failed: 0, lagMs: 0 },
      latencyMs: 4,
    });
  });

  it('is asked on when it falls behind, and the wait counts', async () => {
    const { sent, failed, latencyMs } = await step(500);
    expect([sent, failed]).toEqual([500, 0]);
    // The 495th leaves after 988 ms and is answered after 1,980.
    expect(latencyMs).toBeGreaterThan(950);
    expect(latencyMs).toBeLessThan(1_010);
  });

  it('has failed where it answers with an error, or not at all', async () => {
    const hours = new Hours();
    const some = await step(
      100,
      hours,
      machine(hours, (n) => n % 10 === 0),
    );
    expect([some.failed, some.latencyMs]).toEqual([10, 10_000]);
    const refused = await step(10, new Hours(), () => Promise.reject(new Error('ECONNREFUSED')));
    expect([refused.failed, refused.latencyMs]).toEqual([10, 10_000]);
    const patience: (number | undefined)[] = [];
    const silent = await step(10, new Hours(), (_url, { giveUpMs }) => {
      patience.push(giveUpMs);
      return new Promise<never>(() => undefined);
    });
    expect(new Set(patience)).toEqual(new Set([10_000]));
    expect([silent.sent, silent.failed]).toEqual([10, 10]);
  });

  it('is told apart from a generator that was late', async () => {
    const hours = new Hours();
    const sleep = async (ms: number) => await hours.sleep(ms + 200);
    const seen = await loadStep(
      { now: hours.now, sleep, fetch: machine(hours) },
      { url: 'http://m', requestsPerSecond: 10, seconds: 1 },
    );
    expect(seen.lagMs).toBeGreaterThanOrEqual(200);
  });
});
