import { WORKFLOW_QUEUE } from '@springtide/contracts';
import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client } from '@temporalio/client';

type Plan = Readonly<{
  scheduleId: string;
  workflow: string;
  everyMs: number;
  /** Its only argument. */
  input?: unknown;
  /** A start that falls into a pass still running waits for its end; left out: it is skipped. */
  backToBack?: boolean;
}>;

/** Accounts that are new are watched from the next one on. */
function watchFor(forMs: number): Plan {
  return {
    scheduleId: 'inventory-watch',
    workflow: 'watch',
    everyMs: forMs,
    input: { forMs },
    backToBack: true,
  };
}

const STANDARD: readonly Plan[] = [
  { scheduleId: 'reconcile', workflow: 'reconcile', everyMs: 5 * 60_000 },
  { scheduleId: 'routes', workflow: 'keepRoutes', everyMs: 20_000 },
  { scheduleId: 'scaling-groups', workflow: 'returnGroups', everyMs: 60_000 },
  { scheduleId: 'inventory-sync', workflow: 'sync', everyMs: 5 * 60_000 },
  watchFor(2 * 60_000),
  { scheduleId: 'audit-seal', workflow: 'sealAudit', everyMs: 60_000 },
  { scheduleId: 'readiness', workflow: 'readiness', everyMs: 60 * 60_000 },
];

const DEMO: readonly Plan[] = [
  { scheduleId: 'reconcile', workflow: 'reconcile', everyMs: 10_000 },
  { scheduleId: 'routes', workflow: 'keepRoutes', everyMs: 10_000 },
  { scheduleId: 'scaling-groups', workflow: 'returnGroups', everyMs: 10_000 },
  { scheduleId: 'inventory-sync', workflow: 'sync', everyMs: 30_000 },
  watchFor(20_000),
  { scheduleId: 'audit-seal', workflow: 'sealAudit', everyMs: 30_000 },
  { scheduleId: 'readiness', workflow: 'readiness', everyMs: 60_000 },
];

/** A missed pass is not caught up after minutes: the next one sees the same world. */
const CATCH_UP_MS = 60_000;

/** Makes the standing schedules; those that exist are brought up to date. */
export async function ensureSchedules(client: Client, profile: 'standard' | 'demo'): Promise<void> {
  for (const plan of profile === 'demo' ? DEMO : STANDARD) {
    const schedule = scheduleOf(plan);
    try {
      await client.schedule.create({ scheduleId: plan.scheduleId, ...schedule });
    } catch (thrown) {
      if (!(thrown instanceof ScheduleAlreadyRunning)) throw thrown;
      const existing = client.schedule.getHandle(plan.scheduleId);
      await existing.update(({ state }) => ({ state, ...schedule }));
    }
  }
}

function scheduleOf({ scheduleId, workflow, everyMs, input, backToBack }: Plan) {
  const overlap = backToBack ? ScheduleOverlapPolicy.BUFFER_ONE : ScheduleOverlapPolicy.SKIP;
  return {
    spec: { intervals: [{ every: everyMs }] },
    policies: { overlap, catchupWindow: CATCH_UP_MS },
    action: {
      type: 'startWorkflow' as const,
      workflowType: workflow,
      workflowId: scheduleId,
      args: input === undefined ? [] : [input],
      taskQueue: WORKFLOW_QUEUE,
    },
  };
}
