import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateInstance } from './instance-generator.js';

const ROOT = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'planner-bench-'));
const file = join(folder, 'small.json');
writeFileSync(file, JSON.stringify(generateInstance({ classes: 1, pools: 4, phases: 2 }, 1)));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function bench(...args: readonly string[]) {
  const hooks = ['--import', './scripts/typescript-hooks.mjs'];
  const all = [...hooks, 'test/bench/bench.main.ts', 'planner', '--reference', 'never', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { cwd: ROOT, encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('the planner bench', () => {
  it.each<[string, readonly string[], RegExp]>([
    ['a size that is none', ['--size', 'abc,3x4x2'], /"abc" is no size, so nothing was measured/],
    ['a size of nothing', ['--size', '0x4x2'], /"0x4x2" is no size/],
    [
      'a deadline that is none',
      ['--instance', file, '--deadline', 'soon'],
      /"soon" is no time in milliseconds/,
    ],
    ['no seed', ['--seeds', '0'], /"0" is no number of seeds/],
    ['a file that is not there', ['--instance', join(folder, 'none.json')], /ENOENT.*/],
    [
      'a folder that is not there',
      ['--instance', file, '--plan', join(folder, 'no', 'plan.json')],
      /could not be written/,
    ],
  ])('says in a sentence what is wrong with %s, and measures nothing', (_what, args, words) => {
    const { status, stdout, stderr } = bench(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
