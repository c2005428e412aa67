import type { Clock } from '@springtide/kernel';
import { createEndpointGate } from '@springtide/platform';
import type { ConformanceTarget } from '@springtide/provider-kit/conformance';
import { startSimulatedYard } from '../../../test/yard/simulated/simulated-yard.js';
import { adminRequestSchema, type AdminAnswer, type AdminInput } from '../cloud/index.js';
import { examplePrivateCloud, examplePublicCloud } from '../index.js';
import { cloudControls } from './cloud-controls.js';

type Kind = 'public-cloud' | 'private-cloud';

const PAGE_SIZE = 4;
/** Nothing listens on the discard port. */
const NOBODY = '127.0.0.1:9';

const CASES = {
  'public-cloud': {
    plan: examplePublicCloud(),
    region: 'sim-east',
    sample: {
      zone: 'sim-east-a',
      machineType: 'c2.large',
      image: 'img-shop-1',
      purchaseOption: 'on-demand',
      securityGroups: [],
      subnet: 'net-a',
    },
  },
  'private-cloud': {
    plan: examplePrivateCloud(),
    region: 'dc-1',
    sample: {
      zone: 'cluster-a',
      machineType: 'vm.2',
      image: 'img-shop-1',
      purchaseOption: 'private',
      securityGroups: [],
      subnet: 'vlan-10',
    },
  },
} as const;

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

/** A cloud behind a socket, of either kind, with everything that the rules may ask of one. */
export async function httpTarget(kind: Kind): Promise<ConformanceTarget> {
  const { plan, region, sample } = CASES[kind];
  const behaviour = { ...plan.behaviour, bootMs: 800, terminateMs: 400, readLagMs: 500, pageSize: PAGE_SIZE };
  const yard = await startSimulatedYard({ clouds: { under: { ...plan, behaviour } } });
  const endpoint = yard.endpointOf('under');
  const administer = async (request: AdminInput): Promise<AdminAnswer> => post(`${endpoint}/admin`, request);
  const clock = new SharedClock(async (ms) => void (await administer({ action: 'pass-time', ms })));
  const settings = { endpoint, kind };
  return {
    account: { settings, secret: plan.credentials },
    region,
    clock,
    gate: createEndpointGate({ openHostPorts: [new URL(yard.url).host, NOBODY], privateRanges: [] }),
    sample,
    cluster: { network: sample.subnet, subnets: [], securityGroups: [], machineType: sample.machineType },
    unknownId: (n) => `m-ffffffff${n.toString(16).padStart(6, '0')}`,
    controls: {
      ...cloudControls(administer),
      listPageSize: () => PAGE_SIZE,
      passTime: async (ms) => clock.sleep(ms),
      wrongCredentials: () => ({ settings, secret: { ...plan.credentials, secretKey: 'quite-wrong-key' } }),
      unreachable: () => ({
        settings: { ...settings, endpoint: `http://${NOBODY}/clouds/under` },
        secret: plan.credentials,
      }),
    },
    tearDown: async () => yard.close(),
  };
}

async function post(url: string, request: AdminInput): Promise<AdminAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(adminRequestSchema.parse(request)),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()) as AdminAnswer;
}
