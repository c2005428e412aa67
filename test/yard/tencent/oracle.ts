import { runScript, sdkPython } from './clients/vendor-clients.js';
import type { TencentYardAccess } from './tencent-yard.js';

type OracleResource = Readonly<{ id: string; state: string; tags: Readonly<Record<string, string>> }>;

type OracleMachine = OracleResource &
  Readonly<{
    request: string | null;
    type: string;
    zone: string;
    privateIp: string | null;
    launchedAt: string;
  }>;

export type TencentOracleReport = Readonly<{
  /** Everything of ours that the cloud still lists, machines that could not be built and those that are ending too. */
  machines: readonly OracleMachine[];
  disks: readonly OracleResource[];
  addresses: readonly OracleResource[];
  interfaces: readonly OracleResource[];
  /** Tokens that more than one create call carried out: must be empty. */
  duplicatedTokens: readonly string[];
}>;

/** What a region holds of ours, asked with the vendor's SDK: a client that shares nothing with the product. */
export async function askTencentOracle(
  yard: Pick<TencentYardAccess, 'endpoint' | 'secretId' | 'secretKey'>,
  region: string,
  installation?: string,
): Promise<TencentOracleReport> {
  const narrowed = installation === undefined ? [] : ['--installation', installation];
  return runScript(await sdkPython(), 'oracle.py', yard, ['--region', region, ...narrowed]);
}
