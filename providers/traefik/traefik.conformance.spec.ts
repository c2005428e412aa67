import { describeTrafficConformance } from '@springtide/provider-kit/conformance';
import { yardLane } from '../../test/yard/tools/lane.js';
import { obtainTraefik } from '../../test/yard/traffic/obtain-traefik.js';
import { trafficHarness } from '../../test/yard/traffic/traffic-harness.js';
import { manifest } from './index.js';

const reason = await obtainTraefik().then(
  () => undefined,
  (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
);
const available = yardLane('traffic (traefik)', reason === undefined, reason);

describeTrafficConformance(
  trafficHarness(manifest, 'traefik', {
    healthSeenWithinMs: 4_000,
    elsewhere: (port) => ({ apiUrl: `http://127.0.0.1:${port}` }),
    ...(available ? {} : { unavailable: reason ?? 'Traefik cannot be had' }),
  }),
);
