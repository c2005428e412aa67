import { HOUR, MINUTE, SECOND } from '@springtide/kernel';
import type {
  ProviderLimits,
  ProviderManifest,
  ProviderRates,
  ProviderSession,
} from '@springtide/provider-kit';
import { accountSchema, endpointsOf, secretSchema, settingsSchema, type AlibabaAccount } from './account.js';

const limits: ProviderLimits = {
  launchBatch: 100,
  describeBatch: 100,
  terminateBatch: 100,
  // New machines show up in all reads within seconds; the documents promise nothing, so a whole minute is waited.
  visibilityLagMs: 60 * SECOND,
  bootMs: 45 * SECOND,
  // Amounts are there after 24 hours, what they are for after 48.
  billLagMs: 48 * HOUR,
};

/**
 * The vendor counts per interface, region and calendar minute, and shows the numbers only under "API Rate Limits" in each
 * account's Quota Center (alibabacloud.com/help/doc-detail/437902). Calls are therefore defaults of ours, and careful ones;
 * an account that has less is adapted to. That page gives one number for all accounts: 5,000 new machines in a minute.
 * Bills have a published limit of their own, 10 queries a second, and so has the audit trail: 2 a second.
 */
const rates: ProviderRates = {
  read: { most: 300, everyMs: MINUTE, window: 'calendar' },
  mutate: { most: 120, everyMs: MINUTE, window: 'calendar' },
  budgets: {
    'describe-instances': { most: 500, everyMs: MINUTE, window: 'calendar' },
    'instances-run': { counts: 'machines', per: 'account', most: 5_000, everyMs: MINUTE, window: 'calendar' },
    'run-instances': { most: 100, everyMs: MINUTE, window: 'calendar' },
    'delete-instances': { most: 100, everyMs: MINUTE, window: 'calendar' },
    'auto-release-time': { counts: 'machines', most: 300, everyMs: MINUTE, window: 'calendar' },
    'instance-bill': { most: 10, everyMs: SECOND, window: 'sliding' },
    'lookup-events': { per: 'account', most: 2, everyMs: SECOND, window: 'sliding' },
  },
  operations: {
    launch: ['run-instances', 'instances-run'],
    tryLaunch: ['run-instances'],
    // It looks when one of the machines spoils the call.
    terminate: ['delete-instances', 'describe-instances'],
    describe: ['describe-instances'],
    list: ['describe-instances'],
    findByIntent: ['describe-instances'],
    setReleaseTime: ['auto-release-time'],
    listCharges: ['instance-bill'],
    trail: ['lookup-events'],
  },
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
    capacityReservations: { supported: true },
    launchTrial: { supported: true },
    changeFeed: {
      supported: false,
      reason: 'machines are listed; the event bus is another product with its own queue',
    },
    auditTrail: { supported: true },
    managedClusters: { supported: true },
    machineSnapshots: {
      supported: false,
      reason: 'snapshots are of single disks; a machine is not put back to one as a whole',
    },
    matchBySource: { supported: true },
    matchByHeader: { supported: true },
    requestCounters: {
      supported: false,
      reason: 'load balancers are counted in the monitoring product, minutes late, and names see no requests',
    },
  },
  limits,
  rates,
  connect: async (account, context): Promise<ProviderSession> => {
    for (const endpoint of endpointsOf(account)) await context.gate.check(endpoint);
    // Read when the first account connects: who only reads the manifest loads none of it.
    const { openSession } = await import('./session.js');
    return openSession(account, context, limits);
  },
};
