import { SECOND } from '@springtide/kernel';
import type { ProviderLimits, ProviderManifest, ProviderSession } from '@springtide/provider-kit';
import { accountSchema, endpointsOf, secretSchema, settingsSchema, type AwsAccount } from './account.js';

export { importPriceList, type PriceList } from './price-list.js';

const limits: ProviderLimits = {
  // EC2 takes more; slices of 100 keep a refusal small and an answer readable.
  launchBatch: 100,
  describeBatch: 1000,
  terminateBatch: 100,
  // EC2 is eventually consistent: new machines show up in all reads within seconds, on bad days after 30 to 90.
  visibilityLagMs: 90 * SECOND,
  bootMs: 45 * SECOND,
};

export const manifest: ProviderManifest<AwsAccount> = {
  id: 'aws',
  title: 'Amazon Web Services',
  kind: 'public-cloud',
  settingsSchema,
  secretSchema,
  accountSchema,
  endpoints: endpointsOf,
  capabilities: {
    idempotencyToken: { supported: true },
    batchLaunch: { supported: true },
    partialLaunch: { supported: true },
    timeToLive: { supported: false, reason: 'EC2 instances have no time-to-live of their own' },
    spot: { supported: true },
    stockSignal: { supported: false, reason: 'AWS does not tell how much on-demand capacity it has' },
    quotaSignal: { supported: true },
    capacityReservations: { supported: true },
    auditTrail: { supported: true },
    managedClusters: { supported: true },
    machineSnapshots: {
      supported: false,
      reason: 'snapshots are of single disks; a machine is not put back to one as a whole',
    },
    matchBySource: { supported: true },
    matchByHeader: { supported: true },
    requestCounters: { supported: false, reason: 'AWS counts requests in metrics that come minutes later' },
  },
  limits,
  // Published per account and region: each action has a bucket of calls, and some one of instances beside it.
  rates: {
    read: { burst: 100, perSecond: 20 },
    mutate: { burst: 50, perSecond: 5 },
    budgets: {
      'run-instances': { burst: 5, perSecond: 2 },
      'instances-run': { counts: 'machines', burst: 1_000, perSecond: 2 },
      'terminate-instances': { burst: 100, perSecond: 5 },
      'instances-terminated': { counts: 'machines', burst: 1_000, perSecond: 20 },
      // CloudTrail's two a second; in a little more than one, since the wire may bring calls closer together.
      'lookup-events': { most: 2, everyMs: 1_050, window: 'sliding' },
    },
    operations: {
      launch: ['run-instances', 'instances-run'],
      terminate: ['terminate-instances', 'instances-terminated'],
      trail: ['lookup-events'],
    },
  },
  connect: async (account, context): Promise<ProviderSession> => {
    for (const endpoint of endpointsOf(account)) await context.gate.check(endpoint);
    // The SDK is large: who only reads the manifest does not load it.
    const { openSession } = await import('./session.js');
    return openSession(account, context, limits);
  },
};
