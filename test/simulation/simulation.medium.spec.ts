import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const MINUTE = 60_000;
const SEEDS = 500;

/** Each by the command that people use, in processes of its own. */
describe('simulated campaigns', () => {
  it(
    'are the same story whenever the same seed is told',
    async () => {
      const [once, again, other] = [
        await told('--seed', '2'),
        await told('--seed', '2'),
        await told('--seed', '3'),
      ];
      expect(once.text).toMatch(/trace [0-9a-f]{8}/);
      expect(again.text).toBe(once.text);
      expect(other.text).not.toBe(once.text);
    },
    2 * MINUTE,
  );

  it(
    'notice a cloud that breaks its promise about tokens',
    async () => {
      const { code, text } = await told('--seed', '4', '--forgetful');
      expect(text).toContain('BROKEN I3');
      expect(code).toBe(1);
    },
    MINUTE,
  );

  it.each(['whole-listings', 'listings'])(
    'miss %s when they are taken away',
    async (safety) => {
      const { code, text } = await told('--seeds', '60', '--without', safety);
      expect(text).toContain('FAILS: ');
      expect(code).toBe(1);
    },
    2 * MINUTE,
  );

  it(
    'hold in every story that ever failed',
    async () => {
      expect(await told('--corpus')).toMatchObject({ code: 0 });
    },
    2 * MINUTE,
  );

  it(
    `hold in ${SEEDS} seeds`,
    async () => {
      const jobs = String(Math.min(4, availableParallelism()));
      const { code, text } = await told('--seeds', String(SEEDS), '--jobs', jobs);
      expect(text).toContain('all hold');
      expect(code).toBe(0);
    },
    20 * MINUTE,
  );
});

async function told(...args: string[]): Promise<{ code: number | null; text: string }> {
  const root = join(import.meta.dirname, '..', '..');
  const main = join(import.meta.dirname, 'simulate.main.ts');
  const hooks = ['--import', './scripts/typescript-hooks.mjs'];
  const child = spawn(process.execPath, [...hooks, main, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const over = new Promise<number | null>((done) => child.once('exit', done));
  let text = '';
  for await (const part of child.stdout) text += String(part);
  return { code: await over, text };
}
