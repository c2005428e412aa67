import { SpringtideError } from '@springtide/kernel';
import type { ProviderManifest } from '@springtide/provider-kit';
import type { EngineEvidence, TrafficConformanceHarness } from '@springtide/provider-kit/conformance';
import { freePort } from '../tools/free-port.js';
import { yardLane } from '../tools/lane.js';
import { startAwsYard, type AwsYard } from './aws-yard.js';
import { publishedPolicy } from './rights.js';

const ROUTES = ['storefront', 'checkout'] as const;
const UNSEEN = 'a name does not look who is behind it';

/** Rules about requests: the yard's name server answers for the names. */
const ANSWERED = ['T-01', 'T-02', 'T-04', 'T-05', 'T-06', 'T-08', 'T-10', 'T-12', 'T-13', 'T-16'];
const EVIDENCE: EngineEvidence = {
  engine: 'moto 5.2.5’s books, the yard’s name server behind them',
  nature: 'provoked',
  rules: Object.fromEntries(ANSWERED.map((id) => [id, 'injected'])),
};

/** Holds names in Route 53 to the traffic rules that a name can keep: the emulator's books, real queries. */
export async function awsNamesConformance(manifest: ProviderManifest): Promise<TrafficConformanceHarness> {
  const yard = await startYard();
  const about = {
    name: 'aws (Route 53: moto’s books, the yard’s name server)',
    manifest,
    evidence: EVIDENCE,
    healthSeenWithinMs: 4_000,
    waived: {
      'T-03': UNSEEN,
      'T-09': UNSEEN,
      'T-11': UNSEEN,
      'T-21': UNSEEN,
    },
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
      names: true,
      settings: { rates: { '*': { burst: 1_000, perSecond: 1_000 } } },
    });
    yardLane('aws names conformance', true);
    return yard;
  } catch (thrown) {
    if (!(thrown instanceof SpringtideError)) throw thrown;
    yardLane('aws names conformance', false, thrown.message);
    return thrown.message;
  }
}

async function targetOf(yard: AwsYard) {
  const { hostedZoneId = '', domain = '', server = '' } = yard.names ?? {};
  const memberPort = await freePort();
  const routes = Object.fromEntries(
    ROUTES.map((route) => {
      const name = `${route}.${domain}`;
      return [route, { kind: 'name', hostedZoneId, name, scheme: 'http', port: memberPort, ttlSeconds: 1 }];
    }),
  );
  const settings = { regions: [yard.region], endpoint: yard.endpoint, routes };
  const secret = { accessKeyId: yard.accessKeyId, secretAccessKey: yard.secretAccessKey };
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  return {
    account: { settings, secret },
    routes: ROUTES,
    names: { server, memberPort },
    restartProxy: async () => undefined,
    unreachable: () => ({ settings: { ...settings, endpoint: nowhere }, secret }),
    tearDown: () => yard.stop(),
  };
}
