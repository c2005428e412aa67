import type { ProviderManifest } from '@springtide/provider-kit';
import type { TrafficConformanceHarness, TrafficTarget } from '@springtide/provider-kit/conformance';
import { freePort } from '../tools/free-port.js';
import { yardLane } from '../tools/lane.js';
import { findPowerdns } from './obtain-powerdns.js';
import { startPowerdnsYard, type PowerdnsYard } from './powerdns-yard.js';

const ROUTES = ['storefront', 'checkout'] as const;
const MISSING = 'PowerDNS with its SQLite backend is not installed on this machine';
const UNSEEN = 'a name server does not look who is behind plain addresses';
const EVEN = 'plain addresses have no weights: each is answered with as often as any other';

/** Holds plain names to the rules that they can keep: dynamic updates, signed, into a real PowerDNS. */
export async function updatesConformance(manifest: ProviderManifest): Promise<TrafficConformanceHarness> {
  const available = yardLane('names (dynamic updates)', (await findPowerdns()) !== undefined, MISSING);
  return {
    name: 'rfc2136 (PowerDNS, signed updates, real queries)',
    manifest,
    evidence: { engine: 'PowerDNS', nature: 'provoked' },
    ...(available ? {} : { unavailable: MISSING }),
    waived: {
      'T-01': EVEN,
      'T-02': EVEN,
      'T-03': UNSEEN,
      'T-04': EVEN,
      'T-05': EVEN,
      'T-06': EVEN,
      'T-09': UNSEEN,
      'T-11': UNSEEN,
      'T-12': EVEN,
      'T-21': UNSEEN,
    },
    sharesWithin: 25,
    healthSeenWithinMs: 4_000,
    setUp: async () => updatesTarget(await startPowerdnsYard()),
  };
}

export async function updatesTarget(yard: PowerdnsYard): Promise<TrafficTarget> {
  const memberPort = await freePort();
  const routes = Object.fromEntries(
    ROUTES.map((route) => {
      const name = `${route}.${yard.zone}`;
      return [route, { zone: yard.zone, name, scheme: 'http', port: memberPort, ttlSeconds: 1 }];
    }),
  );
  const settings = { server: yard.server, routes, drainWaitMs: 1_000 };
  const secret = { keyName: yard.updateKey.name, key: yard.updateKey.secret };
  const nowhere = `127.0.0.1:${await freePort()}`;
  return {
    account: { settings, secret },
    routes: ROUTES,
    names: { server: yard.server, memberPort },
    restartProxy: yard.restart,
    unreachable: () => ({ settings: { ...settings, server: nowhere }, secret }),
    tearDown: yard.stop,
  };
}
