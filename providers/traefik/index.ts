import type { AccountReport, Capability, ProviderManifest, ProviderSession } from '@springtide/provider-kit';
import { accountSchema, secretSchema, settingsSchema, type TraefikAccount } from './account.js';
import { TraefikApi } from './traefik-api.js';
import { TraefikTraffic } from './traefik-traffic.js';
import { verifyProxy } from './verify.js';

const noMachines: Capability = { supported: false, reason: 'a proxy carries traffic and has no machines' };

export const manifest: ProviderManifest<TraefikAccount> = {
  id: 'traefik',
  title: 'Traefik (file provider)',
  kind: 'traffic',
  settingsSchema,
  secretSchema,
  accountSchema,
  endpoints: (account) => [account.apiUrl],
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
  },
  limits: { launchBatch: 1, describeBatch: 1, terminateBatch: 1, visibilityLagMs: 0, bootMs: 0 },
  rates: { read: { burst: 100, perSecond: 50 }, mutate: { burst: 20, perSecond: 5 } },
  connect: async (account, context): Promise<ProviderSession> => {
    const dispatcher = context.gate.dispatcher();
    const api = new TraefikApi(account.apiUrl, dispatcher, context.clock);
    return {
      traffic: new TraefikTraffic(account, api, context.clock, context.log),
      verify: async (at): Promise<AccountReport> => verifyProxy(account, api, at),
      close: async () => dispatcher.destroy(),
    };
  },
};
