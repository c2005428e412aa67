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

/** What the cloud holds of ours, asked with boto3: a client that shares nothing with the product. */
export async function askOracle(
  yard: Pick<AwsYardAccess, 'endpoint' | 'region' | 'accessKeyId' | 'secretAccessKey'>,
  installation?: string,
): Promise<OracleReport> {
  const python = await ensureVenv({ name: 'moto', packages: MOTO_PACKAGES, binary: 'python' });
  const script = join(projectRoot(), 'test', 'yard', 'aws', 'oracle.py');
  const args = [script, '--endpoint', yard.endpoint, '--region', yard.region];
  if (installation !== undefined) args.push('--installation', installation);
  const { stdout } = await promisify(execFile)(python, args, {
    env: {
      ...process.env,
      AWS_ACCESS_KEY_ID: yard.accessKeyId,
      AWS_SECRET_ACCESS_KEY: yard.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    maxBuffer: 64 << 20,
  });
  return JSON.parse(stdout) as OracleReport;
}
