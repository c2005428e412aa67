import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eksToken } from '../../../providers/aws/eks-token.js';
import { orReason, projectRoot, yardLane } from '../tools/lane.js';
import { ensureVenv } from '../tools/python-venv.js';
import { MOTO_PACKAGES } from './aws-yard.js';

const KEY = { accessKeyId: 'AKIAYARDYARDYARDYARD', secretAccessKey: 'yard/only+never/a/real=secret' };
const REGION = 'eu-central-1';

const python = await orReason(
  ensureVenv({ name: 'moto', packages: MOTO_PACKAGES, binary: 'python' }).then((path) => ({ path })),
);
const runs = yardLane('eks token', typeof python !== 'string', typeof python === 'string' ? python : '');

(runs ? describe : describe.skip)('the bearer token of EKS', () => {
  it.each([
    ['shop-1', '-'],
    ['Post_2', 'session/token+with=signs'],
  ])(
    'of %s is the address that botocore signs',
    async (cluster, sessionToken) => {
      const { path } = python as Exclude<typeof python, string>;
      const script = join(projectRoot(), 'test', 'yard', 'aws', 'presign.py');
      const { stdout } = await promisify(execFile)(path, [script, cluster, REGION, sessionToken], {
        env: { AWS_ACCESS_KEY_ID: KEY.accessKeyId, AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey },
      });
      const token = eksToken(cluster, {
        ...KEY,
        ...(sessionToken === '-' ? {} : { sessionToken }),
        endpoint: `https://sts.${REGION}.amazonaws.com`,
        region: REGION,
        now: new Date('2026-11-11T00:00:00Z'),
      });
      expect(token.startsWith('k8s-aws-v1.')).toBe(true);
      const ours = new URL(Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString('utf8'));
      const theirs = new URL(stdout.trim());
      expect(ours.origin + ours.pathname).toBe(theirs.origin + theirs.pathname);
      expect(Object.fromEntries(ours.searchParams)).toEqual(Object.fromEntries(theirs.searchParams));
    },
    60_000,
  );
});
