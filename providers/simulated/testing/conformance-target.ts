import { AdvancingClock, type ConformanceTarget } from '@springtide/provider-kit/conformance';
import { cloudControls } from './cloud-controls.js';
import { closeSimulatedCloud, examplePublicCloud, openSimulatedCloud } from '../index.js';

const PAGE_SIZE = 4;

/** A public cloud in this process, with everything that the rules may ask of one. */
export function inProcessTarget(name: string): ConformanceTarget {
  const plan = examplePublicCloud();
  const clock = new AdvancingClock();
  const behaviour = { bootMs: 800, terminateMs: 400, readLagMs: 500, pageSize: PAGE_SIZE };
  const cloud = openSimulatedCloud(name, { ...plan, behaviour }, clock);
  const account = { settings: { cloud: name }, secret: plan.credentials };
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
    cluster: { network: 'net-a', subnets: [], securityGroups: [], machineType: 'c2.large' },
    unknownId: (n) => `m-ffffffff${n.toString(16).padStart(6, '0')}`,
    controls: {
      ...cloudControls(async (request) => cloud.administer(request)),
      listPageSize: () => PAGE_SIZE,
      passTime: async (ms) => clock.sleep(ms),
      wrongCredentials: () => ({ ...account, secret: { ...plan.credentials, secretKey: 'quite-wrong-key' } }),
      unreachable: () => ({ ...account, settings: { cloud: 'nowhere' } }),
    },
    tearDown: async () => closeSimulatedCloud(name),
  };
}
