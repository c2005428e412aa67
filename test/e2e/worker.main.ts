import 'reflect-metadata';
import { loadConfig } from '@springtide/config';
import {
  Database,
  Metrics,
  createEndpointGate,
  createLogger,
  databaseClock,
  localKeyRing,
} from '@springtide/platform';
import { providers } from '@springtide/providers';
import { schemaParts } from '@springtide/schema';
import { Runtime, DefaultLogger } from '@temporalio/worker';
import { startWorker } from '../../apps/worker/src/worker-process.js';

/** The worker as its own program starts it, with the workflows of this tree: `worker.main.ts <bundle>`. */
async function main(workflowBundle: string): Promise<void> {
  const config = loadConfig();
  const log = createLogger({ name: 'worker', level: config.log.level });
  Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('ERROR') });
  const { url } = config.database;
  const database = await Database.connect({ app: url, system: url }, schemaParts(), config.database.poolSize);
  const clock = await databaseClock(database, log);
  const gate = createEndpointGate({ openHostPorts: config.endpoints.open, privateRanges: [] });
  const keyRing = await localKeyRing(config.vault.keyFile);
  const manifests = await Promise.all(
    Object.entries(providers).map(async ([id, load]) => [id, (await load()).manifest] as const),
  );
  const worker = await startWorker({
    config,
    platform: { database, clock, log, gate, keyRing, metrics: new Metrics('worker') },
    providers: new Map(manifests),
    tls: false,
    workflowBundle,
  });
  process.once('SIGTERM', () => worker.stop());
  log.info({ url: worker.url }, 'the worker takes work');
  await worker.running;
  await worker.close();
  await database.close();
}

await main(process.argv[2] ?? '');
process.exit(0);
