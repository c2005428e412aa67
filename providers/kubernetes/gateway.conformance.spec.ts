import { describeTrafficConformance } from '@springtide/provider-kit/conformance';
import { controlPlaneAvailable } from '../../test/yard/kubernetes/control-plane-binary.js';
import { gatewayHarness } from '../../test/yard/kubernetes/kubernetes-conformance.js';
import { yardLane } from '../../test/yard/tools/lane.js';
import { manifest } from './index.js';

const state = await controlPlaneAvailable();
yardLane('kubernetes', state.available, state.available ? undefined : state.reason);

describeTrafficConformance(gatewayHarness(manifest, state));
