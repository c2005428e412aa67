import { describeProviderConformance } from '@springtide/provider-kit/conformance';
import { yardLane } from '../../test/yard/tools/lane.js';
import { openstackHarness } from '../../test/yard/openstack/openstack-conformance.js';
import { openstackYardAvailable } from '../../test/yard/openstack/openstack-yard.js';
import { manifest } from './index.js';

const state = await openstackYardAvailable();
yardLane('openstack conformance', state.available, state.available ? undefined : state.reason);
describeProviderConformance(openstackHarness(manifest, state));
