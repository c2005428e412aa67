import { EffectLedger } from '@springtide/effects';
import { RunsService, StuckDesk } from '@springtide/campaigns';
import { solvePlan } from '@springtide/planning';
import { silentLogger, type Database, type PlatformParts } from '@springtide/platform';
import { Wiring, type ActivityFunction, type TwinClouds, type VirtualTime } from '@springtide/twin';
import { WorkerServices } from '../../../apps/worker/src/services.js';
import { activitiesOf } from '../../../apps/worker/src/worker-process.js';
import { INSTALLATION } from './ids.js';

export type Services = Readonly<{
  ledger: EffectLedger;
  runs: RunsService;
  desk: StuckDesk;
  activities: Readonly<Record<string, ActivityFunction>>;
}>;

/** The services and activities of a worker, over a simulated world. */
export function servicesOver(
  database: Database,
  clock: VirtualTime,
  clouds: TwinClouds,
  profile: 'demo' | 'standard',
): Services {
  const platform = { database, clock, log: silentLogger } as unknown as PlatformParts;
  const config = { installation: { id: INSTALLATION }, policy: { profile } };
  const root = WorkerServices.with(platform, new Map(), config);
  const wiring = new Wiring(root, {
    AccountSessions: clouds,
    // No account but those of the clouds: no clusters whose nodes would have to be emptied.
    AccountService: { list: async () => await Promise.resolve([]) },
    // Nobody judged the world before the start: it is made for this story.
    StartCheck: { requireHolding: async () => await Promise.resolve() },
    // The world stands still while the rest of a run is planned anew.
    ResidualSolver: async (problem: Parameters<typeof solvePlan>[0]) =>
      await clock.outside(solvePlan(problem, { deadlineMs: 60_000, handOver: 'never' })),
    // What a closed run cost, and its report: from rows that this world does not have.
    AfterActionService: { keep: async () => await Promise.resolve() },
    BillCheckService: { look: async () => await Promise.resolve({ waitMs: null }) },
    CampaignCostService: { settleCampaignCost: async () => await Promise.resolve() },
  });
  return {
    ledger: wiring.get(EffectLedger),
    runs: wiring.get(RunsService),
    desk: wiring.get(StuckDesk),
    activities: activitiesOf(wiring, platform),
  };
}
