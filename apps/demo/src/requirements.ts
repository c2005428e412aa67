import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** @throws with what is missing and how it is had, before anything is started. */
export async function requirePython(): Promise<void> {
  const problem = await run('python3', ['-c', 'import venv, ensurepip']).then(
    () => undefined,
    (thrown: unknown) => thrown as NodeJS.ErrnoException & { stderr?: string },
  );
  if (problem === undefined) return;
  const missing =
    problem.code === 'ENOENT' ? 'Python 3 is missing' : 'Python 3 is here without its venv module';
  throw new Error(
    `${missing}. Temporal’s development server, the public cloud (moto) and the clients that check the clouds ` +
      'from outside come as Python packages. Install it (Debian and Ubuntu: python3 and python3-venv) and start ' +
      'again; nothing was started.',
  );
}
