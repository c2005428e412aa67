import { stringify, parse } from 'yaml';
import { z } from 'zod';
import type { MachineRole } from '../machines/machine-role.js';
import type { JoinableCluster } from './joining-machine.js';

const INITS = /^\s*kind: InitConfiguration$/m;
const DAY_MS = 86_400_000;

const userDataSchema = z.object({
  write_files: z.array(z.object({ path: z.string(), content: z.string() })),
});
const initSchema = z.object({
  kind: z.literal('InitConfiguration'),
  bootstrapTokens: z.array(
    z.object({ token: z.string(), usages: z.array(z.string()), groups: z.array(z.string()) }),
  ),
});

/**
 * What `kubeadm init` does with such user data beside starting the components, which run already: its bootstrap tokens, the
 * cluster's public description, and what the machine applies afterwards. Signing it is the cluster's own controller's work.
 */
export function firstMachineByUserData(cluster: JoinableCluster): MachineRole {
  return {
    concerns: ({ userData }) => userData !== undefined && INITS.test(userData),
    begin: async ({ userData = '' }) => {
      const { write_files: files } = userDataSchema.parse(parse(userData));
      const contentOf = (name: string) => files.find(({ path }) => path.endsWith(name))?.content ?? '';
      const [init = ''] = contentOf('/kubeadm.yaml').split('---\n');
      const { bootstrapTokens } = initSchema.parse(parse(init));
      const objects = [...bootstrapTokens.map(tokenSecret), ...publicInfo(cluster)];
      await cluster.admin.kubectl(['apply', '-f', '-'], objects.map((each) => stringify(each)).join('---\n'));
      await cluster.admin.kubectl(['apply', '-f', '-'], contentOf('/access.yaml'));
      const network = contentOf('/pod-network.yaml');
      if (network !== '') await cluster.admin.kubectl(['apply', '--server-side', '-f', '-'], network);
    },
    end: async () => Promise.resolve(),
  };
}

type BootstrapToken = z.infer<typeof initSchema>['bootstrapTokens'][number];

function tokenSecret({ token, usages, groups }: BootstrapToken) {
  const [id = '', secret = ''] = token.split('.');
  const own = groups.filter((group) => group.startsWith('system:bootstrappers:'));
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'bootstrap.kubernetes.io/token',
    metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
    stringData: {
      'token-id': id,
      'token-secret': secret,
      expiration: new Date(Date.now() + DAY_MS).toISOString(),
      'auth-extra-groups': own.join(','),
      ...Object.fromEntries(usages.map((usage) => [`usage-bootstrap-${usage}`, 'true'])),
    },
  };
}

function publicInfo({ url, caPem }: JoinableCluster): readonly object[] {
  const authority = Buffer.from(caPem).toString('base64');
  const clusters = [{ name: '', cluster: { server: url, 'certificate-authority-data': authority } }];
  const config = { apiVersion: 'v1', kind: 'Config', clusters };
  const metadata = { name: 'cluster-info', namespace: 'kube-public' };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'cluster-info' };
  const anybody = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'system:anonymous' };
  const rule = {
    apiGroups: [''],
    resources: ['configmaps'],
    resourceNames: ['cluster-info'],
    verbs: ['get'],
  };
  const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata };
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { kubeconfig: stringify(config) } },
    { ...rbac, kind: 'Role', rules: [rule] },
    { ...rbac, kind: 'RoleBinding', roleRef, subjects: [anybody] },
  ];
}
