import { addMs, asSpringtideError, type Instant } from '@springtide/kernel';
import type { AccountReport } from '@springtide/provider-kit';
import type { Rfc2136Account } from './account.js';
import type { NameServerApi } from './name-server-api.js';

const PATIENCE_MS = 5_000;
/** What a server may answer that does not let this key update this zone. */
const REFUSED: ReadonlySet<string> = new Set([
  'permission-denied',
  'unauthenticated',
  'not-found',
  'unsupported',
]);

/** Sends each zone an update that changes nothing: whether key, zone and clock are right shows in the answer. */
export async function verifyUpdates(
  account: Rfc2136Account,
  api: NameServerApi,
  at: Instant,
): Promise<AccountReport> {
  const options = { deadline: addMs(at, PATIENCE_MS) };
  const permissions: AccountReport['permissions'][number][] = [];
  for (const [route, { zone }] of Object.entries(account.routes)) {
    const granted = await api.update({ zone, expected: [], wanted: [] }, options).then(
      () => true,
      (thrown: unknown) => {
        if (REFUSED.has(asSpringtideError(thrown).code)) return false;
        throw thrown;
      },
    );
    permissions.push({ action: `update zone ${zone}`, granted, neededFor: `route ${route}` });
  }
  const product = (await api.product(options)) ?? 'a name server that does not tell its version';
  return { identity: `key ${account.keyName} at ${account.server}`, regions: [], permissions, product };
}
