import { RUN_CHANGED, runWorkflowId } from '@springtide/contracts';
import {
  FakeGround,
  startWorkflowDriver,
  type FakePhase,
  type FakeTarget,
  type GroundCall,
  type WorkflowDriver,
} from '@springtide/testing';
import type { WorkflowHandle } from '@temporalio/client';

const CALLS: readonly GroundCall[] = [
  'takeOwnership',
  'readRun',
  'enterPhase',
  'readOrders',
  'planFallback',
  'noteShortage',
  'noteProblem',
  'noteSkipped',
  'guardTick',
  'notePhaseReached',
  'launchBatch',
  'awaitRunning',
  'joinRoute',
  'planShift',
  'shiftStep',
  'rollBackShift',
  'leaveRoute',
  'beginScaleBack',
  'sendTrafficHome',
  'releaseMachines',
  'confirmGone',
  'verifyAbsence',
  'beginWayBack',
  'lookAtWayBack',
  'closeRun',
  'reportStuck',
];

export type RunWorld = Readonly<{
  driver: WorkflowDriver;
  /** A run of its own; its first phase is prepared one unit of time from now. */
  ground(targets: readonly FakeTarget[], names?: readonly FakePhase['name'][]): Promise<[FakeGround, RunIds]>;
  /** Its workflow, to its end. */
  run(ids: RunIds): Promise<unknown>;
  start(ids: RunIds): ReturnType<WorkflowDriver['start']>;
  handle(ids: RunIds): WorkflowHandle;
  stop(): Promise<void>;
}>;

export type RunIds = Readonly<{ tenantId: string; runId: string }>;

/** What a phase is measured in: minutes that fly, or real time. */
const UNIT = { virtual: 60_000, real: 400 } as const;

/**
 * One environment for the runs of a spec; each meets a ground of its own.
 * @param unitMs what a phase is measured in; longer where many runs share the machine.
 */
export async function startRunWorld(
  time: keyof typeof UNIT,
  others: Parameters<typeof startWorkflowDriver>[1] = {},
  unitMs: number = UNIT[time],
): Promise<RunWorld> {
  const grounds = new Map<string, FakeGround>();
  let made = 0;
  const dispatch = (name: GroundCall) => async (input: { runId: string }) => {
    const ground = grounds.get(input.runId);
    if (ground === undefined) throw new Error(`no test knows the run ${input.runId}`);
    return await ground.call(name, input as never);
  };
  const driver = await startWorkflowDriver(time, {
    ...Object.fromEntries(CALLS.map((name) => [name, dispatch(name)])),
    ...others,
  });
  return {
    driver,
    ground: async (targets, names = ['ramp', 'peak']) => {
      made += 1;
      const runId = `run-${made}`;
      const ground = new FakeGround({
        phases: phasesFrom(Date.parse(await driver.now()), unitMs, names),
        unitMs,
        targets,
        now: async () => await driver.now(),
      });
      grounds.set(runId, ground);
      return [ground, { tenantId: 't', runId }];
    },
    run: async (ids) => await driver.execute('run', runWorkflowId(ids.runId), ids),
    start: async (ids) => await driver.start('run', runWorkflowId(ids.runId), ids),
    handle: (ids) => driver.client.workflow.getHandle(runWorkflowId(ids.runId)),
    stop: async () => await driver.stop(),
  };
}

/** What a command does, and whoever else changes what a run is after: truth first, then the news. */
export async function change(
  world: RunWorld,
  ground: FakeGround,
  ids: RunIds,
  to: () => void,
): Promise<void> {
  to();
  ground.revision += 1;
  await world.handle(ids).signal(RUN_CHANGED);
}

/** Each phase lasts until it is reached, however long a busy machine takes; the next one begins then. */
export function lastUntilReached(world: RunWorld, ground: FakeGround, ids: RunIds): void {
  const [first] = ground.phases;
  const far = new Date(Date.parse(first?.startsAt ?? '') + 86_400_000).toISOString();
  ground.phases = ground.phases.map((phase) =>
    phase === first ? { ...phase, endsAt: far } : { ...phase, startsAt: far, endsAt: far },
  );
  ground.on('notePhaseReached', async ({ phase: name }) => {
    const now = await world.driver.now();
    const index = ground.phases.findIndex((phase) => phase.name === name);
    await change(world, ground, ids, () => {
      ground.phases = ground.phases.map((phase, at) => {
        if (at === index) return { ...phase, endsAt: now };
        return at === index + 1 ? { ...phase, prepareAt: now, startsAt: now } : phase;
      });
    });
  });
}

/** Each lasts ten units and is prepared two ahead. */
function phasesFrom(now: number, unit: number, names: readonly FakePhase['name'][]): readonly FakePhase[] {
  const at = (ms: number) => new Date(ms).toISOString();
  return names.map((name, index) => {
    const starts = now + 3 * unit + index * 10 * unit;
    return { name, prepareAt: at(starts - 2 * unit), startsAt: at(starts), endsAt: at(starts + 10 * unit) };
  });
}
