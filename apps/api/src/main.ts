import 'reflect-metadata';
import { loadConfig, type Config } from '@springtide/config';
import { TenantService, bootstrapInstallation } from '@springtide/identity';
import { SpringtideError, asSpringtideError } from '@springtide/kernel';
import {
  Database,
  Metrics,
  createLogger,
  databaseClock,
  migrate,
  systemClock,
  type Logger,
} from '@springtide/platform';
import { loadManifests } from '@springtide/provider-kit';
import { providers as registry } from '@springtide/providers';
import { schemaParts } from '@springtide/schema';
import { startApi } from './composition/api-process.js';
import { temporalCheck } from './composition/temporal-check.js';
import { idempotencySchema } from './idempotency/data/idempotency.migration.js';

async function main(): Promise<void> {
  const config = loadConfig();
  const log = createLogger({ name: 'api', level: config.log.level });
  const database = await openDatabase(config, log);
  await firstStart(config, database);
  const metrics = new Metrics('api');
  metrics.collectProcess();
  const temporal = temporalCheck(config.temporal);
  const providers = await loadManifests(registry);
  const clock = await databaseClock(database, log);
  const api = await startApi({ config, database, clock, log, metrics, providers, checks: [temporal] });
  const toldToEnd = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  log.info({ url: api.url }, 'the API listens');
  process.send?.({ ready: api.url });
  await toldToEnd;
  log.info({}, 'shutting down');
  await api.stop();
  await Promise.all([database.close(), temporal.close()]);
}

async function openDatabase(config: Config, log: Logger): Promise<Database> {
  const { url, appUrl = url, systemUrl = url, poolSize } = config.database;
  const parts = [...schemaParts(), idempotencySchema];
  const applied = await migrate(url, parts);
  if (applied.length > 0) log.info({ migrations: applied.length }, 'the schema was brought up to date');
  return await Database.connect({ app: appUrl, system: systemUrl }, parts, poolSize);
}

/** An empty installation gets its tenant and administrator; the one-day token is shown once, on standard output. */
async function firstStart(config: Config, database: Database): Promise<void> {
  try {
    const { firstToken } = await bootstrapInstallation(database, systemClock, config.identity);
    process.stdout.write(
      `\nFirst administrator: "${config.identity.adminName}", token for one day: ${firstToken}\n\n`,
    );
  } catch (thrown) {
    if (!(thrown instanceof SpringtideError) || thrown.code !== 'already-exists') throw thrown;
    await new TenantService(database, systemClock).refreshBuiltInRoles();
  }
}

main().then(
  // Sessions of clouds keep timers of their own; everything that mattered has been closed.
  () => process.exit(0),
  (thrown: unknown) => {
    const error = asSpringtideError(thrown);
    process.stderr.write(
      `The API did not start: ${error.message}\n${error.nextStep ? `${error.nextStep}\n` : ''}`,
    );
    process.exit(1);
  },
);
