import { describeProviderConformance } from '@springtide/provider-kit/conformance';
import { inProcessTarget } from './testing/conformance-target.js';
import { manifest } from './index.js';

describeProviderConformance({
  name: 'simulated, in this process',
  manifest,
  evidence: { engine: 'a simulated cloud of our own', nature: 'our reading' },
  setUp: async () => inProcessTarget('conformance'),
});
