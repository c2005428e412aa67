import { setTimeout as wait } from 'node:timers/promises';
import { ApiProblem, routes, type ApiClient, type RunBody } from '@springtide/contracts';
import type { KillMoment } from './options.js';
import { paint, screen } from './screen.js';
import type { Supervisor } from './supervisor.js';

const EVERY_MS = 700;

/** Tells the run's story as it happens, until it is closed; kills the worker once, at the moment asked for. */
export async function watchRun(
  client: ApiClient,
  runId: string,
  supervisor: Supervisor,
  killAt: KillMoment | null,
): Promise<RunBody> {
  let after = 0;
  let killed = killAt === null;
  for (;;) {
    await wait(EVERY_MS);
    try {
      after = await tell(client, runId, after);
      const run = await client.call(routes.runGet, { params: { id: runId } });
      if (!killed && killAt !== null && isMoment(run, killAt)) {
        killed = true;
        killWorker(supervisor, killAt);
      }
      if (run.closedAt !== null) {
        await tell(client, runId, after);
        return run;
      }
    } catch (thrown) {
      // The API may be starting again; the run goes on without us.
      if (!(thrown instanceof ApiProblem) || (thrown.problem.status !== 503 && thrown.problem.status !== 0))
        throw thrown;
    }
  }
}

async function tell(client: ApiClient, runId: string, after: number): Promise<number> {
  const { items } = await client.call(routes.runTimeline, { params: { id: runId }, query: { after } });
  for (const entry of items) {
    const text = `  ${entry.detail}`;
    screen.say(entry.level === 'info' ? text : paint(entry.level === 'warning' ? 33 : 31, text));
  }
  return items.at(-1)?.id ?? after;
}

function isMoment(run: RunBody, moment: KillMoment): boolean {
  switch (moment) {
    case 'provision':
      return run.pools.some((pool) => pool.requested > 0 && pool.ready < pool.requested);
    case 'hold':
      return run.state === 'holding' && run.phase === 'peak';
    case 'scale-back':
      return run.state === 'scaling-back';
  }
}

function killWorker(supervisor: Supervisor, moment: KillMoment): void {
  const pid = supervisor.pidOf('worker');
  if (pid === undefined) return;
  screen.warn(`Killing the worker (pid ${pid}) with SIGKILL in the middle of ${moment}.`);
  process.kill(pid, 'SIGKILL');
}
