import { execFile } from 'node:child_process';
import { chmod, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Database, migrate, type SchemaPart } from '@springtide/platform';
import type { TestDatabase } from '@springtide/testing';
import { nodeArguments } from '../yard/tools/node-arguments.js';
import { startProcess, type RunningProcess } from '../yard/tools/process.js';

const run = promisify(execFile);

/** What a fresh server, its write-ahead log and its books take, and a little more. */
const MEBIBYTES = 160;
const BLOCK = Buffer.alloc(64 * 1_024);

/** Why no disk can be had here; undefined where it can. */
export async function whyNoDisk(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'mounting a small disk takes root';
  return await run('unshare', ['--mount', 'true']).then(
    () => undefined,
    (thrown: unknown) => `no mount namespace can be made here: ${String(thrown).split('\n')[0]}`,
  );
}

/** A database whose disk can be filled and emptied; nobody outside of its namespace has that disk. */
export class SmallDisk {
  private constructor(
    readonly database: TestDatabase,
    private readonly folder: string,
    private readonly server: RunningProcess,
  ) {}

  static async open(parts: readonly SchemaPart[]): Promise<SmallDisk> {
    const folder = await mkdtemp(join(tmpdir(), 'springtide-small-disk-'));
    await chmod(folder, 0o755);
    let url = '';
    const program = nodeArguments(import.meta.dirname, 'small-disk.main');
    const server = await startProcess({
      name: 'a database on a small disk',
      command: 'unshare',
      args: ['--mount', process.execPath, ...program, folder, String(MEBIBYTES)],
      ready: (line) => {
        url = /^ready (.*)$/.exec(line)?.[1] ?? '';
        return url !== '';
      },
      readyTimeoutMs: 120_000,
    });
    await migrate(url, parts);
    const urls = { app: url, system: url };
    const database = await Database.connect(urls, parts);
    const drop = async (): Promise<void> => {
      await database.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    };
    return new SmallDisk({ database, urls, ownerUrl: url, drop }, folder, server);
  }

  /** To the last byte. */
  async fill(): Promise<void> {
    const ballast = await open(this.#ballast(), 'a');
    try {
      for (let block = BLOCK; block.length > 0;) {
        const { bytesWritten } = await ballast
          .write(block)
          .catch((thrown: NodeJS.ErrnoException) => noRoom(thrown));
        if (bytesWritten === 0) block = block.subarray(0, Math.floor(block.length / 2));
      }
    } finally {
      await ballast.close();
    }
  }

  async empty(): Promise<void> {
    await rm(this.#ballast());
  }

  #ballast(): string {
    return join('/proc', String(this.server.pid), 'root', this.folder, 'ballast');
  }
}

function noRoom(thrown: NodeJS.ErrnoException): { bytesWritten: number } {
  if (thrown.code !== 'ENOSPC') throw thrown;
  return { bytesWritten: 0 };
}
