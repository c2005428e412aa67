import { SpringtideError } from '@springtide/kernel';
import type { ProviderManifest } from '@springtide/provider-kit';
import type { EngineEvidence, TrafficConformanceHarness } from '@springtide/provider-kit/conformance';
import { freePort } from '../tools/free-port.js';
import { yardLane } from '../tools/lane.js';
import { startAwsYard, type AwsYard } from './aws-yard.js';
import { publishedPolicy } from './rights.js';

const ROUTES = ['storefront', 'checkout'] as const;

/** Rules about requests and the health of members: the yard's balancer carries the one and checks the other. */
const CARRIED = [
  ...[
    'T-01',
    'T-02',
    'T-03',
    'T-04',
    'T-05',
    'T-06',
    'T-07',
    'T-08',
    'T-09',
    'T-10',
    'T-11',
    'T-12',
    'T-13',
    'T-16',
  ],
  ...['T-21', 'T-22', 'T-23', 'T-25', 'T-26'],
];
const EVIDENCE: EngineEvidence = {
  engine: 'moto 5.2.5’s books, the yard’s balancer behind them',
  nature: 'provoked',
  rules: Object.fromEntries(CARRIED.map((id) => [id, 'injected'])),
};

/** Holds routes of an AWS account to the traffic rules: the emulator's books, and a body that carries real requests. */
export async function awsTrafficConformance(manifest: ProviderManifest): Promise<TrafficConformanceHarness> {
  const yard = await startYard();
  const about = {
    name: 'aws (Elastic Load Balancing: moto’s books, the yard’s balancer)',
    manifest,
    evidence: EVIDENCE,
    healthSeenWithinMs: 4_000,
  };
  if (typeof yard === 'string') {
    return { ...about, unavailable: yard, setUp: async () => Promise.reject(new Error(yard)) };
  }
  return { ...about, setUp: async () => targetOf(yard) };
}

async function startYard(): Promise<AwsYard | string> {
  try {
    const yard = await startAwsYard({
      policy: await publishedPolicy(),
      balancers: ROUTES,
      settings: { rates: { '*': { burst: 1_000, perSecond: 1_000 } } },
    });
    yardLane('aws traffic conformance', true);
    return yard;
  } catch (thrown) {
    if (!(thrown instanceof SpringtideError)) throw thrown;
    yardLane('aws traffic conformance', false, thrown.message);
    return thrown.message;
  }
}

async function targetOf(yard: AwsYard) {
  const routes = Object.fromEntries(
    ROUTES.map((name) => {
      const { listenerArn = '', url = '' } = yard.balancers[name] ?? {};
      return [name, { kind: 'listener', region: yard.region, listenerArn, entrance: url }];
    }),
  );
  const settings = { regions: [yard.region], endpoint: yard.endpoint, subnets: yard.subnets, routes };
  const secret = { accessKeyId: yard.accessKeyId, secretAccessKey: yard.secretAccessKey };
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  return {
    account: { settings, secret },
    routes: ROUTES,
    // A cloud's load balancer keeps its state: there is nothing to start again.
    restartProxy: async () => undefined,
    unreachable: () => ({ settings: { ...settings, endpoint: nowhere }, secret }),
    tearDown: () => yard.stop(),
  };
}
