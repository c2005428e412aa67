import type {
  PlanActivities,
  ProvisionActivities,
  RunActivities,
  ScaleBackActivities,
  ShiftActivities,
} from '@springtide/contracts';
import {
  DemandWatch,
  EntranceKeeper,
  PlansService,
  Provisioning,
  RunEngine,
  ScaleBack,
  Shifting,
  WayBackService,
} from '@springtide/campaigns';
import { jobContext } from '@springtide/platform';
import { Context } from '@temporalio/activity';
import { heartbeat } from './failure.js';
import { alive } from './liveness.js';

export function planActivities(plans: PlansService): PlanActivities {
  const context = (tenantId: string, planId: string) => jobContext('planner', tenantId, `plan/${planId}`);
  return {
    refreshMarket: async ({ tenantId, planId }) => {
      await plans.refreshMarket(context(tenantId, planId), planId);
    },
    solvePlan: async ({ tenantId, planId }) => {
      await plans.solve(context(tenantId, planId), planId);
    },
    failPlan: async ({ tenantId, planId, reason }) => {
      await plans.fail(context(tenantId, planId), planId, reason);
    },
  };
}

export function runActivities(
  engine: RunEngine,
  entrances: EntranceKeeper,
  demand: DemandWatch,
): RunActivities {
  return {
    takeOwnership: async ({ tenantId, runId, owner }) => await engine.takeOwnership(tenantId, runId, owner),
    readRun: async ({ tenantId, runId }) => await engine.readRun(tenantId, runId),
    enterPhase: async (input) => {
      await engine.enterPhase(input);
    },
    readOrders: async (input) => await alive(async () => await engine.readOrders(input)),
    planFallback: async (input) => await engine.planFallback(input),
    noteShortage: async (input) => {
      await engine.noteShortage(input);
    },
    noteProblem: async (input) => {
      await engine.noteProblem(input);
    },
    noteSkipped: async (input) => {
      await engine.noteSkipped(input);
    },
    guardTick: async (input) =>
      await alive(async () => {
        const tick = await engine.guardTick(input);
        // While a run waits for a person, nothing of it is changed but its leases.
        if (tick.over || tick.held) return tick;
        // An entrance that cannot be mended must not hide what it takes.
        const looks = await Promise.allSettled([
          entrances.keep(input),
          ...(input.between === true ? [] : [demand.look(input)]),
        ]);
        const failed = looks.find((look) => look.status === 'rejected');
        if (failed !== undefined) throw failed.reason;
        return tick;
      }),
    notePhaseReached: async (input) => {
      await engine.notePhaseReached(input);
    },
  };
}

export function provisionActivities(provisioning: Provisioning): ProvisionActivities {
  return {
    launchBatch: async (input) => await alive(async () => await provisioning.launchBatch(input, heartbeat)),
    awaitRunning: async (input) => await alive(async () => await provisioning.awaitRunning(input, heartbeat)),
  };
}

export function shiftActivities(
  shifting: Shifting,
): ShiftActivities & Pick<ScaleBackActivities, 'sendTrafficHome'> {
  return {
    joinRoute: async (input) => await alive(async () => await shifting.joinRoute(input, heartbeat)),
    planShift: async (input) => await alive(async () => await shifting.planShift(input)),
    shiftStep: async (input) => await alive(async () => await shifting.shiftStep(input, heartbeat)),
    rollBackShift: async (input) => {
      await alive(async () => {
        await shifting.rollBackShift(input);
      });
    },
    leaveRoute: async (input) => {
      await alive(async () => {
        await shifting.leaveRoute(input);
      });
    },
    sendTrafficHome: async (input) => {
      await alive(async () => {
        await shifting.sendTrafficHome(input);
      });
    },
  };
}

/** After so many attempts somebody should look, though trying goes on. */
const STUCK_AFTER = 8;

export function scaleBackActivities(
  scaleBack: ScaleBack,
  wayBack: WayBackService,
  settle: (run: { tenantId: string; runId: string }) => Promise<void>,
): Omit<ScaleBackActivities, 'sendTrafficHome'> {
  const patient = async <T>(
    run: { tenantId: string; runId: string; fence: number },
    work: () => Promise<T>,
  ) => {
    try {
      return await alive(work);
    } catch (thrown) {
      const { attempt } = Context.current().info;
      if (attempt === STUCK_AFTER) {
        const reason = thrown instanceof Error ? thrown.message : String(thrown);
        await scaleBack.reportStuck({ ...run, reason });
      }
      throw thrown;
    }
  };
  return {
    beginScaleBack: async (input) => await alive(async () => await scaleBack.begin(input)),
    releaseMachines: async (input) =>
      await patient(input, async () => await scaleBack.releaseMachines(input)),
    confirmGone: async (input) => await patient(input, async () => await scaleBack.confirmGone(input)),
    verifyAbsence: async (input) => await patient(input, async () => await scaleBack.verifyAbsence(input)),
    beginWayBack: async (input) => await alive(async () => await wayBack.begin(input)),
    lookAtWayBack: async ({ phase, ...run }) =>
      await patient(run, async () => await wayBack.look(run, phase)),
    closeRun: async (input) => {
      await scaleBack.close(input);
      await settle(input);
    },
    reportStuck: async (input) => {
      await scaleBack.reportStuck(input);
    },
  };
}
