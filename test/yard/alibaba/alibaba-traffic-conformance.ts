import type { ProviderManifest } from '@springtide/provider-kit';
import type { TrafficConformanceHarness } from '@springtide/provider-kit/conformance';
import { freePort } from '../tools/free-port.js';
import { AlibabaBodies } from './alibaba-bodies.js';
import { putLeastKey } from './alibaba-conformance.js';
import { startAlibabaYard } from './alibaba-yard.js';

const ROUTES = ['storefront', 'checkout'] as const;

/** Holds rules of application load balancers to the traffic rules: the simulator's books, bodies with real requests. */
export function alibabaTrafficConformance(manifest: ProviderManifest): TrafficConformanceHarness {
  return {
    name: 'alibaba (ALB: the yard’s simulator and balancer)',
    manifest,
    evidence: {
      engine: 'the project’s Alibaba Cloud simulator, with bodies that carry real requests',
      nature: 'our reading',
    },
    healthSeenWithinMs: 6_000,
    setUp: async () => {
      const yard = await startAlibabaYard({ settings: { configuringMs: 20 } });
      const bodies = new AlibabaBodies(yard.admin);
      const routes: Record<string, object> = {};
      for (const [index, name] of ROUTES.entries()) {
        const region = yard.regions[index];
        if (region === undefined) throw new Error('the yard has too few regions');
        const { listenerId, ruleId, homeGroupId } = region.balancing;
        routes[name] = {
          kind: 'alb',
          region: region.regionId,
          listenerId,
          ruleId,
          entrance: await bodies.carry(listenerId),
          groups: { home: homeGroupId },
          vpcId: region.vpcId,
          drainWaitMs: 300,
        };
      }
      bodies.start();
      const regions = yard.regions.slice(0, ROUTES.length).map(({ regionId }) => regionId);
      const settings = { regions, endpoint: yard.endpoint, routes };
      const secret = await putLeastKey(yard);
      const nowhere = `http://127.0.0.1:${await freePort()}`;
      return {
        account: { settings, secret },
        routes: ROUTES,
        // A cloud's load balancer keeps its state: there is nothing to start again.
        restartProxy: async () => undefined,
        unreachable: () => ({ settings: { ...settings, endpoint: nowhere }, secret }),
        tearDown: async () => {
          await bodies.stop();
          await yard.stop();
        },
      };
    },
  };
}
