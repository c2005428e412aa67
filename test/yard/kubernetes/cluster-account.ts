import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { projectRoot } from '../tools/lane.js';
import type { ClusterAdmin } from './cluster-admin.js';

const USER = 'springtide';
const NAMESPACE = 'kube-system';

/** The ClusterRole as a reader of the provider's README would paste it. */
export async function publishedRole(): Promise<string> {
  const file = join(projectRoot(), 'providers', 'kubernetes', 'README.md');
  const blocks = [...(await readFile(file, 'utf8')).matchAll(/```yaml\n([\s\S]*?)```/g)].map(
    ([, text]) => text ?? '',
  );
  const role = blocks.find((text) => /^kind: ClusterRole$/m.test(text));
  if (role === undefined) throw new Error(`${file} shows no ClusterRole`);
  return role;
}

/** A user with the least rights that the README asks for, and its token. */
export async function leastUser(admin: ClusterAdmin): Promise<string> {
  const role = await publishedRole();
  const name = /^ {2}name: (\S+)$/m.exec(role)?.[1] ?? '';
  await admin.kubectl(['apply', '-f', '-'], role);
  await admin.kubectl(['-n', NAMESPACE, 'create', 'serviceaccount', USER]);
  const subject = `--serviceaccount=${NAMESPACE}:${USER}`;
  await admin.kubectl(['create', 'clusterrolebinding', USER, `--clusterrole=${name}`, subject]);
  return (await admin.kubectl(['-n', NAMESPACE, 'create', 'token', USER, '--duration=24h'])).trim();
}

/** A kubeconfig with a token, as `kubectl config view --flatten` would write it. */
export function tokenKubeconfig(server: string, caPem: string, token: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'yard',
    clusters: [
      {
        name: 'yard',
        cluster: { server, 'certificate-authority-data': Buffer.from(caPem).toString('base64') },
      },
    ],
    users: [{ name: USER, user: { token } }],
    contexts: [{ name: 'yard', context: { cluster: 'yard', user: USER } }],
  });
}
