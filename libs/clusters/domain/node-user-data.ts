import { SpringtideError } from '@springtide/kernel';
import { ACCESS_GROUP, accessManifest } from './cluster-access.js';

/** What every machine of a self-built cluster must know. */
export type ClusterPlan = Readonly<{
  /** Letters, digits and hyphens. */
  name: string;
  /** Of Kubernetes, as `1.36.3`. */
  version: string;
  /** `host:port` under which the control plane is reached; absent: the first machine's own address. */
  endpoint?: string;
  /** `abcdef.0123456789abcdef`: a bootstrap token, good for a day. A secret. */
  token: string;
  podCidr: string;
  serviceCidr: string;
}>;

export type ControlPlanePlan = ClusterPlan &
  Readonly<{
    /** The same form: good for an hour, and only to fetch the credential that Springtide works with. A secret. */
    accessToken: string;
    /** Manifests of what connects pods; those that lie in the image, where it is left out. */
    podNetwork?: string;
  }>;

/** `sha256:…` of the public key of the cluster's authority: a machine joins this cluster and no other. */
export type JoinPlan = ClusterPlan &
  Readonly<{ endpoint: string; caHash: string; labels: Readonly<Record<string, string>> }>;

const KUBEADM = '/etc/springtide/kubeadm.yaml';
const ACCESS = '/etc/springtide/access.yaml';
/** kubeadm starts none: until one is there no node is ever ready. An image may bring its own at this place. */
const POD_NETWORK = '/etc/springtide/pod-network.yaml';
const KUBECTL = 'kubectl --kubeconfig /etc/kubernetes/admin.conf';
/** Text as YAML takes it: no control characters but ends of lines. */
const MANIFEST = /^(?:[^\p{Cc}\u2028\u2029]|\n)+$/u;
const TOKEN = /^[a-z0-9]{6}\.[a-z0-9]{16}$/;
const VERSION = /^1\.\d{1,3}\.\d{1,3}$/;
const ENDPOINT = /^[a-z0-9.-]{1,253}:\d{1,5}$/;
const CA_HASH = /^sha256:[0-9a-f]{64}$/;
const CIDR = /^[0-9a-f.:]{2,39}\/\d{1,3}$/;
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9_./-]{0,253}[A-Za-z0-9])?$/;

/** Cloud-init of the first machine of the control plane. @throws invalid-argument before anything is bought. */
export function controlPlaneUserData(plan: ControlPlanePlan): string {
  checkPlan(plan);
  if (!TOKEN.test(plan.accessToken)) throw badToken('the access token');
  const podNetwork = podNetworkFile(plan.podNetwork);
  const config = [
    'apiVersion: kubeadm.k8s.io/v1beta4',
    'kind: InitConfiguration',
    'bootstrapTokens:',
    `  - token: "${plan.token}"`,
    '    ttl: 24h0m0s',
    '    usages: [signing, authentication]',
    '    groups: ["system:bootstrappers:kubeadm:default-node-token"]',
    `  - token: "${plan.accessToken}"`,
    '    ttl: 1h0m0s',
    '    usages: [signing, authentication]',
    `    groups: ["${ACCESS_GROUP}"]`,
    '---',
    'apiVersion: kubeadm.k8s.io/v1beta4',
    'kind: ClusterConfiguration',
    `clusterName: "${plan.name}"`,
    `kubernetesVersion: "v${plan.version}"`,
    ...(plan.endpoint === undefined ? [] : [`controlPlaneEndpoint: "${plan.endpoint}"`]),
    'networking:',
    `  podSubnet: "${plan.podCidr}"`,
    `  serviceSubnet: "${plan.serviceCidr}"`,
  ];
  return userData(
    plan,
    'control-plane',
    [{ path: KUBEADM, lines: config }, { path: ACCESS, lines: accessManifest() }, ...podNetwork],
    [
      `test -e /etc/kubernetes/kubelet.conf || kubeadm init --config ${KUBEADM} --upload-certs`,
      `${KUBECTL} apply -f ${ACCESS}`,
      `test ! -e ${POD_NETWORK} || ${KUBECTL} apply --server-side -f ${POD_NETWORK}`,
    ],
  );
}

/** The first line holds the rest at its place, however far the order's own first line is indented. */
function podNetworkFile(manifest: string | undefined): readonly BootFile[] {
  if (manifest === undefined) return [];
  const text = manifest.replaceAll('\r\n', '\n');
  if (!MANIFEST.test(text)) throw invalid('the pod network', 'manifests without control characters');
  return [{ path: POD_NETWORK, lines: ['# what connects pods', ...text.trimEnd().split('\n')] }];
}

/** Cloud-init of a machine that joins as a node. @throws invalid-argument before anything is bought. */
export function joinUserData(plan: JoinPlan): string {
  checkPlan(plan);
  if (!CA_HASH.test(plan.caHash))
    throw invalid('the hash of the authority', 'sha256: and 64 hexadecimal digits');
  const bad = Object.entries(plan.labels)
    .flat()
    .find((text) => !LABEL.test(text));
  if (bad !== undefined) throw invalid(`the node label ${JSON.stringify(bad)}`, 'a Kubernetes label');
  const labels = Object.entries(plan.labels).map(([key, value]) => `${key}=${value}`);
  const config = [
    'apiVersion: kubeadm.k8s.io/v1beta4',
    'kind: JoinConfiguration',
    'discovery:',
    '  bootstrapToken:',
    `    token: "${plan.token}"`,
    `    apiServerEndpoint: "${plan.endpoint}"`,
    `    caCertHashes: ["${plan.caHash}"]`,
    'nodeRegistration:',
    '  kubeletExtraArgs:',
    '    - name: node-labels',
    `      value: "${labels.join(',')}"`,
  ];
  return userData(
    plan,
    'node',
    [{ path: KUBEADM, lines: config }],
    [`test -e /etc/kubernetes/kubelet.conf || kubeadm join --config ${KUBEADM}`],
  );
}

type BootFile = Readonly<{ path: string; lines: readonly string[] }>;

function userData(
  plan: ClusterPlan,
  role: string,
  files: readonly BootFile[],
  commands: readonly string[],
): string {
  const lines = [
    '#cloud-config',
    `# springtide-cluster: ${plan.name} ${role} ${plan.version} ${plan.endpoint ?? 'own address'}`,
    'write_files:',
    ...files.flatMap((file) => [
      `  - path: ${file.path}`,
      '    owner: root:root',
      '    permissions: "0600"',
      '    content: |',
      ...file.lines.map((line) => `      ${line}`),
    ]),
    '  - path: /etc/sysctl.d/90-kubernetes.conf',
    '    content: |',
    '      net.ipv4.ip_forward = 1',
    'runcmd:',
    '  - [swapoff, -a]',
    '  - [modprobe, br_netfilter]',
    '  - [sysctl, --system]',
    ...commands.map((command) => `  - [sh, -c, "${command}"]`),
    // The tokens are good for hours; nothing keeps them on the machine longer than they are needed.
    `  - [rm, -f, ${files.map(({ path }) => path).join(', ')}]`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Every value ends up in a file that root executes: nothing passes that could be anything but itself. */
function checkPlan(plan: ClusterPlan): void {
  if (!NAME.test(plan.name))
    throw invalid('the cluster name', 'lower-case letters, digits and inner hyphens');
  if (!VERSION.test(plan.version)) throw invalid('the version', 'as 1.36.3');
  if (plan.endpoint !== undefined && !ENDPOINT.test(plan.endpoint))
    throw invalid('the endpoint', 'host:port');
  if (!TOKEN.test(plan.token)) throw badToken('the bootstrap token');
  for (const cidr of [plan.podCidr, plan.serviceCidr]) {
    if (!CIDR.test(cidr)) throw invalid('an address range', 'CIDR');
  }
}

function badToken(what: string): SpringtideError {
  return invalid(what, 'six and sixteen characters with a dot between');
}

function invalid(what: string, form: string): SpringtideError {
  return new SpringtideError('invalid-argument', `${what} must be ${form}; no machine was asked for`);
}
