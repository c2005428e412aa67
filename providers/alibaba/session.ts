import type { ProviderContext, ProviderLimits, ProviderSession } from '@springtide/provider-kit';
import type { AlibabaAccount } from './account.js';
import { AlibabaApi } from './api.js';
import { AlibabaBills } from './bills.js';
import { AlibabaClusters } from './clusters.js';
import { AlibabaCompute } from './compute.js';
import { openPort } from './open-port.js';
import { alibabaImages, alibabaNetworks } from './places.js';
import { AlibabaResources } from './resources.js';
import { AlibabaTraffic } from './traffic.js';
import { verifyAccount } from './verify.js';

export function openSession(
  account: AlibabaAccount,
  context: ProviderContext,
  limits: ProviderLimits,
): ProviderSession {
  const api = new AlibabaApi(account, openPort(account, context), context.clock);
  const clusters = new AlibabaClusters(account, api);
  return {
    verify: (at) => verifyAccount(account, api, at, context.log),
    compute: new AlibabaCompute(account, api, context.clock, limits.visibilityLagMs),
    network: alibabaNetworks(account, api),
    images: alibabaImages(account, api),
    traffic: new AlibabaTraffic(account, api, context.clock),
    resources: new AlibabaResources(api, clusters),
    clusters,
    bills: new AlibabaBills(account, api),
    close: () => api.close(),
  };
}
