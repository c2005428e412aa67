import type { ProviderLimits, ProviderManifest } from '@springtide/provider-kit';
import { accountSchema, secretSchema, settingsSchema, type OpenstackAccount } from './account.js';

const limits: ProviderLimits = {
  // One call makes one server; a batch is as many as are made side by side within seconds.
  launchBatch: 20,
  describeBatch: 100,
  terminateBatch: 50,
  // Nova itself shows a server at once; behind several databases an answer can lag.
  visibilityLagMs: 5_000,
  bootMs: 60_000,
};

export const manifest: ProviderManifest<OpenstackAccount> = {
  id: 'openstack',
  title: 'OpenStack',
  kind: 'private-cloud',
  settingsSchema,
  secretSchema,
  accountSchema,
  endpoints: (account) => [account.url],
  capabilities: {
    machineSnapshots: {
      supported: false,
      reason: 'a snapshot of nova is an image: a machine is made anew from it, not put back to it',
    },
    idempotencyToken: {
      supported: false,
      reason:
        'nova has no tokens; a repeated launch is recognised by tags and metadata that follow from the token, and only while its machines exist',
    },
    batchLaunch: { supported: true },
    partialLaunch: { supported: true },
    timeToLive: { supported: false, reason: 'OpenStack has no time-to-live for servers' },
    spot: { supported: false, reason: 'own hosts have no spot market' },
    stockSignal: { supported: true },
    quotaSignal: { supported: true },
    auditTrail: { supported: true },
  },
  limits,
  // OpenStack limits nothing by itself; these keep an API process usable for the people beside us.
  rates: { read: { burst: 40, perSecond: 20 }, mutate: { burst: 20, perSecond: 5 } },
  connect: async (account, context) => {
    const { openOpenstack } = await import('./openstack-session.js');
    return openOpenstack(account, context, limits.visibilityLagMs);
  },
};
