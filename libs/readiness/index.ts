import type { SchemaPart } from '@springtide/platform';
import { ReadinessAttestation1764370000000 } from './data/attestation.migration.js';
import { ProbeEntity } from './data/probe.entity.js';
import { ReadinessProbes1764400000000 } from './data/probe.migration.js';
import { Readiness1763810000000 } from './data/readiness.migration.js';

export { ReadinessModule, type ReadinessImports } from './readiness.module.js';
export { ProbeMachines } from './probe-machines.js';
export { ProbeService, type ProbeParts } from './probe.service.js';
export { ReadinessService, type AttestationRequest, type OverrideRequest } from './readiness.service.js';

export const readinessSchema: SchemaPart = {
  entities: [ProbeEntity],
  migrations: [Readiness1763810000000, ReadinessAttestation1764370000000, ReadinessProbes1764400000000],
};
