import { inspect } from 'node:util';
import { SECOND } from '@springtide/kernel';
import type { Bench } from '../bench.js';
import type { AccountInput } from '../harness.js';
import type { Rule } from '../rule.js';

const SKEW_MS = 90 * SECOND;

export const accountRules: readonly Rule[] = [
  {
    id: 'P-01',
    level: 'MUST',
    title: 'verify names who we are, where we may work and what we may do',
    why: 'an account is registered on this report; a missing right found at T-0 is too late',
    check: async (bench) => {
      const report = await bench.client.verify();
      expect(report.identity).not.toBe('');
      expect(report.product).not.toBe('');
      expect(report.regions).toContain(bench.region);
      expect(report.permissions.length).toBeGreaterThan(0);
      for (const permission of report.permissions) {
        expect(permission).toEqual({
          action: expect.stringMatching(/./),
          granted: true,
          neededFor: expect.stringMatching(/./),
        });
      }
    },
  },
  {
    id: 'P-02',
    level: 'MUST',
    title: 'wrong credentials are unauthenticated, and nothing happened',
    why: 'callers page a human for this code and stop; any other code makes them try for ever',
    controls: ['wrongCredentials'],
    check: async (bench) => {
      const error = await bench.refusal(async () => verified(bench, bench.control('wrongCredentials')()));
      expect([error.code, error.effect]).toEqual(['unauthenticated', 'none']);
    },
  },
  {
    id: 'P-03',
    level: 'MUST',
    title: 'an endpoint where nobody listens is unavailable',
    why: 'the account waits and others go on; it is no fault of the credentials',
    controls: ['unreachable'],
    check: async (bench) => {
      const error = await bench.refusal(async () => verified(bench, bench.control('unreachable')()));
      expect(error.code).toBe('unavailable');
    },
  },
  {
    id: 'P-04',
    level: 'SHOULD',
    title: 'verify reports how far the cloud’s clock is from ours',
    why: 'signatures and times-to-live break on skew in ways nobody would guess',
    controls: ['skewClock'],
    check: async (bench) => {
      const undo = await bench.control('skewClock')(SKEW_MS);
      try {
        const { clockSkewMs } = await verified(bench, bench.target.account);
        expect(Math.abs((clockSkewMs ?? 0) - SKEW_MS)).toBeLessThan(5 * SECOND);
      } finally {
        await undo();
      }
    },
  },
  {
    id: 'P-05',
    level: 'MUST',
    title: 'a session that the cloud has ended is renewed without the caller noticing',
    why: 'a campaign outlives every session; an expired one must not look like a lost right',
    controls: ['expireSessions'],
    check: async (bench) => {
      const machine = await bench.running();
      await bench.control('expireSessions')();
      expect(await bench.describe(machine.id)).toMatchObject({ id: machine.id });
      await bench.control('expireSessions')();
      expect(await bench.launch(bench.batch())).toHaveLength(1);
    },
  },
  {
    id: 'P-06',
    level: 'MUST',
    title: 'no error shows a secret, at any depth',
    why: 'errors travel into logs, histories and screens',
    controls: ['wrongCredentials'],
    check: async (bench) => {
      const account = bench.control('wrongCredentials')();
      const secrets = secretTexts(account.secret);
      expect(secrets.length).toBeGreaterThan(0);
      const error = await bench.refusal(async () => verified(bench, account));
      const shown = inspect(error, { depth: 12, showHidden: true }) + JSON.stringify(error);
      for (const secret of secrets) expect(shown).not.toContain(secret);
    },
  },
  {
    id: 'P-07',
    level: 'MUST',
    title: 'settings that do not parse are invalid-argument and say which field',
    why: 'the person who registers an account must know what to correct',
    check: async (bench) => {
      const { secret } = bench.target.account;
      const error = await bench.refusal(async () => bench.connect({ settings: null, secret }));
      expect([error.code, error.effect]).toEqual(['invalid-argument', 'none']);
      expect(error.message).toContain('settings');
    },
  },
  {
    id: 'P-08',
    level: 'MUST',
    title:
      'the manifest is honest: every lack has a reason, every limit is a number that can be planned with',
    why: 'planning and chunking read the manifest as data',
    check: async (bench) => {
      const { capabilities, limits, rates, id } = bench.harness.manifest;
      expect(id).toMatch(/^[a-z][a-z0-9-]*$/);
      for (const capability of Object.values(capabilities)) {
        if (!capability.supported) expect(capability.reason.length).toBeGreaterThan(10);
      }
      expect(limits.launchBatch).toBeLessThanOrEqual(100);
      for (const size of [limits.launchBatch, limits.describeBatch, limits.terminateBatch]) {
        expect(Number.isInteger(size) && size > 0).toBe(true);
      }
      expect(limits.visibilityLagMs).toBeGreaterThanOrEqual(0);
      expect(limits.billLagMs ?? 0).toBeGreaterThanOrEqual(0);
      expect(limits.billLagMs !== undefined).toBe(bench.client.offers('bills'));
      const budgets = { read: rates.read, mutate: rates.mutate, ...rates.budgets };
      for (const budget of Object.values(budgets)) {
        const { counts: _, ...numbers } = budget;
        for (const number of Object.values(numbers)) {
          if (typeof number === 'number') expect(number).toBeGreaterThan(0);
        }
      }
      for (const names of Object.values(rates.operations ?? {})) {
        for (const name of names) expect(Object.keys(budgets)).toContain(name);
      }
    },
  },
  {
    id: 'P-09',
    level: 'MUST',
    title: 'a session can be closed twice, and closing one leaves the others alone',
    why: 'shutdown paths overlap; a worker restart must not log out its neighbours',
    check: async (bench) => {
      const other = await bench.connect(bench.target.account);
      await other.verify();
      await other.close();
      await other.close();
      await expect(bench.client.verify()).resolves.toMatchObject({ identity: expect.any(String) });
    },
  },
];

/** Wrong settings may show at connect or at the first call; both are fine. One attempt: the cloud will not change its mind. */
async function verified(bench: Bench, account: AccountInput) {
  return (await bench.connect(account, { readAttempts: 1 })).verify();
}

function secretTexts(secret: unknown): string[] {
  if (typeof secret === 'string') return secret.length < 4 ? [] : [secret];
  return secret !== null && typeof secret === 'object' ? Object.values(secret).flatMap(secretTexts) : [];
}
