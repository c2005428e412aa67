import { readFileSync } from 'node:fs';
import { loadConfig, type Config } from '@springtide/config';
import { loadManifests } from '@springtide/provider-kit';
import { providers as registry } from '@springtide/providers';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { openPlatform } from './platform-parts.js';
import { startWorker } from './worker-process.js';

/** Takes work until it is told to stop. */
export async function work(): Promise<void> {
  const config = loadConfig();
  const platform = await openPlatform(config, 'worker');
  const { log } = platform;
  // The engine's own log goes to ours; signals are handled here, once.
  const logger = new DefaultLogger('WARN', ({ level, message }) => {
    log[level === 'ERROR' ? 'error' : 'warn']({ engine: 'temporal' }, message);
  });
  Runtime.install({ shutdownSignals: [], logger });
  const worker = await startWorker({
    config,
    platform,
    providers: await loadManifests(registry),
    tls: tlsOf(config.temporal),
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => worker.stop());
  log.info({ url: worker.url }, 'the worker takes work');
  process.send?.({ ready: worker.url });
  await worker.running;
  await worker.close();
  await platform.database.close();
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
