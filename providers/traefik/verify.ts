import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { addMs, type Instant } from '@springtide/kernel';
import type { AccountReport } from '@springtide/provider-kit';
import type { TraefikAccount } from './account.js';
import type { TraefikApi } from './traefik-api.js';

const PATIENCE_MS = 5_000;

/** Looks for what a shift will need, without changing anything: the folder, the metrics, and every entry point. */
export async function verifyProxy(
  account: TraefikAccount,
  api: TraefikApi,
  at: Instant,
): Promise<AccountReport> {
  const options = { deadline: addMs(at, PATIENCE_MS) };
  const product = await api.version(options);
  const entryPoints = new Set(await api.entryPoints(options));
  const metrics = await api.metrics(options).then(
    (text) => text.includes('traefik_'),
    () => false,
  );
  const writable = await access(account.folder, constants.W_OK | constants.R_OK).then(
    () => true,
    () => false,
  );
  const wanted = Object.entries(account.routes).map(([route, { entryPoint }]) => ({
    action: `entry point ${entryPoint}`,
    granted: entryPoints.has(entryPoint),
    neededFor: `route ${route}`,
  }));
  return {
    identity: `Traefik at ${account.apiUrl}`,
    regions: [],
    permissions: [
      { action: `write ${account.folder}`, granted: writable, neededFor: 'moving traffic' },
      { action: 'read /metrics', granted: metrics, neededFor: 'counting requests per group' },
      {
        action: `entry point ${account.parkingEntryPoint}`,
        granted: entryPoints.has(account.parkingEntryPoint),
        neededFor: 'checking members before they take traffic',
      },
      ...wanted,
    ],
    product,
  };
}
