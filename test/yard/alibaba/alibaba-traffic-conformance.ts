import type { ProviderManifest } from '@springtide/provider-kit';
import type {
  EngineEvidence,
  TrafficConformanceHarness,
  TrafficTarget,
} from '@springtide/provider-kit/conformance';
import { freePort } from '../tools/free-port.js';
import { AlibabaBodies } from './alibaba-bodies.js';
import { putLeastKey } from './alibaba-conformance.js';
import { startAlibabaYard, type AlibabaYard } from './alibaba-yard.js';

const ROUTES = ['storefront', 'checkout'] as const;
const DRAIN_MS = 300;
const DOMAIN = 'spring.example';
const UNSEEN = 'a name does not look who is behind it';
/** Only what the bodies' checks saw counts, and a member that they have not seen yet is not healthy yet. */
const NEVER_BY_ITSELF_MS = 3_600_000;
const EVIDENCE: EngineEvidence = {
  engine: 'the project’s Alibaba Cloud simulator, with bodies that carry real requests',
  nature: 'our reading',
};

type Region = AlibabaYard['regions'][number];
type Routes = Readonly<{ routes: Readonly<Record<string, object>>; names?: TrafficTarget['names'] }>;

/** Holds rules of application load balancers to the traffic rules: the simulator's books, bodies with real requests. */
export function alibabaTrafficConformance(manifest: ProviderManifest): TrafficConformanceHarness {
  return {
    name: 'alibaba (ALB: the yard’s simulator and balancer)',
    manifest,
    evidence: EVIDENCE,
    healthSeenWithinMs: 6_000,
    setUp: () =>
      targetOf((bodies, regions) =>
        inRegions(regions, async ({ regionId, vpcId, balancing: { listenerId, ruleId, homeGroupId } }) => ({
          kind: 'alb',
          region: regionId,
          listenerId,
          ruleId,
          entrance: await bodies.carry(listenerId),
          groups: { home: homeGroupId },
          vpcId,
          drainWaitMs: DRAIN_MS,
        })),
      ),
  };
}

/** Holds server groups of classic load balancers to the traffic rules: the same books, the same kind of body. */
export function alibabaClassicConformance(manifest: ProviderManifest): TrafficConformanceHarness {
  const noMatches = 'a classic load balancer matches neither headers nor sources';
  return {
    name: 'alibaba (SLB: the yard’s simulator and balancer)',
    manifest,
    evidence: EVIDENCE,
    healthSeenWithinMs: 6_000,
    waived: Object.fromEntries(
      ['T-22', 'T-23', 'T-24', 'T-25', 'T-26'].map((rule) => [rule, noMatches] as const),
    ),
    setUp: () =>
      targetOf((bodies, regions) =>
        inRegions(regions, async ({ regionId, classic: { loadBalancerId, groupId } }) => ({
          kind: 'slb',
          region: regionId,
          loadBalancerId,
          serverGroupId: groupId,
          entrance: await bodies.carryGroup(groupId),
          drainWaitMs: DRAIN_MS,
        })),
      ),
  };
}

/** Holds weighted names to the traffic rules that a name can keep: the simulator's books, real queries. */
export function alibabaNamesConformance(manifest: ProviderManifest): TrafficConformanceHarness {
  return {
    name: 'alibaba (Alidns: the yard’s simulator and name server)',
    manifest,
    evidence: EVIDENCE,
    healthSeenWithinMs: 6_000,
    waived: { 'T-03': UNSEEN, 'T-09': UNSEEN, 'T-11': UNSEEN, 'T-21': UNSEEN },
    setUp: () =>
      targetOf(async (bodies) => {
        const memberPort = await freePort();
        const routes = ROUTES.map((record) => {
          const entrance = `http://${record}.${DOMAIN}:${memberPort}`;
          return [record, { kind: 'dns', domain: DOMAIN, record, ttlSeconds: 1, entrance }] as const;
        });
        return {
          routes: Object.fromEntries(routes),
          names: { server: await bodies.answerNames(), memberPort },
        };
      }),
  };
}

async function inRegions(
  regions: readonly Region[],
  routeIn: (region: Region) => Promise<object>,
): Promise<Routes> {
  const routes: Record<string, object> = {};
  for (const [index, name] of ROUTES.entries()) {
    const region = regions[index];
    if (region === undefined) throw new Error('the yard has too few regions');
    routes[name] = await routeIn(region);
  }
  return { routes };
}

async function targetOf(
  routesFor: (bodies: AlibabaBodies, regions: readonly Region[]) => Promise<Routes>,
): Promise<TrafficTarget> {
  const bodies = new AlibabaBodies();
  const yard = await startAlibabaYard({
    settings: { configuringMs: 20, healthProbeMs: NEVER_BY_ITSELF_MS },
    follow: (truth) => bodies.follow(truth),
  });
  const { routes, names } = await routesFor(bodies, yard.regions);
  bodies.start(yard.admin);
  const regions = yard.regions.slice(0, ROUTES.length).map(({ regionId }) => regionId);
  const settings = { regions, endpoint: yard.endpoint, routes };
  const secret = await putLeastKey(yard);
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  return {
    account: { settings, secret },
    routes: ROUTES,
    // A cloud's load balancer keeps its state: there is nothing to start again.
    restartProxy: async () => undefined,
    ...(names === undefined ? {} : { names }),
    unreachable: () => ({ settings: { ...settings, endpoint: nowhere }, secret }),
    tearDown: async () => {
      await bodies.stop();
      await yard.stop();
    },
  };
}
