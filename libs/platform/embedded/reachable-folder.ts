import { createHash, randomBytes } from 'node:crypto';
import { cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { SpringtideError } from '@springtide/kernel';

/** PostgreSQL refuses to run as root; a server started by root runs as "nobody" of every Linux system. */
export const NOBODY = { uid: 65_534, gid: 65_534 };

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * `wanted` itself where the server's user can reach it; otherwise a folder that belongs to `wanted` alone and that it
 * can reach. A checkout under a home of mode 0700 is the usual reason.
 */
export async function reachableFolder(wanted: string): Promise<string> {
  const path = resolve(wanted);
  if (!isRoot() || (await canPass(dirname(path)))) return path;
  const state = await stateFolder();
  return join(state, createHash('sha256').update(path).digest('hex').slice(0, 16));
}

/** The binaries' folder where the server's user may read it, else a copy of it that is made once. */
export async function reachableCopy(folder: string): Promise<string> {
  if (!isRoot() || (await canPass(folder))) return folder;
  // A newer package in the same place must not be served from the copy of the older one.
  const version = (await stat(join(folder, 'bin'))).mtimeMs;
  const target = await reachableFolder(`${folder}@${version}`);
  if (await stat(target).catch(() => undefined)) return target;
  const draft = `${target}.${randomBytes(6).toString('hex')}.part`;
  await cp(folder, draft, { recursive: true, verbatimSymlinks: true });
  await rename(draft, target).catch(async (thrown: unknown) => {
    // Another process was faster: its copy serves as well.
    await rm(draft, { recursive: true, force: true });
    if (!(await stat(target).catch(() => undefined))) throw thrown;
  });
  return target;
}

/** Every folder up to the root must let "others" pass. */
async function canPass(folder: string): Promise<boolean> {
  const info = await stat(folder).catch(() => undefined);
  if (info && (info.mode & 0o001) === 0) return false;
  const parent = dirname(folder);
  return parent === folder || (await canPass(parent));
}

async function stateFolder(): Promise<string> {
  const folder = '/var/tmp/springtide-root';
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const info = await stat(folder);
  if (info.uid === 0 && (info.mode & 0o022) === 0) return folder;
  throw new SpringtideError(
    'failed-precondition',
    `${folder} belongs to somebody else; nothing was started`,
    {
      nextStep: `Remove ${folder}, or set SPRINGTIDE_DATABASE_URL to a PostgreSQL of your own.`,
    },
  );
}
