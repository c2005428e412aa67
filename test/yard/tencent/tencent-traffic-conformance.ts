import type { ProviderManifest } from '@springtide/provider-kit';
import type { EngineEvidence, TrafficConformanceHarness } from '@springtide/provider-kit/conformance';
import { freePort } from '../tools/free-port.js';
import { makeBalancer } from './tencent-balancer.js';
import { TencentBodies } from './tencent-bodies.js';
import { LEAST_KEY, publishedPolicy, yardSettings } from './tencent-conformance.js';
import { startTencentYard } from './tencent-yard.js';

const REGION = 'ap-guangzhou';
const ROUTES = ['storefront', 'checkout'] as const;
const DOMAIN = 'shop.example';
const UNSEEN = 'a name does not look who is behind it';
/** Only what the body's checks saw counts. */
const NEVER_BY_ITSELF_MS = 1e9;

const EVIDENCE: EngineEvidence = {
  engine: 'the yard’s simulator of Tencent Cloud’s wire, with bodies that carry real requests',
  nature: 'our reading',
};

/** Holds CLB routes to the traffic rules: the simulator's books, and bodies that carry real requests. */
export function tencentBalancerConformance(manifest: ProviderManifest): TrafficConformanceHarness {
  return {
    name: 'tencent (CLB: the yard’s simulator and balancer)',
    manifest,
    evidence: EVIDENCE,
    healthSeenWithinMs: 4_000,
    setUp: async () => {
      const { yard, bodies, tearDown } = await startYard();
      const routes: Record<string, object> = {};
      for (const [n, name] of ROUTES.entries()) {
        const vpc = yard.regions[REGION]?.vpcId ?? '';
        const made = await makeBalancer(yard, { region: REGION, vpc, name, port: 80 + n });
        const entrance = await bodies.carry(made.rule);
        routes[name] = { kind: 'load-balancer', region: REGION, ...made, entrance, drainMs: 300 };
      }
      return { ...(await accountOf(yard, routes)), tearDown };
    },
  };
}

/** Holds DNSPod names to the traffic rules that a name can keep: the simulator's books, real queries. */
export function tencentNamesConformance(manifest: ProviderManifest): TrafficConformanceHarness {
  return {
    name: 'tencent (DNSPod: the yard’s simulator and name server)',
    manifest,
    evidence: EVIDENCE,
    healthSeenWithinMs: 4_000,
    waived: { 'T-03': UNSEEN, 'T-09': UNSEEN, 'T-11': UNSEEN, 'T-21': UNSEEN },
    setUp: async () => {
      const { yard, bodies, tearDown } = await startYard();
      const memberPort = await freePort();
      const routes = Object.fromEntries(
        ROUTES.map((subDomain) => {
          const entrance = `http://${subDomain}.${DOMAIN}:${memberPort}`;
          return [subDomain, { kind: 'name', domain: DOMAIN, subDomain, ttl: 1, entrance }];
        }),
      );
      const names = { server: bodies.names.server, memberPort };
      return { ...(await accountOf(yard, routes)), names, tearDown };
    },
  };
}

async function startYard() {
  const bodies = await TencentBodies.start();
  const yard = await startTencentYard({
    settings: { balancerTaskMs: 20, healthMs: NEVER_BY_ITSELF_MS, rates: { '*': null } },
    follow: (said) => bodies.follow(said),
  });
  bodies.tellHealthTo(yard.admin);
  await yard.admin.putCredential({ ...LEAST_KEY, policy: await publishedPolicy() });
  const tearDown = async (): Promise<void> => {
    await bodies.stop();
    await yard.stop();
  };
  return { yard, bodies, tearDown };
}

async function accountOf(
  yard: Awaited<ReturnType<typeof startTencentYard>>,
  routes: Readonly<Record<string, object>>,
) {
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  const settings = { ...yardSettings(yard.endpoint, yard), routes };
  return {
    account: { settings, secret: LEAST_KEY },
    routes: ROUTES,
    // A cloud's load balancer keeps its state: there is nothing to start again.
    restartProxy: async () => undefined,
    unreachable: () => ({ settings: { ...yardSettings(nowhere, yard), routes }, secret: LEAST_KEY }),
  };
}
