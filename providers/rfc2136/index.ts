import type { AccountReport, Capability, ProviderManifest, ProviderSession } from '@springtide/provider-kit';
import { accountSchema, secretSchema, settingsSchema, type Rfc2136Account } from './account.js';
import { NameServerApi } from './name-server-api.js';
import { Rfc2136Traffic } from './rfc2136-traffic.js';
import { verifyUpdates } from './verify.js';

const noMachines: Capability = { supported: false, reason: 'a name server has no machines' };
const unseen: Capability = { supported: false, reason: 'a name does not see requests' };

export const manifest: ProviderManifest<Rfc2136Account> = {
  id: 'rfc2136',
  title: 'Name server (dynamic updates)',
  kind: 'traffic',
  settingsSchema,
  secretSchema,
  accountSchema,
  endpoints: ({ server }) => [`tcp://${server}`],
  capabilities: {
    idempotencyToken: noMachines,
    batchLaunch: noMachines,
    partialLaunch: noMachines,
    timeToLive: noMachines,
    spot: noMachines,
    stockSignal: noMachines,
    quotaSignal: noMachines,
    matchBySource: unseen,
    matchByHeader: unseen,
    requestCounters: { supported: false, reason: 'a name server counts look-ups, not requests' },
  },
  limits: { launchBatch: 1, describeBatch: 1, terminateBatch: 1, visibilityLagMs: 0, bootMs: 0 },
  rates: { read: { burst: 100, perSecond: 50 }, mutate: { burst: 20, perSecond: 5 } },
  connect: async (account, context): Promise<ProviderSession> => {
    await context.gate.check(`tcp://${account.server}`);
    const api = new NameServerApi(account, context.clock);
    return {
      traffic: new Rfc2136Traffic(account, api, context.clock),
      verify: async (at): Promise<AccountReport> => verifyUpdates(account, api, at),
      close: async () => undefined,
    };
  },
};
