import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../tools/lane.js';
import type { AlibabaYardAccess } from './alibaba-yard.js';
import { alibabaPython } from './python-clients.js';

type OracleResource = Readonly<{ id: string; state: string; tags: Readonly<Record<string, string>> }>;

type OracleMachine = OracleResource &
  Readonly<{
    name: string;
    type: string;
    zone: string;
    privateIp: string;
    spot: boolean;
    createdAt: string;
    autoReleaseAt: string | null;
  }>;

type OracleSatellite = OracleResource & Readonly<{ machine: string }>;

export type AlibabaOracleReport = Readonly<{
  machines: readonly OracleMachine[];
  disks: readonly OracleSatellite[];
  interfaces: readonly OracleSatellite[];
  addresses: readonly OracleSatellite[];
  /** By launch token: more than the launch asked for means that it was done twice. */
  machinesPerToken: Readonly<Record<string, number>>;
}>;

type OracleQuestion = Readonly<{
  region: string;
  /** Left out: every installation's. */
  installation?: string;
  /** Other people's too. */
  all?: boolean;
}>;

/** What the cloud holds, asked with the vendor's own Python SDK: a client that shares nothing with the product. */
export async function askAlibabaOracle(
  yard: Pick<AlibabaYardAccess, 'endpoint' | 'accessKeyId' | 'accessKeySecret'>,
  question: OracleQuestion,
): Promise<AlibabaOracleReport> {
  const script = join(projectRoot(), 'test', 'yard', 'alibaba', 'oracle.py');
  const args = [script, '--endpoint', yard.endpoint, '--region', question.region];
  if (question.installation !== undefined) args.push('--installation', question.installation);
  if (question.all === true) args.push('--all');
  const { stdout } = await promisify(execFile)(await alibabaPython(), args, {
    env: {
      ...process.env,
      ALIBABA_CLOUD_ACCESS_KEY_ID: yard.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: yard.accessKeySecret,
    },
    maxBuffer: 256 << 20,
  });
  return JSON.parse(stdout) as AlibabaOracleReport;
}
