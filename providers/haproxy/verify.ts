import { addMs, asSpringtideError, type Instant } from '@springtide/kernel';
import type { AccountReport } from '@springtide/provider-kit';
import type { HaproxyAccount } from './account.js';
import type { RuntimeApi } from './runtime-api.js';
import type { RuntimeConnection } from './runtime-connection.js';

const PATIENCE_MS = 5_000;

/** Tries what a shift will need, without changing anything: level admin, dynamic servers, and every backend. */
export async function verifyProxy(
  account: HaproxyAccount,
  api: RuntimeApi,
  at: Instant,
): Promise<AccountReport> {
  return api.converse({ deadline: addMs(at, PATIENCE_MS) }, async (connection, leftMs) => {
    const info = await connection.query('show info', leftMs());
    const version = /^Version: (.+)$/m.exec(info)?.[1] ?? 'unknown version';
    const node = /^node: (.+)$/m.exec(info)?.[1] ?? account.host;
    const permissions = [await adminLevel(connection, leftMs())];
    for (const [route, { backend }] of Object.entries(account.routes)) {
      permissions.push({
        action: `backend ${backend}`,
        granted: await answers(connection, `show servers state ${backend}`, leftMs()),
        neededFor: `route ${route}`,
      });
    }
    return {
      identity: `${node} at ${account.host}:${account.port}`,
      regions: [],
      permissions,
      product: `HAProxy ${version}`,
    };
  });
}

/** A server that cannot exist is asked for: at level admin it is not found, below that permission is denied. */
async function adminLevel(
  connection: RuntimeConnection,
  leftMs: number,
): Promise<AccountReport['permissions'][number]> {
  const granted = await connection.change('del server springtide-probe/none', leftMs).then(
    () => true,
    (thrown: unknown) => asSpringtideError(thrown).code === 'not-found',
  );
  return { action: 'level admin, dynamic servers', granted, neededFor: 'moving traffic' };
}

async function answers(connection: RuntimeConnection, command: string, leftMs: number): Promise<boolean> {
  try {
    await connection.query(command, leftMs);
    return true;
  } catch (thrown) {
    if (asSpringtideError(thrown).code === 'not-found') return false;
    throw thrown;
  }
}
