import { HOUR, SECOND } from '@springtide/kernel';
import type {
  AccountReport,
  ProviderLimits,
  ProviderManifest,
  ProviderRates,
  ProviderSession,
} from '@springtide/provider-kit';
import { accountSchema, endpointsOf, secretSchema, settingsSchema, type TencentAccount } from './account.js';

const limits: ProviderLimits = {
  // RunInstances takes 500; describing and ending take 100, and a batch should fit them.
  launchBatch: 100,
  describeBatch: 100,
  terminateBatch: 100,
  // Tencent publishes no figure; new machines have been listed within seconds, and this leaves room for a bad day.
  visibilityLagMs: 60 * SECOND,
  bootMs: 40 * SECOND,
  // The bill of a day is there on the next one.
  billLagMs: 24 * HOUR,
};

/**
 * Published per API, region and user: RunInstances and TerminateInstances 10, DescribeInstances 40, DescribeBillDetail 5,
 * others 20 a second.
 */
const rates: ProviderRates = {
  read: { most: 20, everyMs: SECOND, window: 'sliding' },
  mutate: { most: 10, everyMs: SECOND, window: 'sliding' },
  budgets: {
    'run-instances': { most: 10, everyMs: SECOND, window: 'sliding' },
    'terminate-instances': { most: 10, everyMs: SECOND, window: 'sliding' },
    'describe-instances': { most: 40, everyMs: SECOND, window: 'sliding' },
    'bill-detail': { most: 5, everyMs: SECOND, window: 'sliding' },
    // The usual limit, but of its own, in one region: a long trail takes nothing from other reads.
    'describe-events': { most: 20, everyMs: SECOND, window: 'sliding', per: 'account' },
  },
  operations: {
    launch: ['run-instances'],
    tryLaunch: ['run-instances'],
    // It looks before it ends.
    terminate: ['terminate-instances', 'describe-instances'],
    describe: ['describe-instances'],
    list: ['describe-instances'],
    findByIntent: ['describe-instances'],
    listCharges: ['bill-detail'],
    trail: ['describe-events'],
  },
};

const NO_MATCHES = 'rules of CLB choose by host name and path only, and DNSPod knows no requests';

export const manifest: ProviderManifest<TencentAccount> = {
  id: 'tencent',
  title: 'Tencent Cloud',
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
    capacityReservations: {
      supported: false,
      reason: 'Tencent Cloud sets capacity aside by hand of its sales, without a call to read it',
    },
    launchTrial: { supported: true },
    auditTrail: { supported: true },
    changeFeed: {
      supported: false,
      reason: 'CVM has no feed of changes; what is in flight is asked for by id',
    },
    managedClusters: { supported: true },
    machineSnapshots: {
      supported: false,
      reason: 'snapshots are of single disks; a machine is not put back to one as a whole',
    },
    requestCounters: {
      supported: false,
      reason: 'Tencent Cloud tells requests per target minutes later, too late for the gate of a step',
    },
    matchBySource: { supported: false, reason: NO_MATCHES },
    matchByHeader: { supported: false, reason: NO_MATCHES },
  },
  limits,
  rates,
  connect: async (account, context): Promise<ProviderSession> => {
    for (const endpoint of endpointsOf(account)) await context.gate.check(endpoint);
    const [
      { TencentApi },
      { TencentCompute },
      { tencentImages, tencentNetworks },
      { tencentResources },
      { TencentTraffic },
      { TencentClusters },
      { TencentBills },
      { verifyAccount },
    ] = await Promise.all([
      import('./tencent-api.js'),
      import('./compute.js'),
      import('./places.js'),
      import('./resources.js'),
      import('./traffic.js'),
      import('./clusters.js'),
      import('./bills.js'),
      import('./verify.js'),
    ]);
    const api = new TencentApi(account, context);
    return {
      verify: (at): Promise<AccountReport> => verifyAccount(account, api, at),
      compute: new TencentCompute(account, api, context.clock, limits.visibilityLagMs),
      network: tencentNetworks(account, api),
      images: tencentImages(account, api),
      resources: tencentResources(api, context.clock),
      clusters: new TencentClusters(account, api, context.clock),
      bills: new TencentBills(account, api),
      traffic: new TencentTraffic(account, api, context.clock),
      close: async () => api.close(),
    };
  },
};
