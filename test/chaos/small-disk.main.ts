import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startEmbeddedPostgres } from '@springtide/platform';

/** PostgreSQL on a small disk that only this process, in its own mount namespace, has; prints its address. */
const [, , folder = '', mebibytes = ''] = process.argv;
await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=755`, 'tmpfs', folder]);
await chmod(folder, 0o755);
const server = await startEmbeddedPostgres({ dir: join(folder, 'postgres') });
process.stdout.write(`ready ${server.url}\n`);
// The server alone does not keep this process alive.
const alive = setInterval(() => undefined, 60_000);
process.once('SIGTERM', () => {
  clearInterval(alive);
  void server.stop();
});
