import type { Clock } from '@springtide/kernel';
import { describeProviderConformance } from '@springtide/provider-kit/conformance';
import { startSimulatedYard } from '../../test/yard/simulated/simulated-yard.js';
import { adminRequestSchema, type AdminAnswer, type AdminInput } from './cloud/index.js';
import { cloudControls } from './cloud-controls.testing.js';
import { examplePrivateCloud, manifest } from './index.js';

const plan = examplePrivateCloud();
const PAGE_SIZE = 4;

/** The server's time passes when ours does: real time, and what is slept on top of it. */
class SharedClock implements Clock {
  #aheadMs = 0;

  constructor(private readonly passTime: (ms: number) => Promise<void>) {}

  now(): Date {
    return new Date(Date.now() + this.#aheadMs);
  }

  async sleep(ms: number): Promise<void> {
    const whole = Math.ceil(ms);
    await this.passTime(whole);
    this.#aheadMs += whole;
  }
}

describeProviderConformance({
  name: 'simulated, over HTTP, as a private cloud',
  manifest,
  withheld: { exhaustQuota: 'a private cloud has hosts, not quotas' },
  waived: { 'P-64': 'a private cloud has hosts, not quotas' },
  setUp: async () => {
    const behaviour = {
      ...plan.behaviour,
      bootMs: 800,
      terminateMs: 400,
      readLagMs: 500,
      pageSize: PAGE_SIZE,
    };
    const yard = await startSimulatedYard({ clouds: { home: { ...plan, behaviour } } });
    const endpoint = yard.endpointOf('home');
    const administer = async (request: AdminInput): Promise<AdminAnswer> =>
      post(`${endpoint}/admin`, request);
    const clock = new SharedClock(async (ms) => void (await administer({ action: 'pass-time', ms })));
    const account = { settings: { endpoint, kind: 'private-cloud' }, secret: plan.credentials };
    return {
      account,
      region: 'dc-1',
      clock,
      sample: {
        zone: 'cluster-a',
        machineType: 'vm.2',
        image: 'img-shop-1',
        purchaseOption: 'private',
        securityGroups: [],
        subnet: 'vlan-10',
      },
      unknownId: (n) => `m-ffffffff${n.toString(16).padStart(6, '0')}`,
      controls: {
        ...cloudControls(administer),
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
          settings: {
            ...account.settings,
            endpoint: 'http://127.0.0.1:9/clouds/home',
          },
        }),
      },
      tearDown: async () => yard.close(),
    };
  },
});

async function post(url: string, request: AdminInput): Promise<AdminAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(adminRequestSchema.parse(request)),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()) as AdminAnswer;
}
