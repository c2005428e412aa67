import type { ProviderManifest } from '@springtide/provider-kit';
import type { TrafficConformanceHarness, TrafficTarget } from '@springtide/provider-kit/conformance';
import { freePort } from '../tools/free-port.js';
import { yardLane } from '../tools/lane.js';
import { findPowerdns } from './obtain-powerdns.js';
import { startPowerdnsYard } from './powerdns-yard.js';

const ROUTES = ['storefront', 'checkout'] as const;
const MISSING = 'PowerDNS with its SQLite backend is not installed on this machine';

/** Holds weighted names of a real PowerDNS to the traffic rules; its draws are random, so shares are those of chance. */
export async function powerdnsConformance(manifest: ProviderManifest): Promise<TrafficConformanceHarness> {
  const available = yardLane('names (powerdns)', (await findPowerdns()) !== undefined, MISSING);
  return {
    name: 'powerdns (LUA records, real queries)',
    manifest,
    evidence: { engine: 'PowerDNS', nature: 'provoked' },
    ...(available ? {} : { unavailable: MISSING }),
    // 3.5 standard deviations of an even share: one run in thousands meets more by chance alone.
    sharesWithin: 25,
    healthSeenWithinMs: 6_000,
    setUp: target,
  };
}

async function target(): Promise<TrafficTarget> {
  const yard = await startPowerdnsYard();
  const memberPort = await freePort();
  const routes = Object.fromEntries(
    ROUTES.map((route) => {
      const name = `${route}.${yard.zone}`;
      return [route, { zone: yard.zone, name, scheme: 'http', port: memberPort, ttlSeconds: 1 }];
    }),
  );
  const settings = { url: yard.url, nameServer: yard.server, routes, joinWaitMs: 3_000, drainWaitMs: 1_000 };
  const secret = { apiKey: yard.apiKey };
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  return {
    account: { settings, secret },
    routes: ROUTES,
    names: { server: yard.server, memberPort },
    restartProxy: yard.restart,
    unreachable: () => ({ settings: { ...settings, url: nowhere }, secret }),
    tearDown: yard.stop,
  };
}
