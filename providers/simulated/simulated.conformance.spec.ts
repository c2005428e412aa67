import { AdvancingClock, describeProviderConformance } from '@springtide/provider-kit/conformance';
import { cloudControls } from './cloud-controls.testing.js';
import { examplePublicCloud, manifest, openSimulatedCloud } from './index.js';

const plan = examplePublicCloud();
const PAGE_SIZE = 4;

describeProviderConformance({
  name: 'simulated, in this process',
  manifest,
  setUp: async () => {
    const clock = new AdvancingClock();
    const behaviour = { bootMs: 800, terminateMs: 400, readLagMs: 500, pageSize: PAGE_SIZE };
    const cloud = openSimulatedCloud('conformance', { ...plan, behaviour }, clock);
    const account = { settings: { cloud: 'conformance' }, secret: plan.credentials };
    return {
      account,
      region: 'sim-east',
      clock,
      sample: {
        zone: 'sim-east-a',
        machineType: 'c2.large',
        image: 'img-shop-1',
        purchaseOption: 'on-demand',
        securityGroups: [],
        subnet: 'net-a',
      },
      unknownId: (n) => `m-ffffffff${n.toString(16).padStart(6, '0')}`,
      controls: {
        ...cloudControls(async (request) => cloud.administer(request)),
        listPageSize: () => PAGE_SIZE,
        passTime: async (ms) => clock.sleep(ms),
        wrongCredentials: () => ({
          ...account,
          secret: {
            ...plan.credentials,
            secretKey: 'quite-wrong-key',
          },
        }),
        unreachable: () => ({
          ...account,
          settings: { cloud: 'nowhere' },
        }),
      },
      tearDown: async () => undefined,
    };
  },
});
