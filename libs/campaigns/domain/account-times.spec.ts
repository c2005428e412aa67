import type { Intent } from '@springtide/effects/domain';
import { accountTimes } from './account-times.js';

const DECLARED = { bootMs: 45_000, createCallMs: 120 };
const at = (seconds: number) => new Date(Date.UTC(2026, 5, 18) + seconds * 1_000).toISOString();

/** A purchase whose cloud said yes after `call` seconds, and whose machines ran after each of `boots`. */
function bought(start: number, call: number, boots: readonly (number | null)[]): Intent {
  const items = boots.map((boot) => ({
    acceptedAt: at(start + call),
    runningAt: boot === null ? null : at(start + call + boot),
  }));
  return { sentAt: at(start), deadline: at(start + 10), items } as unknown as Intent;
}

describe('what the ledger knows of an account’s times', () => {
  it('is what was measured, where there is enough of it', () => {
    const many = Array.from({ length: 40 }, (_, n) => bought(n * 100, 1 + (n % 4), [n + 1, null]));
    const { boot, createCall } = accountTimes(many, DECLARED);
    expect(boot.evidence).toEqual({
      ...{ basis: 'measured', measurements: 40, p50Seconds: 20, p95Seconds: 38 },
      ...{ since: at(1), until: at(39 * 100 + 4) },
    });
    expect(boot.timesMs).toEqual(Array.from({ length: 40 }, (_, n) => (n + 1) * 1_000));
    expect(createCall.evidence).toMatchObject({ basis: 'measured', p50Seconds: 2, p95Seconds: 4 });
  });

  it('is what is declared, where too little was measured, and says how little', () => {
    const few = Array.from({ length: 19 }, (_, n) => bought(n * 100, 1, [500]));
    const { boot, createCall } = accountTimes(few, DECLARED);
    expect(boot.timesMs).toEqual([45_000]);
    expect(boot.evidence).toMatchObject({
      basis: 'declared',
      measurements: 19,
      p50Seconds: 45,
      p95Seconds: 45,
    });
    expect(createCall.evidence).toMatchObject({ basis: 'declared', measurements: 19, p50Seconds: 0.12 });
    expect(accountTimes([], DECLARED).boot.evidence).toMatchObject({ since: null, until: null });
  });

  it('takes no call for slow whose answer was only found later', () => {
    const late = Array.from({ length: 30 }, (_, n) => bought(n * 100, 60, [30]));
    expect(accountTimes(late, DECLARED).createCall.evidence).toMatchObject({
      basis: 'declared',
      measurements: 0,
    });
  });

  it('keeps the course of very many, newest first', () => {
    const old = Array.from({ length: 50 }, (_, n) =>
      bought(
        n,
        1,
        Array.from({ length: 20 }, () => 900),
      ),
    );
    const now = Array.from({ length: 100 }, (_, n) =>
      bought(
        1e6 + n,
        1,
        Array.from({ length: 20 }, (_each, m) => n + m),
      ),
    );
    const { boot } = accountTimes([...old, ...now], DECLARED);
    expect(boot.evidence.measurements).toBe(2_000);
    expect(boot.timesMs).toHaveLength(100);
    expect(Math.max(...boot.timesMs)).toBeLessThan(900_000);
  });
});
