import { describeProviderConformance } from '@springtide/provider-kit/conformance';
import { manifest } from './index.js';
import { httpTarget } from './testing/http-target.js';

describeProviderConformance({
  name: 'simulated, over HTTP, as a public cloud',
  manifest,
  evidence: { engine: 'a simulated cloud of our own', nature: 'our reading' },
  setUp: async () => httpTarget('public-cloud'),
});

describeProviderConformance({
  name: 'simulated, over HTTP, as a private cloud',
  manifest,
  evidence: { engine: 'a simulated cloud of our own', nature: 'our reading' },
  withheld: { exhaustQuota: 'a private cloud has hosts, not quotas' },
  waived: { 'P-64': 'a private cloud has hosts, not quotas' },
  setUp: async () => httpTarget('private-cloud'),
});
