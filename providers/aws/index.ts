import { SECOND } from '@springtide/kernel';
import type {
  AccountReport,
  ProviderContext,
  ProviderLimits,
  ProviderManifest,
  ProviderSession,
} from '@springtide/provider-kit';
import type { AwsApi } from './aws-api.js';
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
    },
    operations: {
      launch: ['run-instances', 'instances-run'],
      terminate: ['terminate-instances', 'instances-terminated'],
    },
  },
  connect: async (account, context): Promise<ProviderSession> => {
    for (const endpoint of endpointsOf(account)) await context.gate.check(endpoint);
    // The SDK is large: who only reads the manifest does not load it.
    const [{ AwsApi }, { AwsCompute }, { awsImages, awsNetworks }, { verifyAccount }, { QuotasApi }] =
      await Promise.all([
        import('./aws-api.js'),
        import('./aws-compute.js'),
        import('./aws-network.js'),
        import('./verify.js'),
        import('./quotas-api.js'),
      ]);
    const api = new AwsApi(account, context);
    const quotas = new QuotasApi(account, context);
    const entrance = await connectEntrance(account, api, context);
    return {
      verify: (at): Promise<AccountReport> => verifyAccount(account, { api, quotas }, entrance?.traffic, at),
      compute: new AwsCompute(account, api, quotas, context.clock, limits.visibilityLagMs),
      network: awsNetworks(api),
      images: awsImages(account, api),
      ...(entrance === undefined ? {} : { traffic: entrance.traffic }),
      close: async () => {
        api.close();
        quotas.close();
        entrance?.close();
      },
    };
  },
};

/** Who has no routes there does not load the SDKs of load balancers and names. */
async function connectEntrance(account: AwsAccount, api: AwsApi, context: ProviderContext) {
  if (Object.keys(account.routes).length === 0) return undefined;
  const { connectTraffic } = await import('./traffic/connect-traffic.js');
  return connectTraffic(account, api, context);
}
