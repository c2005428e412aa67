export { jobContext, type Actor, type RequestContext } from './context/request-context.js';
export {
  Database,
  migrate,
  type DatabaseUrls,
  type Migration,
  type SchemaPart,
} from './database/database.js';
export { asDatabaseError } from './database/database-error.js';
export { Roles1760000000000, sharedTable, tenantTable } from './database/roles.migration.js';
export type { EndpointGate } from './http/endpoint-gate.js';
export { createLogger, silentLogger, type Logger } from './log/logger.js';
export { databaseClock } from './time/database-clock.js';
export { systemClock } from './time/system-clock.js';
export { canListen, freePort } from './embedded/free-port.js';
export {
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './embedded/postgres.js';
export { cacheRoot, ensureVenv, type VenvRequest } from './embedded/python-venv.js';
export {
  startEmbeddedTemporal,
  temporalBinary,
  temporalTestServerBinary,
  type EmbeddedTemporal,
  type EmbeddedTemporalOptions,
} from './embedded/temporal.js';
export { hashJson, newId, sha256, withIds } from './crypto/digest.js';
export { openSecret, sealSecret, type SecretEnvelope } from './crypto/envelope.js';
export { localKeyRing, type KeyRing, type WrappedKey } from './crypto/key-ring.js';
export { SecretText } from './crypto/secret-text.js';
export { limiterSchema } from './limiter/limiter.migration.js';
export { SharedBooks } from './limiter/shared-books.js';
export { Metrics } from './metrics/metrics.js';
export {
  CLOCK,
  ENDPOINT_GATE,
  KEY_RING,
  LOGGER,
  PlatformModule,
  type PlatformParts,
} from './wiring/platform.module.js';
export {
  Outbox1760000010000,
  outboxLagSeconds,
  overdueMessages,
  postToOutbox,
  relayOutbox,
  type OutboxMessage,
  type OverdueMessage,
} from './outbox/outbox.js';
export { createEndpointGate, type Resolver } from './http/create-endpoint-gate.js';
export type { EndpointPolicy } from './http/endpoint-policy.js';
export { failPoint } from './fail-points/fail-point.js';
export { FAIL_POINTS, type FailPointName } from './fail-points/fail-point-names.js';
