import { MINUTE, asSpringtideError, msBetween, toInstant, type Clock } from '@springtide/kernel';
import type { Logger, Metrics } from '@springtide/platform';
import type { Client } from '@temporalio/client';

/** Schedules without which things go wrong in silence, and what does. */
const NEEDED: Readonly<Record<string, string>> = {
  reconcile:
    'no account is compared with the books: machines that nobody drives are neither found nor brought back, and cost',
  'audit-seal': 'audit records are not sealed: whoever can write to the database can change them unnoticed',
};
const EVERY_MS = MINUTE;
/** The slowest of them begins every five minutes. */
const LATE_MS = 15 * MINUTE;

export type ScheduleWatchParts = Readonly<{
  schedules: Pick<Client['schedule'], 'getHandle'>;
  metrics: Pick<Metrics, 'scheduleAge'>;
  clock: Clock;
  log: Logger;
}>;

/** Says aloud when a standing schedule was paused, hangs, or begins no more. It does not change it: somebody may have a reason. */
export function startScheduleWatch(parts: ScheduleWatchParts): { stop(): void } {
  const look = () => void Promise.all(Object.keys(NEEDED).map(async (id) => await lookAt(parts, id)));
  const timer = setInterval(look, EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** One look at one schedule. One that is missing is made again by whoever keeps the engine. */
export async function lookAt(
  { schedules, metrics, clock, log }: ScheduleWatchParts,
  id: string,
): Promise<void> {
  try {
    const { info, state } = await schedules.getHandle(id).describe();
    const began = info.recentActions.at(-1)?.takenAt ?? info.createdAt;
    const ageMs = msBetween(toInstant(began), toInstant(clock.now()));
    metrics.scheduleAge.set({ schedule: id }, ageMs / 1_000);
    const facts = { schedule: id, lastBegan: toInstant(began), means: NEEDED[id] };
    if (state.paused)
      log.error(facts, 'a schedule is paused; unpause it: temporal schedule toggle --unpause');
    else if (ageMs > LATE_MS)
      log.error({ ...facts, ...hungIn(info) }, 'a schedule has not begun for too long');
  } catch (thrown) {
    const { code, message } = asSpringtideError(thrown);
    log.warn({ schedule: id, code, reason: message }, 'a schedule could not be looked at; tried again');
  }
}

type Info = Readonly<{ runningActions: readonly Readonly<{ workflow: Readonly<{ workflowId: string }> }>[] }>;

/** A pass that came to no end keeps the next ones from beginning. */
function hungIn({ runningActions: [running] }: Info) {
  if (running === undefined) return {};
  const { workflowId } = running.workflow;
  return { hangs: workflowId, next: `temporal workflow terminate --workflow-id ${workflowId}` };
}
