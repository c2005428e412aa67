import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@springtide/kernel';
import type { ProviderManifest } from '@springtide/provider-kit';
import type {
  ConformanceControls,
  ConformanceHarness,
  ConformanceTarget,
  EngineEvidence,
  FaultyOperation,
} from '@springtide/provider-kit/conformance';
import type { AccountCredential } from './cloud/accounts.js';
import type { Fault } from './cloud/faults.js';
import { freePort } from '../tools/free-port.js';
import { projectRoot } from '../tools/lane.js';
import { startTencentYard, type TencentYard } from './tencent-yard.js';

const REGION = 'ap-guangzhou';
const MACHINE_TYPE = 'S5.LARGE8';
const VCPU_LIMIT = 2_000;
const PAGE_SIZE = 10;
/** Real listings may lag by a minute; the yard's only as long as they are told to. */
const YARD_LAG_MS = 300;
/** The published limits would only make the run slower; throttling is asked for where a rule is about it. */
const YARD_RATE = { burst: 1_000, perSecond: 1_000 };
const PRODUCTS = ['cvm', 'cbs', 'vpc', 'clb', 'dnspod', 'tke', 'billing', 'sts', 'cloudaudit'];

/** The key that the provider works with: it may do what the provider's README asks for, and nothing else. */
export const LEAST_KEY = {
  secretId: 'AKIDleastleastleastleastleastleast',
  secretKey: 'yardLeastNeverARealSecretKey0000',
};

const ACTIONS: Readonly<Record<FaultyOperation, string>> = {
  launch: 'RunInstances',
  terminate: 'TerminateInstances',
  describe: 'DescribeInstances',
  list: 'DescribeInstances',
};

const EVIDENCE: EngineEvidence = {
  engine: 'the yard’s simulator of Tencent Cloud’s wire',
  nature: 'our reading',
  controls: {
    loseNextAnswer: 'injected',
    delayNextAnswer: 'injected',
    throttleNext: 'injected',
    breakNext: 'injected',
    truncateNextListing: 'injected',
    unreachable: 'provoked',
  },
};

/** Holds the Tencent provider to every rule, over the wire, against the yard's simulator. */
export async function tencentConformance(manifest: ProviderManifest): Promise<ConformanceHarness> {
  return {
    name: 'tencent (the yard’s simulator)',
    manifest: {
      ...manifest,
      limits: { ...manifest.limits, visibilityLagMs: YARD_LAG_MS },
      rates: { read: YARD_RATE, mutate: YARD_RATE },
    },
    evidence: EVIDENCE,
    withheld: {
      expireSessions: 'every call is signed; there are no sessions',
    },
    setUp: async () => {
      const yard = await startTencentYard({
        settings: {
          bootMs: 150,
          terminateMs: 100,
          failedStayMs: 1_500,
          clusterMs: 150,
          maxPageSize: PAGE_SIZE,
          rates: { '*': null },
        },
      });
      await yard.admin.putCredential({ ...LEAST_KEY, policy: await publishedPolicy() });
      return targetOf(yard);
    },
  };
}

/** The policy document of the provider's README, as somebody would paste it. */
export async function publishedPolicy(): Promise<NonNullable<AccountCredential['policy']>> {
  const text = await readFile(join(projectRoot(), 'providers', 'tencent', 'README.md'), 'utf8');
  const [, block = ''] = /```json\n(\{\s*"version": "2\.0"[\s\S]*?)```/.exec(text) ?? [];
  return JSON.parse(block) as NonNullable<AccountCredential['policy']>;
}

/** Settings of an account that reaches every product at one address. */
export function yardSettings(endpoint: string, yard: TencentYard): Readonly<Record<string, unknown>> {
  return {
    regions: [REGION],
    endpoints: Object.fromEntries(PRODUCTS.map((product) => [product, endpoint])),
    subnets: yard.regions[REGION]?.subnets ?? {},
    vcpuLimits: { [REGION]: VCPU_LIMIT },
    partialLaunch: true,
  };
}

async function targetOf(yard: TencentYard): Promise<ConformanceTarget> {
  const region = yard.regions[REGION];
  const [zone = ''] = region?.zones ?? [];
  const deadPort = await freePort();
  const settings = yardSettings(yard.endpoint, yard);
  const clock = passingClock();
  return {
    account: { settings, secret: LEAST_KEY },
    region: REGION,
    sample: {
      zone,
      machineType: MACHINE_TYPE,
      image: region?.imageId ?? '',
      securityGroups: [region?.securityGroupId ?? ''],
      purchaseOption: 'on-demand',
      subnet: region?.subnets[zone] ?? '',
      userData: '#cloud-config\npackages: [nginx]\n',
    },
    cluster: {
      network: region?.vpcId ?? '',
      subnets: [region?.subnets[zone] ?? ''],
      securityGroups: [region?.securityGroupId ?? ''],
      machineType: MACHINE_TYPE,
    },
    unknownId: (n) => `ins-${n.toString(36).padStart(8, '0')}`,
    clock,
    controls: {
      ...faultControls(yard),
      ...stateControls(yard, zone, () => -clock.passedMs()),
      wrongCredentials: () => ({ settings, secret: { ...LEAST_KEY, secretKey: 'notTheSecretOfThisKey' } }),
      unreachable: () => ({
        settings: yardSettings(`http://127.0.0.1:${deadPort}`, yard),
        secret: LEAST_KEY,
      }),
      listPageSize: () => PAGE_SIZE,
      passTime: async (ms) => {
        clock.pass(ms);
        await yard.admin.passTime(ms);
        await yard.admin.change({ clockOffsetMs: -clock.passedMs() });
      },
    },
    tearDown: () => yard.stop(),
  };
}

type PassingClock = Clock & Readonly<{ pass(ms: number): void; passedMs(): number }>;

/** The system's clock, moved on as the life in the cloud is. The SDK signs by the system's, so signatures stay there. */
function passingClock(): PassingClock {
  let passedMs = 0;
  return {
    now: () => new Date(Date.now() + passedMs),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    pass: (ms) => {
      passedMs += ms;
    },
    passedMs: () => passedMs,
  };
}

function faultControls({ admin }: TencentYard): Partial<ConformanceControls> {
  const inject = async (operation: FaultyOperation, kind: Fault['kind'], more = {}): Promise<void> => {
    await admin.addFault({ action: ACTIONS[operation], kind, ...more });
  };
  return {
    loseNextAnswer: (operation) => inject(operation, 'lost-answer'),
    delayNextAnswer: (operation, delayMs) => inject(operation, 'delay', { delayMs }),
    throttleNext: (operation, times) => inject(operation, 'throttle', { times }),
    breakNext: (operation) => inject(operation, 'error', { code: 'ErrorThatNobodyKnows' }),
    truncateNextListing: () => inject('list', 'short-list'),
    failNextBoot: async () => void (await admin.failNextBoots(1)),
  };
}

function stateControls(
  { admin }: TencentYard,
  zone: string,
  usualOffsetMs: () => number,
): Partial<ConformanceControls> {
  const change = async (part: Parameters<typeof admin.change>[0], back: typeof part) => {
    await admin.change(part);
    return async (): Promise<void> => void (await admin.change(back));
  };
  const limit = async (at: string, machineType: string, more: number) => {
    await admin.setStock(at, machineType, more);
    return async (): Promise<void> => void (await admin.setStock(at, machineType, null));
  };
  const foreign: string[] = [];
  const machineQuota = 20_000;
  return {
    sellOut: (at, machineType) => limit(at, machineType, 0),
    limitStock: limit,
    exhaustQuota: () => change({ machineQuota: 0 }, { machineQuota }),
    skewClock: (ms) => change({ clockOffsetMs: usualOffsetMs() + ms }, { clockOffsetMs: usualOffsetMs() }),
    hideNewFor: (ms) => change({ readLagMs: ms }, { readLagMs: 0 }),
    deleteOutside: async (id) => void (await admin.terminate([id])),
    createForeign: async () => {
      const { ids } = await admin.launchForeign({ machineType: MACHINE_TYPE, zone, name: 'legacy' });
      foreign.push(...ids);
      return ids[0] ?? '';
    },
    attachSatellite: async (machineId) => (await admin.createDisk({ zone, attachTo: machineId })).id,
    reset: async () => {
      await admin.clearFaults();
      await admin.change({ machineQuota, clockOffsetMs: usualOffsetMs(), readLagMs: 0 });
      await admin.setStock(zone, MACHINE_TYPE, null);
      if (foreign.length > 0) await admin.terminate(foreign.splice(0));
    },
  };
}
