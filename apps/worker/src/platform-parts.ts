import type { Config } from '@springtide/config';
import {
  Database,
  Metrics,
  createEndpointGate,
  createLogger,
  databaseClock,
  localKeyRing,
  type PlatformParts,
} from '@springtide/platform';
import { schemaParts } from '@springtide/schema';

/** What every mode of this program stands on. The caller closes the database. */
export async function openPlatform(config: Config, name: 'worker' | 'verifier'): Promise<PlatformParts> {
  const log = createLogger({ name, level: config.log.level });
  const { url, appUrl = url, systemUrl = url, poolSize } = config.database;
  const database = await Database.connect({ app: appUrl, system: systemUrl }, schemaParts(), poolSize);
  const metrics = new Metrics(name);
  metrics.collectProcess();
  const gate = createEndpointGate({
    openHostPorts: config.endpoints.open,
    privateRanges: config.endpoints.privateRanges,
  });
  const keyRing = await localKeyRing(config.vault.keyFile);
  return { database, clock: await databaseClock(database, log), log, gate, keyRing, metrics };
}
