import { SECOND } from '@springtide/kernel';
import type {
  AccountReport,
  ProviderLimits,
  ProviderManifest,
  ProviderSession,
} from '@springtide/provider-kit';
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
    spot: { supported: false, reason: 'spot machines and their interruption notices are not wired up yet' },
    stockSignal: { supported: false, reason: 'AWS does not tell how much on-demand capacity it has' },
    quotaSignal: { supported: true },
  },
  limits,
  // Published request buckets per account and region: describe calls 100 and 20/s; RunInstances 5 and 2/s.
  rates: { read: { burst: 100, perSecond: 20 }, mutate: { burst: 5, perSecond: 2 } },
  connect: async (account, context): Promise<ProviderSession> => {
    for (const endpoint of endpointsOf(account)) await context.gate.check(endpoint);
    // The SDK is large: who only reads the manifest does not load it.
    const [{ AwsApi }, { AwsCompute }, { awsImages, awsNetworks }, { verifyAccount }] = await Promise.all([
      import('./aws-api.js'),
      import('./aws-compute.js'),
      import('./aws-network.js'),
      import('./verify.js'),
    ]);
    const api = new AwsApi(account, context);
    return {
      verify: (at): Promise<AccountReport> => verifyAccount(account, api, at),
      compute: new AwsCompute(account, api, context.clock, limits.visibilityLagMs),
      network: awsNetworks(api),
      images: awsImages(account, api),
      close: async () => api.close(),
    };
  },
};
