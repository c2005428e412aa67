import { describeProviderConformance } from '@springtide/provider-kit/conformance';
import { yardLane } from '../../test/yard/tools/lane.js';
import { vsphereHarness } from '../../test/yard/vsphere/vsphere-conformance.js';
import { vsphereYardAvailable } from '../../test/yard/vsphere/vsphere-yard.js';
import { manifest } from './index.js';

const state = await vsphereYardAvailable();
yardLane('vsphere conformance (vcsim)', state.available, state.available ? undefined : state.reason);
describeProviderConformance(vsphereHarness(manifest, state));
