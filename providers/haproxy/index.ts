import type { AccountReport, Capability, ProviderManifest, ProviderSession } from '@springtide/provider-kit';
import { accountSchema, secretSchema, settingsSchema, type HaproxyAccount } from './account.js';
import { HaproxyTraffic } from './haproxy-traffic.js';
import { RuntimeApi } from './runtime-api.js';
import { verifyProxy } from './verify.js';

const noMachines: Capability = { supported: false, reason: 'a proxy carries traffic and has no machines' };

export const manifest: ProviderManifest<HaproxyAccount> = {
  id: 'haproxy',
  title: 'HAProxy (runtime API)',
  kind: 'traffic',
  settingsSchema,
  secretSchema,
  accountSchema,
  endpoints: (account) => [`tcp://${bracketed(account.host)}:${account.port}`],
  capabilities: {
    idempotencyToken: noMachines,
    batchLaunch: noMachines,
    partialLaunch: noMachines,
    timeToLive: noMachines,
    spot: noMachines,
    stockSignal: noMachines,
    quotaSignal: noMachines,
    matchBySource: { supported: true },
    matchByHeader: { supported: true },
    showsDraining: { supported: true },
  },
  limits: { launchBatch: 1, describeBatch: 1, terminateBatch: 1, visibilityLagMs: 0, bootMs: 0 },
  rates: { read: { burst: 100, perSecond: 50 }, mutate: { burst: 50, perSecond: 20 } },
  connect: async (account, context): Promise<ProviderSession> => {
    const api = new RuntimeApi({ host: account.host, port: account.port }, context.clock);
    return {
      traffic: new HaproxyTraffic(account, api, context.clock),
      verify: async (at): Promise<AccountReport> => verifyProxy(account, api, at),
      close: async () => api.close(),
    };
  },
};

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
