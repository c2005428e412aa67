import type {
  V1NetworkPolicyIngressRule,
  V1NetworkPolicyPeer,
  V1NetworkPolicySpec,
} from '@kubernetes/client-node';
import type { NetworkPeer, WorkloadNetwork } from '@springtide/provider-kit';
import { WORKLOAD_LABEL, labelValue } from './ownership-marks.js';
import { NETWORK_POLICY, type Manifest, type ObjectKind } from './workload-kinds.js';

/** The library's model spells `from` as `_from` and counts on its own serialiser; here stands what is sent. */
type PolicySpec = Omit<V1NetworkPolicySpec, 'ingress'> &
  Readonly<{
    ingress: readonly (Omit<V1NetworkPolicyIngressRule, '_from'> &
      Readonly<{ from: readonly V1NetworkPolicyPeer[] }>)[];
  }>;

type MakePart = (of: ObjectKind, body: Readonly<Record<string, unknown>>) => Manifest;

/** Names are looked up by everybody; a policy that forgets it stops a workload in a way that nobody understands. */
const NAME_SERVICE = {
  ports: [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ],
};

export function networkPolicy(
  network: WorkloadNetwork,
  selector: Readonly<Record<string, string>>,
  part: MakePart,
): Manifest {
  const spec: PolicySpec = {
    podSelector: { matchLabels: selector },
    policyTypes: ['Ingress', 'Egress'],
    ingress: network.from.map((peer) => ({ from: [peerOf(peer)], ...portsOf(peer) })),
    egress: [NAME_SERVICE, ...network.to.map((peer) => ({ to: [peerOf(peer)], ...portsOf(peer) }))],
  };
  return part(NETWORK_POLICY, { spec });
}

function peerOf(peer: NetworkPeer): V1NetworkPolicyPeer {
  if ('cidr' in peer) return { ipBlock: { cidr: peer.cidr } };
  if ('workload' in peer) {
    return { podSelector: { matchLabels: { [WORKLOAD_LABEL]: labelValue(peer.workload) } } };
  }
  return { namespaceSelector: { matchLabels: peer.namespaceLabels } };
}

function portsOf({ ports }: NetworkPeer) {
  return ports === undefined ? {} : { ports: ports.map((port) => ({ protocol: 'TCP', port })) };
}
