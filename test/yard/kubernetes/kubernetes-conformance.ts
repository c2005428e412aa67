import type { ProviderManifest } from '@springtide/provider-kit';
import {
  PROVIDER_RULES,
  type AccountInput,
  type ConformanceHarness,
  type TrafficConformanceHarness,
  type TrafficTarget,
  type WorkloadConformanceHarness,
  type WorkloadTarget,
} from '@springtide/provider-kit/conformance';
import { systemClock } from '@springtide/platform';
import { freePort } from '../tools/free-port.js';
import { leastUser, tokenKubeconfig } from './cluster-account.js';
import type { Availability } from './control-plane-binary.js';
import { FaultProxy } from './fault-proxy.js';
import { startGatewayYard } from './gateway-yard.js';
import { startKubernetesYard, type KubernetesYard } from './kubernetes-yard.js';
import { ownerControls } from './owner-controls.js';

const NAMESPACE = 'conformance';
const LAST_ACCOUNT_RULE = 'P-09';
const ENGINE = 'Kubernetes 1.36.3, kwok 0.8.0 nodes';

type Stage = Readonly<{ yard: KubernetesYard; proxy: FaultProxy; token: string; account: AccountInput }>;

/** A cluster, a proxy that can fail in front of it, and a user with the least rights. */
async function raise(nodes: number): Promise<Stage> {
  const yard = await startKubernetesYard({ nodes });
  try {
    const proxy = await FaultProxy.start(yard.url, yard.folder);
    const token = await leastUser(yard.admin);
    await yard.admin.kubectl(['create', 'namespace', NAMESPACE]);
    return { yard, proxy, token, account: accountOf(tokenKubeconfig(proxy.url, yard.caPem, token)) };
  } catch (thrown) {
    await yard.stop();
    throw thrown;
  }
}

async function lower({ yard, proxy }: Stage): Promise<void> {
  await proxy.stop();
  await yard.stop();
}

function accountOf(kubeconfig: string): AccountInput {
  return { settings: {}, secret: { kubeconfig } };
}

/** The rules about accounts; a cluster has no machines for the others. */
export function clusterAccountHarness(manifest: ProviderManifest, state: Availability): ConformanceHarness {
  const others = PROVIDER_RULES.filter(({ id }) => id > LAST_ACCOUNT_RULE);
  const reason = 'a cluster has workloads in place of machines; the rules W-… hold it to them';
  return {
    name: `kubernetes (${ENGINE})`,
    manifest,
    evidence: { engine: ENGINE, nature: 'provoked', controls: { skewClock: 'injected' } },
    ...(state.available ? {} : { unavailable: state.reason }),
    withheld: { expireSessions: 'a token or a client certificate is no session; there is nothing to renew' },
    waived: Object.fromEntries(others.map(({ id }) => [id, reason])),
    setUp: async () => {
      const stage = await raise(1);
      const nowhere = await freePort();
      return {
        account: stage.account,
        region: 'cluster',
        sample: { zone: '', machineType: '', image: '', purchaseOption: 'private', securityGroups: [] },
        unknownId: String,
        clock: systemClock,
        controls: {
          wrongCredentials: () =>
            accountOf(tokenKubeconfig(stage.proxy.url, stage.yard.caPem, 'not-a-token-of-yours')),
          unreachable: () =>
            accountOf(tokenKubeconfig(`https://127.0.0.1:${nowhere}`, stage.yard.caPem, stage.token)),
          skewClock: async (ms) => {
            stage.proxy.skewMs = ms;
            return async () => {
              stage.proxy.skewMs = 0;
            };
          },
        },
        tearDown: async () => lower(stage),
      };
    },
  };
}

export function workloadHarness(manifest: ProviderManifest, state: Availability): WorkloadConformanceHarness {
  return {
    name: `kubernetes (${ENGINE})`,
    manifest,
    evidence: { engine: ENGINE, nature: 'provoked' },
    ...(state.available ? {} : { unavailable: state.reason }),
    ruleTimeoutMs: 90_000,
    setUp: async (): Promise<WorkloadTarget> => {
      const stage = await raise(12);
      return {
        account: stage.account,
        namespace: NAMESPACE,
        image: 'registry.example/app@sha256:one',
        newerImage: 'registry.example/app@sha256:two',
        spreadOver: 'topology.kubernetes.io/zone',
        listPageSize: 250,
        controls: ownerControls(stage.yard.admin, stage.proxy, NAMESPACE),
        tearDown: async () => lower(stage),
      };
    },
  };
}

const NO_CHECKS =
  'the Gateway API checks no members: those named by hand are ready by our word, and pods by their kubelet’s';

/** HTTPRoutes with Traefik as controller and data plane. */
export function gatewayHarness(manifest: ProviderManifest, state: Availability): TrafficConformanceHarness {
  return {
    name: `kubernetes (${ENGINE}, Gateway API 1.5.1, Traefik)`,
    manifest,
    evidence: { engine: `${ENGINE}, Traefik`, nature: 'provoked' },
    ...(state.available ? {} : { unavailable: state.reason }),
    waived: Object.fromEntries(['T-03', 'T-07', 'T-09', 'T-11', 'T-21', 'T-25'].map((id) => [id, NO_CHECKS])),
    healthSeenWithinMs: 4_000,
    ruleTimeoutMs: 90_000,
    setUp: async (): Promise<TrafficTarget> => {
      const stage = await raise(1);
      const names = ['storefront', 'checkout'] as const;
      const gateway = await startGatewayYard(stage.yard, NAMESPACE, names);
      const routes = Object.fromEntries(
        names.map((name) => [
          name,
          {
            namespace: NAMESPACE,
            gateway: gateway.gateway,
            listener: name,
            entrance: gateway.entrances[name],
          },
        ]),
      );
      const settings = { routes, traefikMetricsUrl: gateway.metricsUrl, appliesWithinMs: 400 };
      const nowhere = await freePort();
      const elsewhere = tokenKubeconfig(`https://127.0.0.1:${nowhere}`, stage.yard.caPem, stage.token);
      return {
        account: { settings, secret: stage.account.secret },
        routes: names,
        restartProxy: async () => gateway.restart(),
        unreachable: () => ({ settings, secret: { kubeconfig: elsewhere } }),
        tearDown: async () => {
          await gateway.stop();
          await lower(stage);
        },
      };
    },
  };
}
