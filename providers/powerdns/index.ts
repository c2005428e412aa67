import type { AccountReport, Capability, ProviderManifest, ProviderSession } from '@springtide/provider-kit';
import { accountSchema, secretSchema, settingsSchema, type PowerdnsAccount } from './account.js';
import { NameHealth } from './name-health.js';
import { PowerdnsApi } from './powerdns-api.js';
import { PowerdnsTraffic } from './powerdns-traffic.js';
import { verifyNames } from './verify.js';

const noMachines: Capability = { supported: false, reason: 'a name server has no machines' };
const unseen: Capability = { supported: false, reason: 'a name does not see requests' };

export const manifest: ProviderManifest<PowerdnsAccount> = {
  id: 'powerdns',
  title: 'PowerDNS (weighted names)',
  kind: 'traffic',
  settingsSchema,
  secretSchema,
  accountSchema,
  endpoints: ({ url, nameServer }) => [url, ...(nameServer === undefined ? [] : [`tcp://${nameServer}`])],
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
    const dispatcher = context.gate.dispatcher();
    const api = new PowerdnsApi(account, dispatcher, context.clock);
    const { nameServer } = account;
    const health = nameServer === undefined ? undefined : new NameHealth(nameServer, context.clock);
    return {
      traffic: new PowerdnsTraffic(account, api, health, context.clock),
      verify: async (at): Promise<AccountReport> => verifyNames(account, api, health, at),
      close: async () => dispatcher.destroy(),
    };
  },
};
