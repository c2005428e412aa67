import type { SchemaPart } from '@springtide/platform';
import { ReadinessAttestation1764370000000 } from './data/attestation.migration.js';
import { Readiness1763810000000 } from './data/readiness.migration.js';

export { ReadinessModule, type ReadinessImports } from './readiness.module.js';
export { ReadinessService, type AttestationRequest, type OverrideRequest } from './readiness.service.js';

export const readinessSchema: SchemaPart = {
  entities: [],
  migrations: [Readiness1763810000000, ReadinessAttestation1764370000000],
};
