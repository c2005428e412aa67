import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../tools/lane.js';
import { ensureVenv } from '../tools/python-venv.js';
import type { VsphereYard } from './vsphere-yard.js';

/** What pyvmomi, not our codec, sees of a machine. `marks` are the `springtide.*` entries of its extraConfig. */
export type OracleMachine = Readonly<{
  moref: string;
  name: string;
  instanceUuid: string;
  template: boolean;
  powerState: 'poweredOn' | 'poweredOff' | 'suspended';
  cluster: string | null;
  host: string | null;
  folder: string | null;
  cpus: number;
  memoryMiB: number;
  address: string | null;
  /** Names of the networks of its cards. */
  networks: readonly string[];
  /** Names of those that its files are on. */
  datastores: readonly string[];
  datastoreIds: readonly string[];
  /** Sizes of its disks in KiB. */
  disks: readonly number[];
  /** Its `guestinfo.*` entries. */
  guestinfo: Readonly<Record<string, string>>;
  marks: Readonly<Record<string, string>>;
}>;

type Endpoint = Pick<VsphereYard, 'url' | 'user' | 'password' | 'caPem'>;

/** Ground truth, read with other people's client. */
export function askVsphereOracle(yard: Endpoint): Promise<readonly OracleMachine[]> {
  return runOracle(yard, []);
}

/** Acts as a person in the vSphere client: destroys the machine of this name or instance UUID. */
export function destroyOutside(yard: Endpoint, name: string): Promise<readonly OracleMachine[]> {
  return runOracle(yard, ['--destroy', name]);
}

/** Acts as a person in the vSphere client: makes a running machine that carries none of our marks. */
export function createOutside(
  yard: Endpoint,
  name: string,
  machineType?: string,
): Promise<readonly OracleMachine[]> {
  const type = machineType === undefined ? [] : ['--machine-type', machineType];
  return runOracle(yard, ['--create', name, ...type]);
}

/** Acts as a person in the vSphere client: puts a host into maintenance, or takes it out. */
export async function maintainHost(yard: Endpoint, host: string, state: 'enter' | 'exit'): Promise<void> {
  await runOracle(yard, [`--${state}-maintenance`, host]);
}

/** Acts as a person in the vSphere client: takes a snapshot of the machine of this name or instance UUID. */
export async function takeSnapshot(yard: Endpoint, machine: string, name: string): Promise<void> {
  await runOracle(yard, ['--snapshot', machine, name]);
}

async function runOracle(yard: Endpoint, action: readonly string[]): Promise<readonly OracleMachine[]> {
  const python = await ensureVenv({ name: 'pyvmomi', packages: ['pyvmomi==9.1.1.0'], binary: 'python' });
  const folder = await mkdtemp(join(tmpdir(), 'springtide-oracle-'));
  try {
    const ca = join(folder, 'ca.pem');
    await writeFile(ca, yard.caPem);
    const { hostname, port } = new URL(yard.url);
    const script = join(projectRoot(), 'test', 'yard', 'vsphere', 'oracle.py');
    const target = ['--host', hostname, '--port', port, '--user', yard.user, '--ca', ca];
    const { stdout } = await promisify(execFile)(python, [script, ...target, ...action], {
      env: { ...process.env, YARD_VSPHERE_PASSWORD: yard.password },
      maxBuffer: 64 << 20,
    });
    return JSON.parse(stdout) as readonly OracleMachine[];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
