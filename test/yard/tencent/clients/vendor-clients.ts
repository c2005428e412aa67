import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../tools/lane.js';
import { ensureVenv } from '../../tools/python-venv.js';
import type { TencentYardAccess } from '../tencent-yard.js';

/** The vendor's SDK, the products that are asked with it: 46 MB. */
const SDK_PACKAGES = [
  'tencentcloud-sdk-python-common==3.1.195',
  'tencentcloud-sdk-python-cvm==3.1.178',
  'tencentcloud-sdk-python-cbs==3.1.175',
  'tencentcloud-sdk-python-vpc==3.1.193',
  'tencentcloud-sdk-python-clb==3.1.194',
];

/** The vendor's command line and its examples. It brings the whole SDK: 665 MB. */
const CLI_PACKAGES = ['tccli==3.1.189.1', 'tencentcloud-sdk-python==3.1.195'];

const ANSWER_LIMIT = 256 << 20;

type Secret = Pick<TencentYardAccess, 'endpoint' | 'secretId' | 'secretKey'>;

/** Path of a Python that has the SDK. @throws failed-precondition where it cannot be had. */
export function sdkPython(): Promise<string> {
  return ensureVenv({ name: 'tencent-sdk', packages: SDK_PACKAGES, binary: 'python' });
}

/** Path of one of the files that come with the command line: `tccli`, or the `python` that knows it. */
export function cliBinary(binary: 'tccli' | 'python'): Promise<string> {
  return ensureVenv({ name: 'tencent-cli', packages: CLI_PACKAGES, binary });
}

/** One call by the vendor's command line, in the region, and what it printed. */
export async function tccli(
  secret: Secret,
  region: string,
  [product, action, ...args]: readonly [product: string, action: string, ...args: string[]],
): Promise<Readonly<Record<string, unknown>>> {
  const key = ['--secretId', secret.secretId, '--secretKey', secret.secretKey];
  const place = ['--endpoint', secret.endpoint, '--region', region];
  const { stdout } = await promisify(execFile)(
    await cliBinary('tccli'),
    [product, action, ...place, ...key, ...args],
    { maxBuffer: ANSWER_LIMIT },
  );
  return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
}

/** As that command line takes an order, piece by piece: `--Placement.Zone ap-guangzhou-3 …` */
export function unfolded(order: object): string[] {
  return ['--cli-unfold-argument', ...pieces(order, '')];
}

function pieces(value: object, prefix: string): readonly string[] {
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) =>
    typeof part === 'object' && part !== null
      ? pieces(part, `${prefix}${key}.`)
      : [`--${prefix}${key}`, String(part)],
  );
}

/** Runs a script of this folder and reads the JSON that it prints. */
export async function runScript<T>(
  python: string,
  script: string,
  secret: Secret,
  args: readonly string[] = [],
): Promise<T> {
  const path = join(projectRoot(), 'test', 'yard', 'tencent', 'clients', script);
  const { stdout } = await promisify(execFile)(python, [path, '--endpoint', secret.endpoint, ...args], {
    env: {
      ...process.env,
      TENCENTCLOUD_SECRET_ID: secret.secretId,
      TENCENTCLOUD_SECRET_KEY: secret.secretKey,
    },
    maxBuffer: ANSWER_LIMIT,
  });
  return JSON.parse(stdout) as T;
}
