import { addMs, asSpringtideError, type Instant } from '@springtide/kernel';
import type { AccountReport, CallOptions } from '@springtide/provider-kit';
import type { PowerdnsAccount } from './account.js';
import type { NameHealth } from './name-health.js';
import type { PowerdnsApi } from './powerdns-api.js';

const PATIENCE_MS = 5_000;

/** Looks for what a shift will need, without changing anything: LUA records, every zone, and the name server. */
export async function verifyNames(
  account: PowerdnsAccount,
  api: PowerdnsApi,
  health: NameHealth | undefined,
  at: Instant,
): Promise<AccountReport> {
  const options = { deadline: addMs(at, PATIENCE_MS) };
  const product = await api.version(options);
  const permissions = [
    { action: 'enable-lua-records', granted: await api.luaRecordsOn(options), neededFor: 'weighted names' },
  ];
  for (const [route, { zone, name }] of Object.entries(account.routes)) {
    const granted = await isPrimary(api, zone, options);
    permissions.push({ action: `write zone ${zone}`, granted, neededFor: `route ${route}` });
    if (health === undefined) continue;
    const answers = await health.up(`_up.${name}`, options).then(
      () => true,
      () => false,
    );
    permissions.push({
      action: `ask ${account.nameServer} for ${name}`,
      granted: answers,
      neededFor: 'health',
    });
  }
  return { identity: `${account.server} at ${account.url}`, regions: [], permissions, product };
}

/** A copy of a zone takes no changes. */
async function isPrimary(api: PowerdnsApi, zone: string, options: CallOptions): Promise<boolean> {
  try {
    return !/^(slave|secondary|consumer)$/i.test(await api.zoneKind(zone, options));
  } catch (thrown) {
    if (asSpringtideError(thrown).code === 'not-found') return false;
    throw thrown;
  }
}
