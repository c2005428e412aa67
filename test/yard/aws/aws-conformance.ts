import { SpringtideError } from '@springtide/kernel';
import { systemClock } from '@springtide/platform';
import type { ProviderManifest } from '@springtide/provider-kit';
import type {
  ConformanceControls,
  ConformanceHarness,
  ConformanceTarget,
  EngineEvidence,
  FaultyOperation,
} from '@springtide/provider-kit/conformance';
import { freePort } from '../tools/free-port.js';
import { yardLane } from '../tools/lane.js';
import { startAwsYard, type AwsYard } from './aws-yard.js';
import { publishedPolicy } from './rights.js';
import type { FaultKind } from './faults.js';

const MACHINE_TYPE = 'c6i.large';
const PAGE_SIZE = 10;
/** Real AWS can need 90 s until every read shows a new machine; the yard only as long as it is told to. */
const YARD_LAG_MS = 300;

/** The published buckets would only make the run slower; throttling is asked for where a rule is about it. */
const YARD_RATE = { burst: 1_000, perSecond: 1_000 };

/** How the account starts machines. */
type LaunchWay = 'run-instances' | 'fleet';

const LAUNCH_ACTIONS: Readonly<Record<LaunchWay, string>> = {
  'run-instances': 'RunInstances',
  fleet: 'CreateFleet',
};

const ACTIONS: Readonly<Record<Exclude<FaultyOperation, 'launch'>, string>> = {
  terminate: 'TerminateInstances',
  describe: 'DescribeInstances',
  list: 'DescribeInstances',
};

/** What moto does by itself is provoked; README.md says what the front before it adds. */
const EVIDENCE: EngineEvidence = {
  engine: 'moto 5.2.5 behind the yard’s front',
  nature: 'provoked',
  controls: {
    loseNextAnswer: 'injected',
    delayNextAnswer: 'injected',
    throttleNext: 'injected',
    breakNext: 'injected',
    sellOut: 'injected',
    limitStock: 'injected',
    exhaustQuota: 'injected',
    skewClock: 'injected',
    hideNewFor: 'injected',
    wrongCredentials: 'injected',
    listPageSize: 'injected',
  },
  // Tokens, partial launches, states on the way, limits, spot prices and the naming of missing ids are the front's.
  rules: Object.fromEntries(
    [
      'P-04',
      'P-12',
      'P-13',
      'P-14',
      'P-16',
      'P-17',
      'P-20',
      'P-37',
      'P-40',
      'P-42',
      'P-44',
      'P-56',
      'P-62',
      'P-64',
    ].map((id) => [id, 'injected']),
  ),
};

/** Which zones there are is the front's word where a fleet is asked for. */
const FLEET_EVIDENCE: EngineEvidence = {
  ...EVIDENCE,
  rules: { ...EVIDENCE.rules, 'P-25': 'injected' },
};

/** Holds the AWS provider to every rule, over the wire, against the yard's EC2. */
export async function awsConformance(
  manifest: ProviderManifest,
  launch: LaunchWay = 'run-instances',
): Promise<ConformanceHarness> {
  const yard = await startYard();
  const about = {
    name:
      launch === 'fleet'
        ? 'aws (fleets, moto behind the yard’s front)'
        : 'aws (moto behind the yard’s front)',
    manifest: {
      ...manifest,
      limits: { ...manifest.limits, visibilityLagMs: YARD_LAG_MS },
      rates: { read: YARD_RATE, mutate: YARD_RATE },
    },
    evidence: launch === 'fleet' ? FLEET_EVIDENCE : EVIDENCE,
    withheld: {
      failNextBoot: 'a machine that EC2 could not build ends by itself and is gone',
      truncateNextListing: 'a page without a token is the end of the listing, on the wire too',
      expireSessions: 'every call is signed; there are no sessions',
      passTime: 'the yard lives on the system’s clock',
    },
  };
  if (typeof yard === 'string') {
    return { ...about, unavailable: yard, setUp: async () => Promise.reject(new Error(yard)) };
  }
  return { ...about, setUp: async () => targetOf(yard, launch) };
}

/** The reason when there is none here. */
async function startYard(): Promise<AwsYard | string> {
  try {
    const yard = await startAwsYard({
      policy: await publishedPolicy(),
      settings: {
        bootDelayMs: 150,
        terminateDelayMs: 100,
        maxPageSize: PAGE_SIZE,
        rates: { '*': YARD_RATE },
      },
    });
    yardLane('aws conformance', true);
    return yard;
  } catch (thrown) {
    if (!(thrown instanceof SpringtideError)) throw thrown;
    yardLane('aws conformance', false, thrown.message);
    return thrown.message;
  }
}

async function targetOf(yard: AwsYard, launch: LaunchWay): Promise<ConformanceTarget> {
  const [zone = ''] = yard.zones;
  const settings = {
    regions: [yard.region],
    endpoint: yard.endpoint,
    machineTypes: [MACHINE_TYPE, 'c6i.xlarge', 'm6i.large'],
    subnets: yard.subnets,
    spot: {},
    launch,
    clusters: {
      roleArn: 'arn:aws:iam::123456789012:role/springtide-cluster',
      nodeRoleArn: 'arn:aws:iam::123456789012:role/springtide-node',
    },
  };
  const secret = { accessKeyId: yard.accessKeyId, secretAccessKey: yard.secretAccessKey };
  const deadPort = await freePort();
  return {
    account: { settings, secret },
    region: yard.region,
    sample: {
      zone,
      machineType: MACHINE_TYPE,
      image: yard.imageId,
      securityGroups: [yard.securityGroupId],
      purchaseOption: 'on-demand',
      userData: '#cloud-config\npackages: [nginx]\n',
    },
    cluster: {
      machineType: MACHINE_TYPE,
      network: yard.vpcId,
      subnets: Object.values(yard.subnets),
      securityGroups: [yard.securityGroupId],
      version: '1.36',
    },
    unknownId: (n) => `i-${n.toString(16).padStart(17, '0')}`,
    clock: systemClock,
    controls: {
      ...faultControls(yard, LAUNCH_ACTIONS[launch]),
      ...stateControls(yard, zone),
      wrongCredentials: () => ({
        settings,
        secret: { ...secret, secretAccessKey: 'not-the-secret-of-this-key' },
      }),
      unreachable: () => ({ settings: { ...settings, endpoint: `http://127.0.0.1:${deadPort}` }, secret }),
      listPageSize: () => PAGE_SIZE,
    },
    tearDown: () => yard.stop(),
  };
}

function faultControls({ admin }: AwsYard, launch: string): Partial<ConformanceControls> {
  const inject = async (operation: FaultyOperation, kind: FaultKind, more = {}): Promise<void> => {
    const action = operation === 'launch' ? launch : ACTIONS[operation];
    await admin.addFault({ operation: action, kind, ...more });
  };
  return {
    loseNextAnswer: (operation) => inject(operation, 'lost-answer'),
    delayNextAnswer: (operation, delayMs) => inject(operation, 'delay', { delayMs }),
    throttleNext: (operation, times) => inject(operation, 'throttle', { times }),
    breakNext: (operation) => inject(operation, 'error', { code: 'ErrorThatNobodyKnows', status: 500 }),
  };
}

function stateControls({ admin }: AwsYard, zone: string): Partial<ConformanceControls> {
  const change = async (part: Parameters<typeof admin.change>[0], back: typeof part) => {
    await admin.change(part);
    return async (): Promise<void> => void (await admin.change(back));
  };
  const limit = async (at: string, machineType: string, more: number) => {
    const all = await admin.machines();
    const there = all.filter(
      (machine) => machine.machineType === machineType && machine.zone === at && isLive(machine.state),
    );
    await admin.setStock(machineType, at, there.length + more);
    return async (): Promise<void> => void (await admin.setStock(machineType, at, null));
  };
  const foreign: string[] = [];
  return {
    sellOut: (at, machineType) => limit(at, machineType, 0),
    limitStock: limit,
    exhaustQuota: () => change({ vcpuLimit: 0 }, { vcpuLimit: null }),
    skewClock: (ms) => change({ clockOffsetMs: ms }, { clockOffsetMs: 0 }),
    hideNewFor: (ms) => change({ readLagMs: ms }, { readLagMs: 0 }),
    deleteOutside: async (id) => void (await admin.terminate([id])),
    createForeign: async () => {
      const { ids } = await admin.launchForeign({
        machineType: MACHINE_TYPE,
        zone,
        tags: { Name: 'legacy' },
      });
      foreign.push(...ids);
      return ids[0] ?? '';
    },
    attachSatellite: (machineId) => attachDisk(admin, machineId, zone),
    reset: async () => {
      await admin.clearFaults();
      await admin.change({ vcpuLimit: null, clockOffsetMs: 0, readLagMs: 0 });
      await admin.setStock(MACHINE_TYPE, zone, null);
      if (foreign.length > 0) await admin.terminate(foreign.splice(0));
    },
  };
}

/** A disk with the tags of its machine, attached to it, and kept when the machine ends. */
async function attachDisk(admin: AwsYard['admin'], machineId: string, zone: string): Promise<string> {
  const machine = (await admin.machines()).find(({ id }) => id === machineId);
  const { id } = await admin.createVolume({ zone, tags: machine?.tags ?? {}, attachTo: machineId });
  return id;
}

function isLive(state: string): boolean {
  return state === 'pending' || state === 'running';
}
