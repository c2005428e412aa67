const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

type Node = Readonly<{ ready: boolean; labels: Readonly<Record<string, string>> }>;

/** The machine of the control plane is a node too, and no member was ordered with it. */
export function readyMembers(nodes: readonly Node[]): number {
  return nodes.filter(({ ready, labels }) => ready && !Object.hasOwn(labels, CONTROL_PLANE)).length;
}
