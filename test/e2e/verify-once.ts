import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Verdict } from '@springtide/oracle';
import { nodeArguments } from '../yard/tools/node-arguments.js';
import type { Stage } from './stage.js';

type Looked = Readonly<{ exitCode: number; verdicts: readonly Verdict[] }>;

/** `springtide verify --once --json` as an operator runs it, through the accounts that are registered. */
export async function verifyOnce(stage: Stage): Promise<Looked> {
  const program = nodeArguments(join(import.meta.dirname, '../../apps/worker/src'), 'main');
  const env = { ...process.env, ...stage.environment };
  return await new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [...program, 'verify', '--once', '--json'],
      { env, cwd: tmpdir(), maxBuffer: 16 * 1024 * 1024 },
      (thrown, stdout, stderr) => {
        const line = stdout.split('\n').find((text) => text.startsWith('{"at"'));
        if (line === undefined) {
          reject(new Error(`nothing was judged: ${stderr}${stdout}`, { cause: thrown }));
          return;
        }
        const { verdicts } = JSON.parse(line) as Looked;
        const exitCode = typeof thrown?.code === 'number' ? thrown.code : 0;
        resolve({ exitCode, verdicts });
      },
    );
  });
}
