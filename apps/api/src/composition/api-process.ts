import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Config } from '@springtide/config';
import { AuditService, TokenService } from '@springtide/identity';
import type { Clock } from '@springtide/kernel';
import {
  Database,
  Metrics,
  PlatformModule,
  createEndpointGate,
  localKeyRing,
  type Logger,
} from '@springtide/platform';
import type { ProviderManifest } from '@springtide/provider-kit';
import { AppModule } from '../app.module.js';
import { createEdge } from '../edge.js';
import { gatekeeperOf } from '../gatekeeper.js';
import { Readiness, type ReadinessCheck } from '../health/readiness.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { RunEvents } from '../runs/run-events.js';
import { ServicesModule } from './services.module.js';

export type ProcessParts = Readonly<{
  config: Pick<Config, 'http' | 'vault' | 'endpoints' | 'installation' | 'policy'> &
    Partial<Pick<Config, 'probes'>>;
  database: Database;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  providers: ReadonlyMap<string, ProviderManifest>;
  /** Beside the database. */
  checks: readonly ReadinessCheck[];
}>;

export type ApiProcess = Readonly<{
  /** Where it listens. */
  url: string;
  /** Takes nothing new, ends streams, lets what runs finish, then returns. */
  stop(): Promise<void>;
}>;

const PURGE_EVERY_MS = 60 * 60 * 1_000;

/** The whole API over an open database; several of them may run side by side. */
export async function startApi(parts: ProcessParts): Promise<ApiProcess> {
  const { config, database, clock, log } = parts;
  const readiness = new Readiness([{ name: 'database', check: () => database.ping() }, ...parts.checks]);
  const idempotency = new Idempotency(database, clock, log);
  const app = await createEdge(AppModule.over(await servicesOf(parts, readiness)), {
    log,
    metrics: parts.metrics,
    idempotency,
    gatekeeper: gatekeeperOf(new TokenService(database, clock), new AuditService(database, clock)),
    bodyLimitBytes: config.http.bodyLimitBytes,
    consoleFolder: config.http.consoleFolder,
  });
  await app.listen(config.http.port, config.http.host);
  const purge = setInterval(() => void purgeKeys(idempotency, log), PURGE_EVERY_MS);
  return {
    url: await app.getUrl(),
    stop: async () => {
      clearInterval(purge);
      readiness.drain();
      app.get(RunEvents).end();
      await closeGently(app);
    },
  };
}

async function servicesOf(parts: ProcessParts, readiness: Readiness) {
  const { config, database, clock, log, metrics, providers } = parts;
  const gate = createEndpointGate({
    openHostPorts: config.endpoints.open,
    privateRanges: config.endpoints.privateRanges,
  });
  const keyRing = await localKeyRing(config.vault.keyFile);
  const platform = PlatformModule.of({ database, clock, log, gate, keyRing, metrics });
  const { id: installation } = config.installation;
  const services = ServicesModule.with({
    ...{ providers, installation, policy: config.policy.profile, readiness },
    probeUrl: config.probes?.url,
  });
  return [platform, services];
}

async function purgeKeys(idempotency: Idempotency, log: Logger): Promise<void> {
  try {
    const gone = await idempotency.purge();
    log.debug({ gone }, 'old idempotency keys forgotten');
  } catch (error) {
    log.warn({ error }, 'old idempotency keys could not be forgotten; the next hour tries again');
  }
}

/** Idle connections are closed at once; busy ones get their answer first. */
async function closeGently(app: NestExpressApplication): Promise<void> {
  const server = app.getHttpServer() as { closeIdleConnections(): void; closeAllConnections(): void };
  const impatience = setTimeout(() => server.closeAllConnections(), 10_000);
  const closed = app.close();
  server.closeIdleConnections();
  await closed;
  clearTimeout(impatience);
}
