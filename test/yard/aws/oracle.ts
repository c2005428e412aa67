import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../tools/lane.js';
import { ensureVenv } from '../tools/python-venv.js';
import { MOTO_PACKAGES, type AwsYardAccess } from './aws-yard.js';

type OracleResource = Readonly<{ id: string; state: string; tags: Readonly<Record<string, string>> }>;
type OracleMachine = OracleResource &
  Readonly<{ reservation: string; type: string; zone: string; privateIp: string | null; launchedAt: string }>;

export type OracleReport = Readonly<{
  /** Everything of ours that is not terminated. */
  machines: readonly OracleMachine[];
  terminated: readonly OracleMachine[];
  disks: readonly OracleResource[];
  interfaces: readonly OracleResource[];
  /** Tokens that more than one create call carried out: must be empty. */
  duplicatedTokens: readonly string[];
}>;

type Access = Pick<AwsYardAccess, 'endpoint' | 'region' | 'accessKeyId' | 'secretAccessKey'>;

/** What the cloud holds of ours, asked with boto3: a client that shares nothing with the product. */
export async function askOracle(yard: Access, installation?: string): Promise<OracleReport> {
  const narrowed = installation === undefined ? [] : ['--installation', installation];
  return (await runScript(yard, 'oracle.py', narrowed)) as OracleReport;
}

/** Buys machines that carry none of our marks, with boto3. @returns their ids. */
export async function launchWithBoto3(
  yard: Access,
  order: Readonly<{ image: string; subnet: string; type: string; count: number; name: string }>,
): Promise<readonly string[]> {
  const args = Object.entries(order).flatMap(([key, value]) => [`--${key}`, String(value)]);
  return (await runScript(yard, 'launch.py', args)) as readonly string[];
}

async function runScript(yard: Access, name: string, args: readonly string[]): Promise<unknown> {
  const python = await ensureVenv({ name: 'moto', packages: MOTO_PACKAGES, binary: 'python' });
  const script = join(projectRoot(), 'test', 'yard', 'aws', name);
  const where = ['--endpoint', yard.endpoint, '--region', yard.region];
  const { stdout } = await promisify(execFile)(python, [script, ...where, ...args], {
    env: {
      ...process.env,
      AWS_ACCESS_KEY_ID: yard.accessKeyId,
      AWS_SECRET_ACCESS_KEY: yard.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    maxBuffer: 64 << 20,
  });
  return JSON.parse(stdout);
}
