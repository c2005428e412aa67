import type { AccountReport, Capability, ProviderManifest, ProviderSession } from '@springtide/provider-kit';
import { accountSchema, secretSchema, settingsSchema, type KubernetesAccount } from './account.js';
import { GatewayStore } from './gateway-store.js';
import { KubeApi } from './kube-api.js';
import { KubernetesResources } from './kubernetes-resources.js';
import { KubernetesTraffic } from './kubernetes-traffic.js';
import { KubernetesWorkloads } from './kubernetes-workloads.js';
import { TraefikCounters } from './traefik-counters.js';
import { verifyCluster } from './verify.js';

const noMachines: Capability = {
  supported: false,
  reason: 'a cluster runs workloads on nodes; the machines behind them belong to another account',
};

export const manifest: ProviderManifest<KubernetesAccount> = {
  id: 'kubernetes',
  title: 'Kubernetes cluster',
  kind: 'cluster',
  settingsSchema,
  secretSchema,
  accountSchema,
  endpoints: ({ access, traefikMetricsUrl }) => [
    access.server,
    ...(traefikMetricsUrl === undefined ? [] : [traefikMetricsUrl]),
  ],
  capabilities: {
    idempotencyToken: noMachines,
    batchLaunch: noMachines,
    partialLaunch: noMachines,
    timeToLive: noMachines,
    spot: noMachines,
    stockSignal: noMachines,
    quotaSignal: noMachines,
    matchByHeader: { supported: true },
    matchBySource: {
      supported: false,
      reason: 'the Gateway API matches paths, headers, queries and methods, not the address of a client',
    },
  },
  limits: { launchBatch: 1, describeBatch: 1, terminateBatch: 1, visibilityLagMs: 0, bootMs: 0 },
  rates: { read: { burst: 200, perSecond: 100 }, mutate: { burst: 100, perSecond: 50 } },
  connect: async (account, context): Promise<ProviderSession> => {
    const { caPem, client } = account.access;
    const dispatcher = context.gate.dispatcher({
      ...(caPem === undefined ? {} : { ca: caPem }),
      ...(client === undefined ? {} : { cert: client.certPem, key: client.keyPem }),
    });
    const api = new KubeApi(account.access, dispatcher, context.clock);
    const plain = context.gate.dispatcher();
    const { traefikMetricsUrl: metrics } = account;
    const counters = metrics === undefined ? undefined : new TraefikCounters(metrics, plain, context.clock);
    const traffic = new KubernetesTraffic(account, new GatewayStore(api), counters, context.clock);
    return {
      // An account without routes carries no traffic.
      ...(Object.keys(account.routes).length === 0 ? {} : { traffic }),
      workloads: new KubernetesWorkloads(api),
      resources: new KubernetesResources(account, api),
      verify: async (at): Promise<AccountReport> => verifyCluster(account, api, at),
      close: async () => {
        await Promise.all([dispatcher.destroy(), plain.destroy()]);
      },
    };
  },
};
