import type { PhaseName, PhaseStage, RunRef } from '@springtide/contracts';

export type PhaseInput = RunRef &
  Readonly<{
    phase: PhaseName;
    stage: PhaseStage;
    revision: number;
    services: readonly string[];
    /** How often those that came are joined while others are awaited. Histories of 0.1.0 have none. */
    lookEveryMs?: number;
  }>;

export function refOf({ tenantId, runId, fence }: RunRef): RunRef {
  return { tenantId, runId, fence };
}
