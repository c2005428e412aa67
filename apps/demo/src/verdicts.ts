import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { projectRoot } from '../../../test/yard/tools/lane.js';
import { startProcess } from '../../../test/yard/tools/process.js';
import type { Supervisor } from './supervisor.js';

/** One look, as `springtide verify --json` prints it. */
type Look = Readonly<{
  at: string;
  summary: string;
  verdicts: readonly Readonly<{
    invariant: string;
    outcome: string;
    because: string | null;
    violations: readonly Readonly<{ happened: string }>[];
  }>[];
}>;

export type VerdictReport = Readonly<{
  /** Of the last look, after everything was back. */
  summary: string;
  /** What was violated at any time of the story. */
  violations: readonly string[];
  /** Why some are not judged. */
  notJudged: readonly string[];
}>;

const EVERY = '10s';
const LAST_LOOK_WITHIN_MS = 90_000;

/** Springtide's verifier as a process of its own, from the beginning to the end of the story. */
export class Verdicts {
  readonly #violations = new Set<string>();
  #last: Look | undefined;

  static async begin(
    supervisor: Supervisor,
    folder: string,
    env: Readonly<Record<string, string>>,
  ): Promise<Verdicts> {
    const verdicts = new Verdicts();
    const program = join(projectRoot(), 'dist', 'apps', 'worker', 'src', 'main.js');
    await supervisor.keep(
      'verifier',
      async () =>
        await startProcess({
          name: 'verifier',
          command: process.execPath,
          args: ['--enable-source-maps', program, 'verify', '--every', EVERY, '--json'],
          env,
          ready: (line) => line.startsWith('{"at"'),
          readyTimeoutMs: 60_000,
          logFile: join(folder, 'verifier.log'),
          onLine: (line) => verdicts.#hear(line),
        }),
    );
    return verdicts;
  }

  /** Waits for a look that began after now. */
  async final(): Promise<VerdictReport> {
    const now = new Date().toISOString();
    const deadline = performance.now() + LAST_LOOK_WITHIN_MS;
    const seen: Look[] = [];
    // The second one to end from now on has surely begun since.
    while (seen.length < 2 && performance.now() < deadline) {
      const last = this.#last;
      if (last !== undefined && last.at > now && last !== seen.at(-1)) seen.push(last);
      await wait(200);
    }
    const look = seen.at(1);
    const notJudged = (look?.verdicts ?? []).flatMap(({ invariant, outcome, because }) =>
      outcome === 'not judged' ? [`${invariant}: ${because}`] : [],
    );
    return {
      summary: look?.summary ?? 'the verifier came to no end of its look',
      violations: [...this.#violations],
      notJudged,
    };
  }

  #hear(line: string): void {
    if (!line.startsWith('{"at"')) return;
    const look = JSON.parse(line) as Look;
    this.#last = look;
    for (const { invariant, violations } of look.verdicts) {
      for (const { happened } of violations) this.#violations.add(`${invariant}: ${happened}`);
    }
  }
}
