import { setTimeout as wait } from 'node:timers/promises';
import { ApiProblem, routes, type ApiClient, type CampaignBody, type RunBody } from '@springtide/contracts';
import type { KillMoment } from './options.js';
import { forPeople } from './numbers.js';
import { paint, screen } from './screen.js';
import type { Supervisor } from './supervisor.js';

const EVERY_MS = 700;
/** From the end of the last phase until everything is back, read back and settled; a crash in between included. */
const CLOSED_WITHIN_MS = 150_000;

/**
 * Tells the run's story as it happens, until it is closed; kills the worker once, at the moment asked for.
 * @throws when the run does not close in time.
 */
export async function watchRun(
  client: ApiClient,
  campaign: CampaignBody,
  run: RunBody,
  supervisor: Supervisor,
  killAt: KillMoment | null,
): Promise<void> {
  const endsAt = Date.parse(campaign.phases.at(-1)?.endsAt ?? campaign.createdAt);
  let after = 0;
  let killed = killAt === null;
  let last: RunBody = run;
  while (Date.now() < endsAt + CLOSED_WITHIN_MS) {
    await wait(EVERY_MS);
    try {
      after = await tell(client, run.id, after);
      last = await client.call(routes.runGet, { params: { id: run.id } });
    } catch (thrown) {
      if (!mayPass(thrown)) throw thrown;
      continue;
    }
    if (!killed && killAt !== null && isMoment(last, killAt)) {
      const pid = supervisor.kill('worker');
      killed = pid !== false;
      if (killed)
        screen.warn(`Killed the worker (pid ${String(pid)}) with SIGKILL in the middle of ${killAt}.`);
    }
    if (last.closedAt === null) continue;
    await tell(client, run.id, after);
    return;
  }
  throw new Error(`the run did not close in time; it is ${last.state}: ${last.summary}`);
}

/** Kills what was asked for, on time. Never rejects: a process that is down just then is told, and that is all. */
export function scheduleKills(
  supervisor: Supervisor,
  kills: readonly Readonly<{ process: string; atSeconds: number }>[],
): void {
  for (const { process, atSeconds } of kills) {
    setTimeout(() => {
      const pid = supervisor.kill(process);
      screen.warn(
        pid === false
          ? `${process} was to be killed at ${atSeconds} s, but does not run just then.`
          : `Killed ${process} (pid ${pid}) with SIGKILL, ${atSeconds} s after the start of the engines.`,
      );
    }, atSeconds * 1000).unref();
  }
}

/** The API, or the database behind it, may be starting again; the run goes on without us. */
export function mayPass(thrown: unknown): boolean {
  return thrown instanceof ApiProblem && (thrown.status === 0 || thrown.status >= 500);
}

async function tell(client: ApiClient, runId: string, after: number): Promise<number> {
  const { items } = await client.call(routes.runTimeline, { params: { id: runId }, query: { after } });
  for (const entry of items) {
    const text = `  ${forPeople(entry.detail)}`;
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
