import type { SchemaPart } from '@springtide/platform';
import { CameBack1763910070000 } from './data/came-back.migration.js';
import { CampaignEntity, PlanEntity, RunEntity } from './data/campaign.entity.js';
import { Campaigns1760000070000 } from './data/campaigns.migration.js';
import { DemandReadings1763820070000 } from './data/demand-reading.migration.js';
import { RehearsalEvidence1763860070000 } from './data/rehearsal-evidence.migration.js';
import { Rehearsals1763830070000 } from './data/rehearsal.migration.js';
import { StorySentences1763880070000 } from './data/story-sentences.migration.js';
import { SummarySentences1763881070000 } from './data/summary-sentences.migration.js';
import { SurgePhase1763834070000 } from './data/surge-phase.migration.js';
import { WayBack1763810070000 } from './data/way-back.migration.js';

export { BillOrders } from './bill-orders.js';
export { CampaignsModule, type CampaignsImports } from './campaigns.module.js';
export { CampaignsService } from './campaign.service.js';
export { DemandWatch } from './demand-watch.service.js';
export { tellRunsOfOrphans } from './ended-orphans.js';
export { EntranceKeeper } from './entrance-keeper.service.js';
export { GroupReturns } from './group-return.service.js';
export { groupRunsSince } from './group-runs.js';
export { PlanSolver } from './plan-solver.js';
export { PlanComparisons } from './plan-comparison.service.js';
export { PlansService } from './plan.service.js';
export { Provisioning, type Heartbeat } from './provisioning.service.js';
export { ProbeDesk } from './probe-desk.service.js';
export { ReadinessGate } from './readiness-gate.service.js';
export { RehearsalService } from './rehearsal.service.js';
export { ShareRehearsals } from './share-rehearsal.service.js';
export { ReportService } from './report.service.js';
export { RunBook } from './run-book.js';
export { RunFactsService, type RunFacts } from './run-facts.service.js';
export { RunEngine } from './run-engine.service.js';
export { RunsService } from './run.service.js';
export { groupOf } from './run-machines.js';
export { SafeHolds, type KnownRun } from './safe-hold.service.js';
export { ScaleBack } from './scale-back.service.js';
export { Shifting } from './shifting.service.js';
export { StuckDesk } from './stuck-desk.service.js';
export { WayBackService } from './way-back.service.js';

export const campaignsSchema: SchemaPart = {
  entities: [CampaignEntity, PlanEntity, RunEntity],
  migrations: [
    Campaigns1760000070000,
    WayBack1763810070000,
    DemandReadings1763820070000,
    Rehearsals1763830070000,
    RehearsalEvidence1763860070000,
    SurgePhase1763834070000,
    CameBack1763910070000,
    StorySentences1763880070000,
    SummarySentences1763881070000,
  ],
};
