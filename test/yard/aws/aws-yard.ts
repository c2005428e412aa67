import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { freePort } from '../tools/free-port.js';
import { projectRoot } from '../tools/lane.js';
import { startProcess, type RunningProcess } from '../tools/process.js';
import { ensureVenv } from '../tools/python-venv.js';
import { AdminDoor } from './admin.js';
import { AwsYardAdmin } from './aws-yard-admin.js';
import { BalancerDesk, type YardBalancer } from './balancer-desk.js';
import { ClusterDesk } from './cluster-desk.js';
import { CloudBook, DEFAULT_SETTINGS, type YardSettings } from './cloud-book.js';
import { Buckets, FaultList } from './faults.js';
import { FleetDesk } from './fleet-desk.js';
import { createFront } from './front.js';
import { InstanceReader } from './instances.js';
import { LastAnswers } from './last-answers.js';
import { LaunchDesk } from './launches.js';
import { NameDesk, type YardNames } from './name-desk.js';
import { PartLists } from './part-lists.js';
import { PriceDesk } from './price-desk.js';
import { QuotaDesk } from './quota-desk.js';
import { dropRights, enforceRights, type CallerKey, type Callers, type PolicyDocument } from './rights.js';
import { seedCloud, type YardSeed } from './seed.js';
import { SpotDesk } from './spot-desk.js';
import { TrailDesk } from './trail-desk.js';
import { Upstream } from './upstream.js';

export const MOTO_PACKAGES = [
  'moto[server,ec2,elbv2,route53,sts,s3,ce,servicequotas]==5.2.5',
  'boto3==1.44.5',
];

export type AwsYardOptions = Readonly<{
  region?: string;
  /** Zone letters; default a, b, c. */
  zones?: readonly string[];
  /** First two octets of the machines' addresses; default 127.20. */
  addressPrefix?: string;
  /** Port of the front; default a free one. */
  port?: number;
  settings?: Partial<YardSettings>;
  /** Application Load Balancers to make, each with a listener that really carries requests. */
  balancers?: readonly string[];
  /** A hosted zone with a name server that answers from it. */
  names?: boolean;
  /** The rights of the caller, judged by the emulator from then on; left out: nobody is asked for rights. */
  policy?: PolicyDocument;
  /** Receives the emulator's log. */
  logFolder?: string;
  onProgress?: (message: string) => void;
}>;

/** What a client needs to know; plain JSON, so that it crosses process borders. */
export type AwsYardAccess = Readonly<{
  endpoint: string;
  region: string;
  zones: readonly string[];
  accessKeyId: string;
  secretAccessKey: string;
  /** Of somebody else with the same account, who may do everything and is no part of Springtide. */
  colleague: CallerKey;
  vpcId: string;
  imageId: string;
  securityGroupId: string;
  subnets: Readonly<Record<string, string>>;
  balancers: Readonly<Record<string, YardBalancer>>;
  names: YardNames | null;
  pids: readonly number[];
}>;

export type AwsYard = AwsYardAccess & Readonly<{ admin: AwsYardAdmin; stop(): Promise<void> }>;

const ANYBODY: Callers = {
  springtide: {
    accessKeyId: 'AKIAYARDYARDYARDYARD',
    secretAccessKey: 'yard/only/never/a/real/secret/access/key',
  },
  colleague: {
    accessKeyId: 'AKIACOLLEAGUECOLLEAG',
    secretAccessKey: 'yard/only/somebody/else/s/secret/key',
  },
};

/** A cloud that speaks EC2 and STS: the moto emulator behind a front that adds what it lacks. Loopback only. */
export async function startAwsYard(options: AwsYardOptions = {}): Promise<AwsYard> {
  const region = options.region ?? 'eu-central-1';
  const zones = (options.zones ?? ['a', 'b', 'c']).map((letter) => `${region}${letter}`);
  const moto = await startMoto(options);
  try {
    return await openFront(moto.process, new Upstream(moto.port), region, zones, options);
  } catch (thrown) {
    await moto.process.kill();
    throw thrown;
  }
}

/** The emulator alone. */
export async function startMoto(options: AwsYardOptions): Promise<{ process: RunningProcess; port: number }> {
  const { onProgress } = options;
  const command = await ensureVenv({
    name: 'moto',
    packages: MOTO_PACKAGES,
    binary: 'python',
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const port = await freePort();
  const process = await startProcess({
    name: 'moto',
    command,
    args: [
      join(projectRoot(), 'test', 'yard', 'aws', 'moto_server.py'),
      '-H',
      '127.0.0.1',
      '-p',
      String(port),
    ],
    env: { MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION: 'true', MOTO_ENABLE_AMI_VALIDATION: 'true' },
    ready: { port },
    readyTimeoutMs: 60_000,
    logFile: join(options.logFolder ?? join(tmpdir(), 'springtide-yard'), 'moto.log'),
  });
  return { process, port };
}

async function openFront(
  moto: RunningProcess,
  upstream: Upstream,
  region: string,
  zones: readonly string[],
  options: AwsYardOptions,
): Promise<AwsYard> {
  const plan = { region, zones, addressPrefix: options.addressPrefix ?? '127.20' };
  const { policy } = options;
  let seed: YardSeed = await seedCloud(upstream, plan);
  const book = new CloudBook({ ...DEFAULT_SETTINGS, ...options.settings });
  const faults = new FaultList();
  const buckets = new Buckets();
  const answers = new LastAnswers(upstream);
  const reader = new InstanceReader(upstream, book, answers);
  const desk = new LaunchDesk(upstream, book, () => seed);
  const balancerDesk = new BalancerDesk(upstream, region);
  const balancers = await balancerDesk.open(options.balancers ?? [], seed);
  const nameDesk = new NameDesk(upstream);
  const names = options.names === true ? await nameDesk.open() : null;
  const secrets = new Map<string, string>();
  const users = new Map<string, string>();
  const trail = new TrailDesk(book, users, policy);
  const openGate = async (): Promise<Callers> => {
    const callers = policy === undefined ? ANYBODY : await enforceRights(upstream, policy);
    for (const map of [secrets, users]) map.clear();
    for (const [name, key] of Object.entries(callers)) {
      secrets.set(key.accessKeyId, key.secretAccessKey);
      users.set(key.accessKeyId, name);
    }
    return callers;
  };
  const reset = async (): Promise<void> => {
    if (policy !== undefined) await dropRights(upstream);
    for (const part of [book, desk, trail]) part.reset();
    for (const part of [faults, buckets]) part.clear();
    seed = await seedCloud(upstream, plan);
    await openGate();
  };
  const admin = new AdminDoor({ region, upstream, book, faults, buckets, reader, seed: () => seed, reset });
  const { springtide, colleague } = await openGate();
  const server = createFront({
    ...{ upstream, book, faults, buckets, reader, desk, admin, secrets, trail },
    parts: new PartLists(answers),
    balancers: balancerDesk,
    names: nameDesk,
    clusters: new ClusterDesk(upstream),
    prices: new PriceDesk(region, policy),
    quotas: new QuotaDesk(book, region, policy),
    spot: new SpotDesk(upstream, book),
    fleets: new FleetDesk(upstream, desk),
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    region,
    zones,
    ...springtide,
    colleague,
    ...seed,
    balancers,
    names,
    pids: [moto.pid],
    admin: new AwsYardAdmin(endpoint),
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await balancerDesk.close();
      await nameDesk.close();
      upstream.close();
      await moto.stop();
    },
  };
}
