import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../tools/free-port.js';
import { startProcess } from '../tools/process.js';
import { ensureSimulator, simulatorAvailable, type Availability } from './simulator-binary.js';

export type VsphereYardOptions = Readonly<{
  /** Free ports are chosen when absent. */
  port?: number;
  adminPort?: number;
  /** Compute clusters, each a zone: `DC0_C0`, `DC0_C1` … Default 2. */
  clusters?: number;
  hostsPerCluster?: number;
  /** Other people's machines per cluster, powered on; one of them becomes the template. Default 2. */
  machinesPerCluster?: number;
  /** `LocalDS_0`, `LocalDS_1` …, each seen by every host. Default 1. */
  datastores?: number;
  hostMemoryMiB?: number;
  hostCores?: number;
  /** From power-on to a guest address. Default 500 ms. */
  bootDelayMs?: number;
  /** Added to every clone. Default 0. */
  cloneDelayMs?: number;
  /** Range of guest addresses. Default 127.10.0.0/16, so that a server can answer there. */
  guestRange?: string;
  logFile?: string;
  /** Go's GOGC: beyond 100 it takes memory instead of time. */
  garbagePercent?: number;
  /** For inventories of thousands, which take minutes to make. Default 30 s. */
  readyTimeoutMs?: number;
  onProgress?: (message: string) => void;
}>;

export type VsphereYard = Readonly<{
  /** `https://127.0.0.1:<port>/sdk` */
  url: string;
  user: string;
  password: string;
  /** The authority that signed the endpoint's certificate. */
  caPem: string;
  template: string;
  datacenter: string;
  zones: readonly string[];
  /** Plain HTTP: faults, task-faults, drop, clock, expire-sessions, reset, calls. */
  adminUrl: string;
  pid: number;
  stop(): Promise<void>;
}>;

const USER = 'yard@vsphere.local';
const TEMPLATE = 'yard-template';
const DATACENTER = 'DC0';

/** Whether this machine can have the vSphere yard, and why not; builds it where it was never built. */
export function vsphereYardAvailable(onProgress?: (message: string) => void): Promise<Availability> {
  return simulatorAvailable(onProgress);
}

/** Builds (once) and starts a vSphere endpoint on loopback with a fresh password. It dies with this process. */
export async function startVsphereYard(options: VsphereYardOptions = {}): Promise<VsphereYard> {
  const binary = await ensureSimulator(options.onProgress);
  const folder = await mkdtemp(join(tmpdir(), 'springtide-vsphere-'));
  const listen = `127.0.0.1:${options.port ?? (await freePort())}`;
  const admin = `127.0.0.1:${options.adminPort ?? (await freePort())}`;
  const certificate = join(folder, 'ca.pem');
  const password = randomBytes(18).toString('base64url');
  const clusters = options.clusters ?? 2;
  const simulator = await startProcess({
    name: 'vSphere simulator',
    command: binary,
    args: [...flags(options, clusters), '-listen', listen, '-admin', admin, '-certificate', certificate],
    env: { YARD_VSPHERE_PASSWORD: password, TMPDIR: folder, GOGC: String(options.garbagePercent ?? 100) },
    ready: (line) => line.startsWith('{"admin"'),
    ...(options.readyTimeoutMs === undefined ? {} : { readyTimeoutMs: options.readyTimeoutMs }),
    ...(options.logFile === undefined ? {} : { logFile: options.logFile }),
  });
  return {
    url: `https://${listen}/sdk`,
    user: USER,
    password,
    caPem: await readFile(certificate, 'utf8'),
    template: TEMPLATE,
    datacenter: DATACENTER,
    zones: Array.from({ length: clusters }, (_, index) => `${DATACENTER}_C${index}`),
    adminUrl: `http://${admin}`,
    pid: simulator.pid,
    stop: async () => {
      await simulator.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function flags(options: VsphereYardOptions, clusters: number): string[] {
  const values: Readonly<Record<string, string | number>> = {
    clusters,
    hosts: options.hostsPerCluster ?? 2,
    machines: options.machinesPerCluster ?? 2,
    datastores: options.datastores ?? 1,
    'host-memory-mib': options.hostMemoryMiB ?? 65_536,
    'host-cores': options.hostCores ?? 32,
    'boot-delay': `${options.bootDelayMs ?? 500}ms`,
    'clone-delay': `${options.cloneDelayMs ?? 0}ms`,
    'guest-range': options.guestRange ?? '127.10.0.0/16',
    template: TEMPLATE,
    user: USER,
  };
  return Object.entries(values).flatMap(([name, value]) => [`-${name}`, String(value)]);
}
