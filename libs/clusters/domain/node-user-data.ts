import { SpringtideError } from '@springtide/kernel';

/** What every machine of a self-built cluster must know. */
export type ClusterPlan = Readonly<{
  /** Letters, digits and hyphens. */
  name: string;
  /** Of Kubernetes, as `1.36.3`. */
  version: string;
  /** `host:port` under which the control plane is reached, now and when it has several members. */
  endpoint: string;
  /** `abcdef.0123456789abcdef`: a bootstrap token, good for a day. A secret. */
  token: string;
  podCidr: string;
  serviceCidr: string;
}>;

/** `sha256:…` of the public key of the cluster's authority: a machine joins this cluster and no other. */
export type JoinPlan = ClusterPlan & Readonly<{ caHash: string; labels: Readonly<Record<string, string>> }>;

const TOKEN = /^[a-z0-9]{6}\.[a-z0-9]{16}$/;
const VERSION = /^1\.\d{1,3}\.\d{1,3}$/;
const ENDPOINT = /^[a-z0-9.-]{1,253}:\d{1,5}$/;
const CA_HASH = /^sha256:[0-9a-f]{64}$/;
const CIDR = /^[0-9a-f.:]{2,39}\/\d{1,3}$/;
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9_./-]{0,253}[A-Za-z0-9])?$/;

/** Cloud-init of the first machine of the control plane. @throws invalid-argument before anything is bought. */
export function controlPlaneUserData(plan: ClusterPlan): string {
  checkPlan(plan);
  const config = [
    'apiVersion: kubeadm.k8s.io/v1beta4',
    'kind: InitConfiguration',
    'bootstrapTokens:',
    `  - token: "${plan.token}"`,
    '    ttl: 24h0m0s',
    '    usages: [signing, authentication]',
    '    groups: ["system:bootstrappers:kubeadm:default-node-token"]',
    '---',
    'apiVersion: kubeadm.k8s.io/v1beta4',
    'kind: ClusterConfiguration',
    `clusterName: "${plan.name}"`,
    `kubernetesVersion: "v${plan.version}"`,
    `controlPlaneEndpoint: "${plan.endpoint}"`,
    'networking:',
    `  podSubnet: "${plan.podCidr}"`,
    `  serviceSubnet: "${plan.serviceCidr}"`,
  ];
  return userData(
    plan,
    'control-plane',
    config,
    'kubeadm init --config /etc/springtide/kubeadm.yaml --upload-certs',
  );
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
  return userData(plan, 'node', config, 'kubeadm join --config /etc/springtide/kubeadm.yaml');
}

function userData(plan: ClusterPlan, role: string, config: readonly string[], command: string): string {
  const lines = [
    '#cloud-config',
    `# springtide-cluster: ${plan.name} ${role} ${plan.version} ${plan.endpoint}`,
    'write_files:',
    '  - path: /etc/springtide/kubeadm.yaml',
    '    owner: root:root',
    '    permissions: "0600"',
    '    content: |',
    ...config.map((line) => `      ${line}`),
    '  - path: /etc/sysctl.d/90-kubernetes.conf',
    '    content: |',
    '      net.ipv4.ip_forward = 1',
    'runcmd:',
    '  - [swapoff, -a]',
    '  - [modprobe, br_netfilter]',
    '  - [sysctl, --system]',
    `  - [sh, -c, "test -e /etc/kubernetes/kubelet.conf || ${command}"]`,
    // The token is good for a day; nothing keeps it on the machine longer than it is needed.
    '  - [rm, -f, /etc/springtide/kubeadm.yaml]',
  ];
  return `${lines.join('\n')}\n`;
}

/** Every value ends up in a file that root executes: nothing passes that could be anything but itself. */
function checkPlan(plan: ClusterPlan): void {
  if (!NAME.test(plan.name))
    throw invalid('the cluster name', 'lower-case letters, digits and inner hyphens');
  if (!VERSION.test(plan.version)) throw invalid('the version', 'as 1.36.3');
  if (!ENDPOINT.test(plan.endpoint)) throw invalid('the endpoint', 'host:port');
  if (!TOKEN.test(plan.token))
    throw invalid('the bootstrap token', 'six and sixteen characters with a dot between');
  for (const cidr of [plan.podCidr, plan.serviceCidr]) {
    if (!CIDR.test(cidr)) throw invalid('an address range', 'CIDR');
  }
}

function invalid(what: string, form: string): SpringtideError {
  return new SpringtideError('invalid-argument', `${what} must be ${form}; no machine was asked for`);
}
