import { describeTrafficConformance } from '@springtide/provider-kit/conformance';
import { yardLane } from '../../test/yard/tools/lane.js';
import { obtainHaproxy } from '../../test/yard/traffic/obtain-haproxy.js';
import { trafficHarness } from '../../test/yard/traffic/traffic-harness.js';
import { manifest } from './index.js';

const reason = 'HAProxy is not installed on this machine';
const available = yardLane('traffic (haproxy)', (await obtainHaproxy()) !== undefined, reason);

describeTrafficConformance(
  trafficHarness(manifest, 'haproxy', {
    healthSeenWithinMs: 3_000,
    elsewhere: (port) => ({ port }),
    ...(available ? {} : { unavailable: reason }),
  }),
);
