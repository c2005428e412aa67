import { describeProviderConformance } from '@springtide/provider-kit/conformance';
import { inProcessTarget } from './testing/conformance-target.js';
import { manifest } from './index.js';

describeProviderConformance({
  name: 'simulated, in this process',
  manifest,
  setUp: async () => inProcessTarget('conformance'),
});
