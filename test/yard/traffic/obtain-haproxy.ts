import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Debian keeps it where an unprivileged PATH does not look. */
const USUAL_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];
const INSTALL_LIMIT_MS = 5 * 60_000;

/**
 * Path of an installed HAProxy. Only with SPRINGTIDE_YARD=require, and only as root, a missing one is installed by apt;
 * nothing here touches the machine otherwise.
 */
export async function obtainHaproxy(onProgress?: (message: string) => void): Promise<string | undefined> {
  const found = await findHaproxy();
  if (found !== undefined) return found;
  if (process.env['SPRINGTIDE_YARD'] !== 'require' || process.getuid?.() !== 0) return undefined;
  onProgress?.('installing HAProxy by apt-get, as SPRINGTIDE_YARD=require asks');
  const options = { timeout: INSTALL_LIMIT_MS, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  await run('apt-get', ['update', '-qq'], options);
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'haproxy'], options);
  return findHaproxy();
}

async function findHaproxy(): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...USUAL_FOLDERS];
  for (const folder of folders) {
    const path = join(folder, 'haproxy');
    const usable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder !== '' && usable) return path;
  }
  return undefined;
}
