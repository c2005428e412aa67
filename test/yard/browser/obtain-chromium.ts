import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const USUAL_FOLDERS = ['/usr/bin', '/usr/local/bin', '/snap/bin'];
const INSTALL_LIMIT_MS = 8 * 60_000;

/**
 * Path of an installed Chromium. Only with SPRINGTIDE_YARD=require, and only as root, a missing one is installed by apt,
 * with a font that can draw Chinese; nothing here touches the machine otherwise.
 */
export async function obtainChromium(onProgress?: (message: string) => void): Promise<string | undefined> {
  const found = await findChromium();
  if (found !== undefined) return found;
  if (process.env['SPRINGTIDE_YARD'] !== 'require' || process.getuid?.() !== 0) return undefined;
  onProgress?.('installing Chromium by apt-get, as SPRINGTIDE_YARD=require asks');
  const options = { timeout: INSTALL_LIMIT_MS, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  await run('apt-get', ['update', '-qq'], options);
  const packages = ['chromium', 'fonts-noto-cjk'];
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options);
  return findChromium();
}

async function findChromium(): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...USUAL_FOLDERS].filter(
    (one) => one !== '',
  );
  for (const name of NAMES) {
    for (const folder of folders) {
      const path = join(folder, name);
      const usable = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (usable) return path;
    }
  }
  return undefined;
}
