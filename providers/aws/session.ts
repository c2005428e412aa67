import type {
  AccountReport,
  ProviderContext,
  ProviderLimits,
  ProviderSession,
} from '@springtide/provider-kit';
import type { AwsAccount } from './account.js';
import { AwsApi } from './aws-api.js';
import { AwsClusters } from './aws-clusters.js';
import { AwsCompute } from './aws-compute.js';
import { awsImages, awsNetworks } from './aws-network.js';
import { AwsResources } from './aws-resources.js';
import { ClustersApi } from './clusters-api.js';
import { PriceBook } from './price-book.js';
import { QuotasApi } from './quotas-api.js';
import { ResourceApi } from './resource-api.js';
import { TrailApi } from './trail-api.js';
import { verifyAccount } from './verify.js';

export async function openSession(
  account: AwsAccount,
  context: ProviderContext,
  limits: ProviderLimits,
): Promise<ProviderSession> {
  const api = new AwsApi(account, context);
  const quotas = new QuotasApi(account, context);
  const prices = new PriceBook(account, context);
  const eks = new ClustersApi(account, context, api);
  const others = new ResourceApi(account, context, api);
  const trails = new TrailApi(account, context, api);
  const clusters = new AwsClusters(account, eks, context.clock);
  const entrance = await connectEntrance(account, api, context);
  return {
    verify: (at): Promise<AccountReport> =>
      verifyAccount(account, { api, quotas, eks, prices }, entrance?.traffic, at),
    compute: new AwsCompute(account, { api, quotas, prices, trails }, context.clock, limits.visibilityLagMs),
    network: awsNetworks(account, api),
    images: awsImages(account, api),
    resources: new AwsResources(api, others, clusters),
    clusters,
    ...(entrance === undefined ? {} : { traffic: entrance.traffic }),
    close: async () => {
      for (const each of [api, quotas, prices, eks, others, trails]) each.close();
      entrance?.close();
    },
  };
}

/** Who has no routes there does not load the SDK of names. */
async function connectEntrance(account: AwsAccount, api: AwsApi, context: ProviderContext) {
  if (Object.keys(account.routes).length === 0) return undefined;
  const { connectTraffic } = await import('./traffic/connect-traffic.js');
  return connectTraffic(account, api, context);
}
