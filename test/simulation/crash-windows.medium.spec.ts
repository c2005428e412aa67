import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MINUTE = 60_000;

/** Every step and window once, on one cloud after the other; `crash-windows.main.ts` tells every point on every cloud. */
describe('a death in every window of every step', () => {
  it(
    'leaves nothing that the oracle objects to',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'crash-windows-'));
      const { code, text } = await told('--sample', '--out', join(folder, 'cells.json'));
      await rm(folder, { recursive: true });
      process.stdout.write(text);
      const counts = /all clouds: (\d+) stories, (\d+) hold, (\d+) not reached, 0 broken/.exec(text);
      const [, stories = 0, hold = 0, missed = 0] = counts?.map(Number) ?? [];
      expect(stories).toBeGreaterThan(95);
      expect(hold + missed).toBe(stories);
      expect(missed).toBe(0);
      for (const pass of [1, 2, 3]) expect(text).toMatch(new RegExp(`reconcile, pass ${pass} .*w2 1/1`));
      expect(code).toBe(0);
    },
    5 * MINUTE,
  );
});

async function told(...args: string[]): Promise<{ code: number | null; text: string }> {
  const main = join(import.meta.dirname, 'crash-windows.main.ts');
  const child = spawn(process.execPath, ['--import', './scripts/typescript-hooks.mjs', main, ...args], {
    cwd: join(import.meta.dirname, '..', '..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const over = new Promise<number | null>((done) => child.once('exit', done));
  let text = '';
  for await (const part of child.stdout) text += String(part);
  return { code: await over, text };
}
