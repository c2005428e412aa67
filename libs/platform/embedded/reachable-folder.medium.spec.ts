import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NOBODY, isRoot, reachableCopy, reachableFolder } from './reachable-folder.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'springtide-reach-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const asRoot = isRoot() ? it : it.skip;

describe('where the server of root keeps its things', () => {
  it('stays where it is when everybody may pass', async () => {
    await chmod(folder, 0o755);
    expect(await reachableFolder(join(folder, 'data'))).toBe(join(folder, 'data'));
  });

  asRoot('is elsewhere under a closed folder, and always at the same place', async () => {
    const wanted = join(folder, 'data');
    const real = await reachableFolder(wanted);
    expect(real).not.toContain(folder);
    expect(await reachableFolder(wanted)).toBe(real);
    expect(await reachableFolder(join(folder, 'other'))).not.toBe(real);
  });

  asRoot('binaries are copied once per version, and the server’s user can run them', async () => {
    const native = join(folder, 'native');
    await mkdir(join(native, 'bin'), { recursive: true });
    await writeFile(join(native, 'bin', 'tool'), '#!/bin/sh\necho reached\n', { mode: 0o755 });
    const copies = await Promise.all([1, 2, 3].map(() => reachableCopy(native)));
    const [copy = ''] = copies;
    try {
      expect(new Set(copies).size).toBe(1);
      expect(await readFile(join(copy, 'bin', 'tool'), 'utf8')).toContain('reached');
      const run = promisify(execFile);
      const { stdout } = await run(join(copy, 'bin', 'tool'), { ...NOBODY, cwd: '/' });
      expect(stdout).toBe('reached\n');
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  });
});
