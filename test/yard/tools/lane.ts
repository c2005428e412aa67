import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SpringtideError } from '@springtide/kernel';

/** Set to `require` where everything must be obtained: a lane left out is then a failure. */
const STRICTNESS = 'SPRINGTIDE_YARD';

/**
 * Says whether a lane of tests that needs a real service can run here. One that cannot is written to
 * `var/test-lanes.jsonl`, so that the end of the run names it with the command that would run it.
 * Use: `const suite = yardLane('aws (moto)', yard !== undefined, reason) ? describe : describe.skip`.
 * @throws failed-precondition instead of leaving the lane out when SPRINGTIDE_YARD is `require`.
 */
export function yardLane(
  name: string,
  available: boolean,
  reason = 'its service cannot be had on this machine',
  command = `${STRICTNESS}=require npm test`,
): boolean {
  if (available) return true;
  if (process.env[STRICTNESS] === 'require') {
    throw new SpringtideError('failed-precondition', `the test lane "${name}" must run, but ${reason}`);
  }
  const file = join(projectRoot(), 'var', 'test-lanes.jsonl');
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify({ lane: name, reason, command })}\n`);
  return false;
}

/** What a lane needs, or why it cannot be had here. Whatever else goes wrong is no reason to leave a lane out. */
export async function orReason<T>(starting: Promise<T>): Promise<T | string> {
  return starting.catch((thrown: unknown) => {
    if (thrown instanceof SpringtideError) return thrown.message;
    throw thrown;
  });
}

/** The clone's top folder, from sources as well as from the build output. */
export function projectRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package-lock.json'))) return folder;
    if (folder === dirname(folder)) return process.cwd();
  }
}
