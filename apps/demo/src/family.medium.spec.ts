import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endFamily, livingDemo } from './family.js';

describe('the family of a demo', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'springtide-family-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const startedFor = (place: string) =>
    spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      env: { ...process.env, SPRINGTIDE_DEMO_FOLDER: place },
    });

  it('ends what was started for its folder and nothing else', async () => {
    const [own, other] = [startedFor(folder), startedFor(`${folder}-other`)];
    try {
      const gone = new Promise((resolve) => own.once('exit', (_, signal) => resolve(signal)));
      expect(await endFamily(folder)).toBe(1);
      expect(await gone).toBe('SIGTERM');
      expect(other.exitCode).toBeNull();
      expect(await endFamily(folder)).toBe(0);
    } finally {
      other.kill('SIGKILL');
    }
  });

  it('takes a note of a process that is no demo for a stale one', async () => {
    expect(await livingDemo(folder)).toBeUndefined();
    await writeFile(join(folder, 'demo.pid'), String(process.ppid));
    expect(await livingDemo(folder)).toBeUndefined();
  });
});
