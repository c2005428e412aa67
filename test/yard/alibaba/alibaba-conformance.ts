import { readFile } from 'node:fs/promises';
import { MINUTE } from '@springtide/kernel';
import { systemClock } from '@springtide/platform';
import type { ProviderManifest } from '@springtide/provider-kit';
import type {
  ConformanceControls,
  ConformanceHarness,
  ConformanceTarget,
  ControlName,
  Evidence,
  FaultyOperation,
} from '@springtide/provider-kit/conformance';
import { freePort } from '../tools/free-port.js';
import { startAlibabaYard, type AlibabaYard } from './alibaba-yard.js';
import type { FaultKind } from './faults.js';

/** `acs3` as the public cloud signs, `rpc` as older private deployments do. */
export type Signature = 'acs3' | 'rpc';

const MACHINE_TYPE = 'ecs.c7.large';
const VCPU_LIMIT = 2_000;
const PAGE_SIZE = 10;
/** The real cloud can need a minute until every read shows a new machine; the yard only as long as it is told to. */
const YARD_LAG_MS = 300;
/** The cloud takes 30 minutes and more, and seconds are cut off. */
const SHORTEST_TIME_TO_LIVE_MS = 35 * MINUTE;

/** The real budget would only make the run slower; throttling is asked for where a rule is about it. */
const YARD_RATE = { burst: 1_000, perSecond: 1_000 };

const ACTIONS: Readonly<Record<FaultyOperation, string>> = {
  launch: 'ecs:RunInstances',
  terminate: 'ecs:DeleteInstances',
  describe: 'ecs:DescribeInstances',
  list: 'ecs:DescribeInstances',
};

/** What a fault rule brings about; everything else the simulator does by itself, as we read the vendor's documents. */
const INJECTED: readonly ControlName[] = ['loseNextAnswer', 'delayNextAnswer', 'throttleNext', 'breakNext'];

const SMALL_SETTINGS = {
  pendingMs: 100,
  startingMs: 100,
  stoppingMs: 50,
  releaseMs: 100,
  maxPageSize: PAGE_SIZE,
  maxBillRows: PAGE_SIZE,
  vcpuLimit: VCPU_LIMIT,
};

/** Nobody answers there: the rules about clusters read it, and what runs in a cluster is another provider's business. */
const KUBECONFIG = `apiVersion: v1
kind: Config
clusters:
  - name: yard
    cluster:
      server: https://127.0.0.1:6443
      certificate-authority-data: c3ByaW5ndGlkZQ==
users:
  - name: yard
    user: { token: yard-only }
contexts:
  - name: yard
    context: { cluster: yard, user: yard }
current-context: yard
`;

/** Holds the Alibaba provider to every rule, over the wire, with one of its two signatures. */
export function alibabaConformance(manifest: ProviderManifest, signature: Signature): ConformanceHarness {
  return {
    name: `alibaba (${signature}, the yard’s simulator)`,
    manifest: {
      ...manifest,
      limits: { ...manifest.limits, visibilityLagMs: YARD_LAG_MS },
      rates: { read: YARD_RATE, mutate: YARD_RATE },
    },
    evidence: {
      engine: 'the project’s Alibaba Cloud simulator',
      nature: 'our reading',
      controls: Object.fromEntries(INJECTED.map((name): [ControlName, Evidence] => [name, 'injected'])),
    },
    shortestTimeToLiveMs: SHORTEST_TIME_TO_LIVE_MS,
    withheld: {
      failNextBoot: 'a machine that the cloud could not build vanishes, and is gone',
      truncateNextListing: 'a page without a token is the end of the listing, on the wire too',
      expireSessions: 'every call is signed; there are no sessions',
    },
    setUp: async () => targetOf(await startAlibabaYard({ settings: SMALL_SETTINGS }), signature),
  };
}

/** The actions of the policy that the provider's README offers to paste, so that what it promises is what is tried. */
export async function publishedActions(): Promise<readonly string[]> {
  const readme = await readFile(new URL('../../../providers/alibaba/README.md', import.meta.url), 'utf8');
  const [, policy = ''] = /```json\n(\{\n {2}"Version": "1"[\s\S]*?)\n```/.exec(readme) ?? [];
  const { Statement } = JSON.parse(policy) as { Statement: { Action: string[] }[] };
  // Permissions of billing have another prefix than its interface; who one is may be asked without any.
  const actions = Statement.flatMap(({ Action }) =>
    Action.map((name) => name.replace(/^bssapi:/, 'bssopenapi:')),
  );
  return [...actions, 'sts:GetCallerIdentity'];
}

/** A key of its own, so that the policy of the README is what every rule runs under. */
export async function putLeastKey({ admin }: AlibabaYard) {
  const secret = { accessKeyId: 'LTAI5tLeastPrivileges0', accessKeySecret: 'leastPrivilegesSecret000' };
  await admin.putKey({
    accessKeyId: secret.accessKeyId,
    secret: secret.accessKeySecret,
    allowedActions: await publishedActions(),
  });
  return secret;
}

async function targetOf(yard: AlibabaYard, signature: Signature): Promise<ConformanceTarget> {
  const [region] = yard.regions;
  if (region === undefined) throw new Error('the yard has no region');
  const [zone = ''] = region.zones;
  const secret = await putLeastKey(yard);
  const settings = {
    regions: [region.regionId],
    signature,
    endpoint: yard.endpoint,
    machineTypes: [MACHINE_TYPE, 'ecs.c7.xlarge', 'ecs.g7.large'],
    subnets: region.vswitches,
    securityGroups: [region.securityGroupId],
  };
  const deadPort = await freePort();
  await yard.admin.setKubeconfig(KUBECONFIG);
  return {
    account: { settings, secret },
    region: region.regionId,
    sample: {
      zone,
      machineType: MACHINE_TYPE,
      image: region.imageId,
      securityGroups: [region.securityGroupId],
      purchaseOption: 'on-demand',
      userData: '#cloud-config\npackages: [nginx]\n',
    },
    cluster: {
      network: region.vpcId,
      subnets: [region.vswitches[zone] ?? ''],
      securityGroups: [region.securityGroupId],
      machineType: MACHINE_TYPE,
    },
    unknownId: (n) => `i-bp1${n.toString(36).padStart(17, '0')}`,
    clock: systemClock,
    controls: {
      ...faultControls(yard),
      ...stateControls(yard, zone),
      wrongCredentials: () => ({
        settings,
        secret: { ...secret, accessKeySecret: 'not-the-secret-of-this-key' },
      }),
      unreachable: () => ({ settings: { ...settings, endpoint: `http://127.0.0.1:${deadPort}` }, secret }),
      listPageSize: () => PAGE_SIZE,
    },
    tearDown: () => yard.stop(),
  };
}

function faultControls({ admin }: AlibabaYard): Partial<ConformanceControls> {
  const inject = async (operation: FaultyOperation, kind: FaultKind, more = {}): Promise<void> => {
    await admin.addFaults({ operation: ACTIONS[operation], kind, ...more });
  };
  return {
    loseNextAnswer: (operation) => inject(operation, 'lost-answer'),
    delayNextAnswer: (operation, delayMs) => inject(operation, 'delay', { delayMs }),
    throttleNext: (operation, times) => inject(operation, 'throttle', { times }),
    breakNext: (operation) => inject(operation, 'error', { code: 'ErrorThatNobodyKnows', status: 500 }),
  };
}

function stateControls({ admin }: AlibabaYard, zone: string): Partial<ConformanceControls> {
  const change = async (part: Parameters<typeof admin.change>[0], back: typeof part) => {
    await admin.change(part);
    return async (): Promise<void> => void (await admin.change(back));
  };
  const limit = async (at: string, machineType: string, free: number) => {
    await admin.setStock(at, machineType, free);
    return async (): Promise<void> => void (await admin.setStock(at, machineType, null));
  };
  const foreign: string[] = [];
  let timePassed = false;
  return {
    sellOut: (at, machineType) => limit(at, machineType, 0),
    limitStock: limit,
    exhaustQuota: () => change({ vcpuLimit: 0 }, { vcpuLimit: VCPU_LIMIT }),
    skewClock: (ms) => change({ clockOffsetMs: ms }, { clockOffsetMs: 0 }),
    hideNewFor: (ms) => change({ readLagMs: ms }, { readLagMs: 0 }),
    deleteOutside: async (id) => void (await admin.release([id])),
    createForeign: async () => {
      const order = { machineType: MACHINE_TYPE, zone, tags: { owner: 'legacy' }, running: true };
      const { ids } = await admin.createForeign(order);
      foreign.push(...ids);
      return ids[0] ?? '';
    },
    attachSatellite: (machineId) => attachDisk(admin, machineId, zone),
    // The cloud cuts release times to minutes and the provider rounds them up.
    passTime: async (ms) => {
      timePassed = true;
      await admin.advance(ms + MINUTE);
    },
    reset: async () => {
      await admin.clearFaults();
      if (timePassed) await admin.reset();
      timePassed = false;
      await admin.setKubeconfig(KUBECONFIG);
      await admin.change({ ...SMALL_SETTINGS, clockOffsetMs: 0, readLagMs: 0 });
      await admin.setStock(zone, MACHINE_TYPE, null);
      if (foreign.length > 0) await admin.release(foreign.splice(0));
    },
  };
}

/** A disk with the tags of its machine, attached to it, and kept when the machine ends. */
async function attachDisk(admin: AlibabaYard['admin'], machineId: string, zone: string): Promise<string> {
  const machine = (await admin.machines()).find(({ id }) => id === machineId);
  const { id } = await admin.createDisk({
    zone,
    tags: machine?.tags ?? {},
    attachTo: machineId,
    deleteWithInstance: false,
  });
  return id;
}
