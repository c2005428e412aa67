import type { SchemaPart } from '@springtide/platform';
import { Abandoned1763810050000 } from './data/abandoned.migration.js';
import { CloudTimers1760000052000 } from './data/cloud-timers.migration.js';
import { Effects1760000050000 } from './data/effects.migration.js';
import { Strangers1763812050000 } from './data/strangers.migration.js';
import { Unanswered1760000051000 } from './data/unanswered.migration.js';

export { readBootTimes } from './data/boot-times.js';
export { MemoryEffectStore } from './data/memory-effect-store.js';
export { PostgresEffectStore, effectTransaction } from './data/postgres-effect-store.js';
export type { EffectStore, EffectTransaction, IntentFilter, StopSwitch } from './effect-store.port.js';
export { DEMO_EFFECTS, STANDARD_EFFECTS, type EffectsPolicy } from './effects-policy.js';
export type { LaunchAnswer, LaunchRequest, LaunchSpec, RefusalCount } from './launch.js';
export { EffectsModule, type EffectsOptions } from './effects.module.js';
export type { TimerTrouble } from './cloud-timers.service.js';
export { ImagePlacement } from './image-placement.service.js';
export { EffectLedger, type CloudDirectory, type LedgerDependencies } from './ledger.service.js';
export { MachineSnapshots } from './machine-snapshots.service.js';
export { MachineLife, liveIds, type ReleaseRequest } from './machine-life.service.js';
export {
  RECONCILER_RUN,
  Reconciler,
  failedPass,
  type Orphan,
  type ReconcileReport,
  type Scope,
  type TellOfOrphan,
} from './reconciler.service.js';

export { TakeBack, type OwnedRun } from './take-back.service.js';
export { StuckEffects, abandonFoundIn, abandonIn } from './stuck.service.js';

export const effectsSchema: SchemaPart = {
  entities: [],
  migrations: [
    Effects1760000050000,
    Unanswered1760000051000,
    CloudTimers1760000052000,
    Abandoned1763810050000,
    Strangers1763812050000,
  ],
};
