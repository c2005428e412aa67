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

const RUNS = ['fallback', 'killed', 'stopped', 'success'];
const versions = await readdir(HISTORIES);
const filesOf = async (version: string, run: string) =>
  (await readdir(join(HISTORIES, version)))
    .filter((file) => file.startsWith(`${run}.`))
    .map((file) => join(HISTORIES, version, file));

describe('runs that were recorded', () => {
  it.each(versions)(
    'by %s: the workflows of this tree still go every way that was recorded',
    async (version) => {
      const files = await Promise.all(RUNS.map(async (run) => await filesOf(version, run)));
      // A success, a stop, a fallback and a killed worker, each with its phases and its way back.
      for (const own of files) expect(own.length).toBeGreaterThan(3);
      const { replayed, failed } = await replay(files.flat());
      expect(failed).toEqual([]);
      expect(replayed).toBe(files.flat().length);
    },
    120_000,
  );

  it('are of this version and of at least the one before it', () => {
    expect(versions).toContain('current');
    expect(versions.length).toBeGreaterThan(1);
  });

  it('would show a way that is no longer taken', async () => {
    const recorded = await filesOf('0.1.0', 'success');
    const file = recorded.find((name) => name.endsWith('-scaleBack.json')) ?? '';
    const text = await readFile(file, 'utf8');
    const folder = await mkdtemp(join(tmpdir(), 'springtide-replay-'));
    const changed = join(folder, 'changed.json');
    await writeFile(changed, text.replaceAll('"releaseMachines"', '"keepMachines"'));
    const { failed } = await replay([changed]);
    await rm(folder, { recursive: true });
    expect(failed).toEqual([expect.stringContaining('scale-back:')]);
  }, 60_000);
});
