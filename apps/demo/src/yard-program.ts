import { join } from 'node:path';
import { projectRoot } from '../../../test/yard/tools/lane.js';
import { nodeArguments } from '../../../test/yard/tools/node-arguments.js';
import { startProcess } from '../../../test/yard/tools/process.js';
import { screen } from './screen.js';
import type { KeepOptions, Supervisor } from './supervisor.js';

export type YardProgram = Readonly<{
  name: string;
  /** Folder and entry below the project: `test/yard/aws`, `aws-yard.main`. */
  place: string;
  entry: string;
  args: readonly string[];
  logFolder: string;
}>;

const READY_WITHIN_MS = 600_000;

/** Keeps a program of the yard, which says in one JSON line that it is ready and how to reach it: returned. */
export async function keepYardProgram<T>(
  supervisor: Supervisor,
  program: YardProgram,
  options: KeepOptions = {},
): Promise<T> {
  const { name, place, entry, args, logFolder } = program;
  const seen: T[] = [];
  await supervisor.keep(
    name,
    async () =>
      await startProcess({
        name,
        command: process.execPath,
        args: [...nodeArguments(join(projectRoot(), 'dist', place), entry), ...args],
        ready: (line) => {
          if (!line.startsWith('{')) return false;
          seen.push(JSON.parse(line) as T);
          return true;
        },
        readyTimeoutMs: READY_WITHIN_MS,
        logFile: join(logFolder, `${name}.log`),
        onLine: (line) => {
          // Until it is ready it says what it fetches and builds; later lines are for its log.
          if (seen.length === 0 && !line.startsWith('{')) screen.say(`  ${name}: ${line}`);
        },
      }),
    options,
  );
  const [ready] = seen;
  if (ready === undefined) throw new Error(`${name} did not say how to reach it`);
  return ready;
}
