import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nodeArguments } from '../yard/tools/node-arguments.js';
import { HISTORIES } from './record-histories.js';

type Replay = Readonly<{ replayed: number; failed: readonly string[] }>;

async function replay(folder: string): Promise<Replay> {
  const args = [...nodeArguments(import.meta.dirname, 'replay.main'), folder];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Replay;
}

const runs = await readdir(HISTORIES);

describe('runs that were recorded', () => {
  it.each(runs)(
    '%s: the workflows still go the way that was recorded',
    async (run) => {
      const { replayed, failed } = await replay(join(HISTORIES, run));
      expect(failed).toEqual([]);
      expect(replayed).toBeGreaterThan(3);
    },
    60_000,
  );

  it('among them are a success, a stop, a fallback and a killed worker', () => {
    expect(runs.toSorted()).toEqual(['fallback', 'killed', 'stopped', 'success']);
  });

  it('would show a way that is no longer taken', async () => {
    const folder = join(HISTORIES, 'success');
    const file = (await readdir(folder)).find((name) => name.endsWith('-scaleBack.json')) ?? '';
    const text = await readFile(join(folder, file), 'utf8');
    const changed = await mkdtemp(join(tmpdir(), 'springtide-replay-'));
    await writeFile(join(changed, file), text.replaceAll('"releaseMachines"', '"keepMachines"'));
    const { failed } = await replay(changed);
    await rm(changed, { recursive: true });
    expect(failed).toEqual([expect.stringContaining('scale-back:')]);
  }, 60_000);
});
