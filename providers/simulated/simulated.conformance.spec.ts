import { describeProviderConformance } from '@springtide/provider-kit/conformance';
import { inProcessTarget } from './conformance-target.testing.js';
import { manifest } from './index.js';

describeProviderConformance({
  name: 'simulated, in this process',
  manifest,
  setUp: async () => inProcessTarget('conformance'),
});
