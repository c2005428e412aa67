/** Whoever holds the access token may read one secret and nothing else. */
export const ACCESS_GROUP = 'system:bootstrappers:springtide';
export const ACCESS_NAMESPACE = 'kube-system';
export const ACCESS_SECRET = 'springtide-token';

const USER = 'springtide';

type Rule = Readonly<{ groups: string; resources: string; verbs: string }>;

/** What Springtide may do in a cluster: the role that the Kubernetes provider's README publishes. */
const RULES: readonly Rule[] = [
  { groups: 'apps', resources: 'deployments, statefulsets', verbs: 'get, list, create, patch, delete' },
  { groups: 'apps', resources: 'deployments/scale, statefulsets/scale', verbs: 'patch' },
  { groups: 'apps', resources: 'replicasets, controllerrevisions', verbs: 'get, list' },
  { groups: '', resources: 'services, persistentvolumeclaims', verbs: 'get, list, create, patch, delete' },
  { groups: 'policy', resources: 'poddisruptionbudgets', verbs: 'get, list, create, patch, delete' },
  { groups: 'networking.k8s.io', resources: 'networkpolicies', verbs: 'get, list, create, patch, delete' },
  { groups: 'autoscaling', resources: 'horizontalpodautoscalers', verbs: 'get, list, create, patch, delete' },
  { groups: '', resources: 'pods', verbs: 'get, list, delete' },
  { groups: '', resources: 'pods/eviction', verbs: 'create' },
  { groups: '', resources: 'events', verbs: 'list' },
  { groups: '', resources: 'nodes', verbs: 'get, list, patch, delete' },
  { groups: '', resources: 'resourcequotas', verbs: 'get, list' },
  { groups: 'gateway.networking.k8s.io', resources: 'httproutes', verbs: 'get, list, create, patch' },
  { groups: 'gateway.networking.k8s.io', resources: 'gateways', verbs: 'get' },
  { groups: 'discovery.k8s.io', resources: 'endpointslices', verbs: 'get, list, create, patch, delete' },
];

const meta = (name: string) => ['metadata:', `  name: ${name}`, `  namespace: ${ACCESS_NAMESPACE}`];

/** The least role, a user that has it, and the user's lasting token in a secret. */
export function userManifest(): readonly string[] {
  const user = `{kind: ServiceAccount, name: ${USER}, namespace: ${ACCESS_NAMESPACE}}`;
  return [
    ...['apiVersion: v1', 'kind: ServiceAccount', ...meta(USER), '---'],
    ...['apiVersion: v1', 'kind: Secret', ...meta(ACCESS_SECRET)],
    ...['  annotations:', `    kubernetes.io/service-account.name: ${USER}`],
    ...['type: kubernetes.io/service-account-token', '---'],
    ...['apiVersion: rbac.authorization.k8s.io/v1', 'kind: ClusterRole', 'metadata:', `  name: ${USER}`],
    ...['rules:', ...RULES.map(ruleLine), '---'],
    ...[
      'apiVersion: rbac.authorization.k8s.io/v1',
      'kind: ClusterRoleBinding',
      'metadata:',
      `  name: ${USER}`,
    ],
    ...[`roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${USER}}`],
    `subjects: [${user}]`,
  ];
}

/**
 * Applied on the first machine with its own rights: our user, and the access group's one right: to read the user's secret.
 * So the user data never holds more than a short right.
 */
export function accessManifest(): readonly string[] {
  return [
    ...[...userManifest(), '---'],
    ...['apiVersion: rbac.authorization.k8s.io/v1', 'kind: Role', ...meta(ACCESS_SECRET), 'rules:'],
    `  - {apiGroups: [""], resources: [secrets], resourceNames: [${ACCESS_SECRET}], verbs: [get]}`,
    ...['---', 'apiVersion: rbac.authorization.k8s.io/v1', 'kind: RoleBinding', ...meta(ACCESS_SECRET)],
    `roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${ACCESS_SECRET}}`,
    `subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "${ACCESS_GROUP}"}]`,
  ];
}

function ruleLine({ groups, resources, verbs }: Rule): string {
  return `  - {apiGroups: ["${groups}"], resources: [${resources}], verbs: [${verbs}]}`;
}
