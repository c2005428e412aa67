import { join } from 'node:path';

export type ClusterPlace = Readonly<{
  /** Keys, kubeconfigs, logs and etcd's data. */
  folder: string;
  ports: Readonly<{ etcd: number; peer: number; api: number; nodes: number; metrics: number }>;
}>;

/** Arguments of every component of one cluster: one of each, on loopback, without leader election. */
export function etcdArguments({ folder, ports }: ClusterPlace): readonly string[] {
  const [client, peer] = [`http://127.0.0.1:${ports.etcd}`, `http://127.0.0.1:${ports.peer}`];
  return flags({
    'data-dir': join(folder, 'etcd'),
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `default=${peer}`,
    // A cluster that lives for minutes has nothing to keep from a power cut.
    'unsafe-no-fsync': true,
    'log-level': 'warn',
  });
}

export function apiServerArguments({ folder, ports }: ClusterPlace): readonly string[] {
  const file = (name: string): string => join(folder, name);
  return flags({
    'etcd-servers': `http://127.0.0.1:${ports.etcd}`,
    'bind-address': '127.0.0.1',
    'secure-port': ports.api,
    'advertise-address': '127.0.0.1',
    'endpoint-reconciler-type': 'none',
    'tls-cert-file': file('apiserver.crt'),
    'tls-private-key-file': file('apiserver.key'),
    'client-ca-file': file('ca.crt'),
    'kubelet-certificate-authority': file('ca.crt'),
    'kubelet-client-certificate': file('admin.crt'),
    'kubelet-client-key': file('admin.key'),
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': file('sa.key'),
    'service-account-signing-key-file': file('sa.key'),
    'service-cluster-ip-range': '10.96.0.0/16',
    'authorization-mode': 'Node,RBAC',
    'enable-bootstrap-token-auth': true,
    'allow-privileged': true,
    'event-ttl': '10m',
    'requestheader-client-ca-file': file('front-proxy-ca.crt'),
    'requestheader-allowed-names': 'front-proxy-client',
    'requestheader-username-headers': 'X-Remote-User',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'proxy-client-cert-file': file('front-proxy.crt'),
    'proxy-client-key-file': file('front-proxy.key'),
  });
}

export function controllerArguments({ folder }: ClusterPlace): readonly string[] {
  return flags({
    kubeconfig: join(folder, 'kube-controller-manager.kubeconfig'),
    'leader-elect': false,
    'secure-port': 0,
    // As kubeadm has it: the two that serve machines which join are off by default.
    controllers: '*,bootstrapsigner,tokencleaner',
    // The default of 20 calls a second makes a large cluster wait for its own controllers.
    'kube-api-qps': 300,
    'kube-api-burst': 600,
    'use-service-account-credentials': true,
    'service-account-private-key-file': join(folder, 'sa.key'),
    'root-ca-file': join(folder, 'ca.crt'),
    'cluster-signing-cert-file': join(folder, 'ca.crt'),
    'cluster-signing-key-file': join(folder, 'ca.key'),
    'horizontal-pod-autoscaler-sync-period': '5s',
    'horizontal-pod-autoscaler-initial-readiness-delay': '5s',
    'horizontal-pod-autoscaler-cpu-initialization-period': '5s',
    'horizontal-pod-autoscaler-downscale-stabilization': '15s',
  });
}

export function schedulerArguments({ folder }: ClusterPlace): readonly string[] {
  return flags({
    kubeconfig: join(folder, 'kube-scheduler.kubeconfig'),
    'leader-elect': false,
    'secure-port': 0,
  });
}

export function nodeArguments({ folder, ports }: ClusterPlace): readonly string[] {
  return flags({
    kubeconfig: join(folder, 'kwok.kubeconfig'),
    'manage-all-nodes': true,
    'node-ip': '127.0.0.1',
    'node-port': ports.nodes,
    'server-address': `127.0.0.1:${ports.nodes}`,
    'tls-cert-file': join(folder, 'kubelet.crt'),
    'tls-private-key-file': join(folder, 'kubelet.key'),
    'node-lease-duration-seconds': 40,
    config: join(folder, 'kwok.yaml'),
  });
}

export function metricsArguments({ folder, ports }: ClusterPlace): readonly string[] {
  const kubeconfig = join(folder, 'metrics-server.kubeconfig');
  return flags({
    kubeconfig,
    'authentication-kubeconfig': kubeconfig,
    'authorization-kubeconfig': kubeconfig,
    'bind-address': '127.0.0.1',
    'secure-port': ports.metrics,
    'tls-cert-file': join(folder, 'kubelet.crt'),
    'tls-private-key-file': join(folder, 'kubelet.key'),
    'kubelet-preferred-address-types': 'InternalIP',
    'kubelet-use-node-status-port': true,
    'kubelet-certificate-authority': join(folder, 'ca.crt'),
    // Its own rule: the time-out of a request is below the resolution, and that is at least 10 s.
    'metric-resolution': '10s',
    'kubelet-request-timeout': '5s',
  });
}

function flags(values: Readonly<Record<string, string | number | boolean>>): readonly string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}
