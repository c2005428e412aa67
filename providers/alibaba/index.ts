import { SECOND } from '@springtide/kernel';
import type { ProviderLimits, ProviderManifest, ProviderSession } from '@springtide/provider-kit';
import { accountSchema, endpointsOf, secretSchema, settingsSchema, type AlibabaAccount } from './account.js';

const limits: ProviderLimits = {
  launchBatch: 100,
  describeBatch: 100,
  terminateBatch: 100,
  // New machines show up in all reads within seconds; the documents promise nothing, so a whole minute is waited.
  visibilityLagMs: 60 * SECOND,
  bootMs: 45 * SECOND,
};

export const manifest: ProviderManifest<AlibabaAccount> = {
  id: 'alibaba',
  title: 'Alibaba Cloud',
  kind: 'public-cloud',
  settingsSchema,
  secretSchema,
  accountSchema,
  endpoints: endpointsOf,
  capabilities: {
    idempotencyToken: { supported: true },
    batchLaunch: { supported: true },
    partialLaunch: { supported: true },
    timeToLive: { supported: true },
    spot: { supported: true },
    stockSignal: { supported: true },
    quotaSignal: { supported: true },
    changeFeed: {
      supported: false,
      reason: 'machines are listed; the event bus is another product with its own queue',
    },
    managedClusters: { supported: true },
    matchBySource: { supported: true },
    matchByHeader: { supported: true },
  },
  limits,
  // The vendor counts per interface, region and minute and tells the numbers only in the Quota Center; these are low.
  rates: { read: { burst: 50, perSecond: 10 }, mutate: { burst: 10, perSecond: 3 } },
  connect: async (account, context): Promise<ProviderSession> => {
    for (const endpoint of endpointsOf(account)) await context.gate.check(endpoint);
    // Read when the first account connects: who only reads the manifest loads none of it.
    const { openSession } = await import('./session.js');
    return openSession(account, context, limits);
  },
};
