import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nodeArguments } from '../yard/tools/node-arguments.js';
import { HISTORIES } from './record-histories.js';

type Replay = Readonly<{ replayed: number; failed: readonly string[] }>;

async function replay(files: readonly string[]): Promise<Replay> {
  const args = [...nodeArguments(import.meta.dirname, 'replay.main'), ...files];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Replay;
}

const files = await readdir(HISTORIES);
const runs = [...new Set(files.map((file) => file.replace(/\..*/, '')))];
const filesOf = (run: string) =>
  files.filter((file) => file.startsWith(`${run}.`)).map((file) => join(HISTORIES, file));

describe('runs that were recorded', () => {
  it.each(runs)(
    '%s: the workflows still go the way that was recorded',
    async (run) => {
      const { replayed, failed } = await replay(filesOf(run));
      expect(failed).toEqual([]);
      expect(replayed).toBeGreaterThan(3);
    },
    60_000,
  );

  it('among them are a success, a stop, a fallback and a killed worker', () => {
    expect(runs.toSorted()).toEqual(['fallback', 'killed', 'stopped', 'success']);
  });

  it('would show a way that is no longer taken', async () => {
    const file = filesOf('success').find((name) => name.endsWith('-scaleBack.json')) ?? '';
    const text = await readFile(file, 'utf8');
    const folder = await mkdtemp(join(tmpdir(), 'springtide-replay-'));
    const changed = join(folder, 'changed.json');
    await writeFile(changed, text.replaceAll('"releaseMachines"', '"keepMachines"'));
    const { failed } = await replay([changed]);
    await rm(folder, { recursive: true });
    expect(failed).toEqual([expect.stringContaining('scale-back:')]);
  }, 60_000);
});
