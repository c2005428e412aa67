import type { ProviderManifest } from '@springtide/provider-kit';
import { accountSchema, secretSchema, settingsSchema, type VsphereAccount } from './account.js';
import { openVsphere } from './vsphere-session.js';

export const manifest: ProviderManifest<VsphereAccount> = {
  id: 'vsphere',
  title: 'VMware vSphere',
  kind: 'private-cloud',
  settingsSchema,
  secretSchema,
  accountSchema,
  endpoints: (account) => [account.url],
  capabilities: {
    idempotencyToken: {
      supported: false,
      reason:
        'vSphere has no tokens; a repeated launch is recognised by names, instance UUIDs and marks that follow from the token, and only while its machines exist',
    },
    batchLaunch: { supported: true },
    partialLaunch: { supported: true },
    timeToLive: { supported: false, reason: 'vSphere has no time-to-live for machines' },
    spot: { supported: false, reason: 'own hosts have no spot market' },
    stockSignal: { supported: true },
    changeFeed: { supported: true },
    auditTrail: { supported: true },
    imagePlacement: { supported: true },
    machineSnapshots: { supported: true },
    quotaSignal: {
      supported: false,
      reason: 'vSphere limits nothing per account; room in the clusters is the limit',
    },
  },
  // A batch is cloned at once, so that it ends with its slowest clone.
  // Inventory is consistent once a task has ended, and lookups wait for tasks: the lag covers clocks and the wire.
  limits: { launchBatch: 20, describeBatch: 100, terminateBatch: 50, visibilityLagMs: 1_000, bootMs: 60_000 },
  // vSphere has no API quota of its own; these keep a vCenter usable for the people beside us.
  // What it queues beyond these many tasks only makes its other users wait.
  rates: {
    read: { burst: 40, perSecond: 20 },
    mutate: { burst: 20, perSecond: 5 },
    budgets: {
      clones: { counts: 'machines', per: 'account', atOnce: 20, typicalMs: 60_000 },
      'power-operations': { counts: 'machines', per: 'account', atOnce: 50, typicalMs: 10_000 },
    },
    operations: { launch: ['mutate', 'clones'], terminate: ['mutate', 'power-operations'] },
  },
  connect: async (account, context) => openVsphere(account, context),
};
