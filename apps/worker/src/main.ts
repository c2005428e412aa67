import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { loadConfig, type Config } from '@springtide/config';
import { asSpringtideError } from '@springtide/kernel';
import {
  Database,
  Metrics,
  createEndpointGate,
  createLogger,
  localKeyRing,
  systemClock,
} from '@springtide/platform';
import { loadManifests } from '@springtide/provider-kit';
import { providers as registry } from '@springtide/providers';
import { schemaParts } from '@springtide/schema';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { startWorker } from './worker-process.js';

async function main(): Promise<void> {
  const config = loadConfig();
  const log = createLogger({ name: 'worker', level: config.log.level });
  // The engine's own log goes to ours; signals are handled here, once.
  const logger = new DefaultLogger('WARN', ({ level, message }) => {
    log[level === 'ERROR' ? 'error' : 'warn']({ engine: 'temporal' }, message);
  });
  Runtime.install({ shutdownSignals: [], logger });
  const { url, appUrl = url, systemUrl = url, poolSize } = config.database;
  const database = await Database.connect({ app: appUrl, system: systemUrl }, schemaParts(), poolSize);
  const metrics = new Metrics('worker');
  metrics.collectProcess();
  const gate = createEndpointGate({
    openHostPorts: config.endpoints.open,
    privateRanges: config.endpoints.privateRanges,
  });
  const keyRing = await localKeyRing(config.vault.keyFile);
  const worker = await startWorker({
    config,
    platform: { database, clock: systemClock, log, gate, keyRing, metrics },
    providers: await loadManifests(registry),
    tls: tlsOf(config.temporal),
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => worker.stop());
  log.info({ url: worker.url }, 'the worker takes work');
  process.send?.({ ready: worker.url });
  await worker.running;
  await worker.close();
  await database.close();
}

function tlsOf({ tls, tlsCaFile, tlsCertificateFile, tlsKeyFile }: Config['temporal']) {
  if (!tls) return false;
  const read = (path: string | undefined) => (path === undefined ? undefined : readFileSync(path));
  const [ca, crt, key] = [read(tlsCaFile), read(tlsCertificateFile), read(tlsKeyFile)];
  return {
    ...(ca ? { serverRootCACertificate: ca } : {}),
    ...(crt && key ? { clientCertPair: { crt, key } } : {}),
  };
}

main().then(
  () => process.exit(0),
  (thrown: unknown) => {
    const error = asSpringtideError(thrown);
    process.stderr.write(
      `The worker stopped: ${error.message}\n${error.nextStep ? `${error.nextStep}\n` : ''}`,
    );
    process.exit(1);
  },
);
