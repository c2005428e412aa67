import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProviderManifest } from '@springtide/provider-kit';
import type { TrafficConformanceHarness, TrafficTarget } from '@springtide/provider-kit/conformance';
import { freePort } from '../tools/free-port.js';
import { startTrafficYard, type TrafficEngine } from './traffic-yard.js';

const PRODUCTS: Readonly<Record<TrafficEngine, string>> = { haproxy: 'HAProxy', traefik: 'Traefik' };

/** The conformance harness of a traffic provider over the yard's proxy. */
export function trafficHarness(
  manifest: ProviderManifest,
  engine: TrafficEngine,
  options: Pick<TrafficConformanceHarness, 'healthSeenWithinMs'> & {
    unavailable?: string;
    elsewhere: (port: number) => Readonly<Record<string, unknown>>;
  },
): TrafficConformanceHarness {
  const { elsewhere, ...rest } = options;
  return {
    name: engine,
    manifest,
    evidence: { engine: PRODUCTS[engine], nature: 'provoked' },
    ...rest,
    setUp: async (): Promise<TrafficTarget> => {
      const folder = await mkdtemp(join(tmpdir(), `springtide-${engine}-`));
      const yard = await startTrafficYard({
        engine,
        folder,
        routes: [{ name: 'storefront' }, { name: 'checkout' }],
      });
      const nowhere = elsewhere(await freePort());
      return {
        account: { settings: yard.settings, secret: {} },
        routes: ['storefront', 'checkout'],
        restartProxy: async () => yard.restart(),
        unreachable: () => ({ settings: { ...yard.settings, ...nowhere }, secret: {} }),
        tearDown: async () => {
          await yard.stop();
          await rm(folder, { recursive: true, force: true });
        },
      };
    },
  };
}
