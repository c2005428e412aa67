import { readFileSync } from 'node:fs';
import { Connection } from '@temporalio/client';
import type { Config } from '@springtide/config';
import type { ReadinessCheck } from '../health/readiness.js';

type TemporalConfig = Config['temporal'];

/** Temporal is not called by requests, but without it nothing that they order happens. */
export function temporalCheck(config: TemporalConfig): ReadinessCheck & { close(): Promise<void> } {
  const connection = Connection.lazy({
    address: config.address,
    tls: tlsOf(config),
    ...(config.apiKey === undefined ? {} : { apiKey: config.apiKey }),
  });
  return {
    name: 'temporal',
    check: async () => {
      await connection.withDeadline(Date.now() + 2_000, () => connection.workflowService.getSystemInfo({}));
    },
    close: async () => {
      await connection.close();
    },
  };
}

function tlsOf({ tls, tlsCaFile, tlsCertificateFile, tlsKeyFile }: TemporalConfig) {
  if (!tls) return false;
  const read = (path: string | undefined): Buffer | undefined =>
    path === undefined ? undefined : readFileSync(path);
  const [ca, crt, key] = [read(tlsCaFile), read(tlsCertificateFile), read(tlsKeyFile)];
  return {
    ...(ca ? { serverRootCACertificate: ca } : {}),
    ...(crt && key ? { clientCertPair: { crt, key } } : {}),
  };
}
