import { SpringtideError, parseInstant, toInstant } from '@springtide/kernel';
import type { CallOptions, ClusterNode, EvictionOrder, EvictionPass, Page } from '@springtide/provider-kit';
import { heldByBudget, messageOf, refusalError } from './api-error.js';
import { parseAnswer, type KubeApi } from './kube-api.js';
import { quantity } from './quantity.js';
import { nodeSchema, podSchema, type WireNode, type WirePod } from './wire-objects.js';
import { POD, collectionPath, objectPath } from './workload-kinds.js';

type Held = EvictionPass['held'][number];

const NODES = '/api/v1/nodes';
const MIRROR = 'kubernetes.io/config.mirror';
const AT_ONCE = 8;
const MIB = 1 << 20;
const FINISHED: ReadonlySet<string> = new Set(['Succeeded', 'Failed']);

/** Nodes of one cluster, and the way pods leave them. */
export class KubernetesNodes {
  constructor(private readonly api: KubeApi) {}

  async *list(options: CallOptions): AsyncIterable<Page<ClusterNode>> {
    for await (const page of this.api.pages(NODES, nodeSchema, 'listing nodes', {}, options)) {
      yield { items: page.items.map(toNode), complete: page.complete };
    }
  }

  async setSchedulable(node: string, schedulable: boolean, options: CallOptions): Promise<void> {
    const what = `${schedulable ? 'opening' : 'closing'} node ${node}`;
    const body = { spec: { unschedulable: !schedulable } };
    await this.api.send({ method: 'PATCH', path: pathOf(node), body, what }, options);
  }

  async remove(node: string, options: CallOptions): Promise<'removing' | 'gone'> {
    const what = `removing node ${node}`;
    const answer = await this.api.attempt({ method: 'DELETE', path: pathOf(node), what }, options);
    if (!('refused' in answer)) return 'removing';
    if (answer.refused.status === 404) return 'gone';
    throw refusalError(answer.refused, what, true);
  }

  async evict(order: EvictionOrder, options: CallOptions): Promise<EvictionPass> {
    const what = `draining node ${order.node}`;
    const found = await this.api.find(pathOf(order.node), what, options);
    if (found === undefined) {
      throw new SpringtideError('not-found', `there is no node ${order.node}; nothing was evicted`);
    }
    parseAnswer(nodeSchema, found, what);
    const query = { fieldSelector: `spec.nodeName=${order.node}` };
    const pods = await this.api.all(collectionPath(POD), podSchema, what, query, options);
    const moving = pods.filter((pod) => !staysOnNode(pod));
    const leavingAlready = moving.filter(({ metadata }) => metadata.deletionTimestamp);
    const queue = moving.filter(({ metadata }) => !metadata.deletionTimestamp);
    const held: Held[] = [];
    let asked = 0;
    const lane = async (): Promise<void> => {
      for (let pod = queue.shift(); pod !== undefined; pod = queue.shift()) {
        const refusal = await this.#sendAway(pod, order, options);
        if (refusal === undefined) asked += 1;
        else held.push(refusal);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    return { leaving: leavingAlready.length + asked, held, empty: moving.length === 0 };
  }

  /** Why the pod stays, if it does. */
  async #sendAway(pod: WirePod, order: EvictionOrder, options: CallOptions): Promise<Held | undefined> {
    const { namespace, name } = pod.metadata;
    const stays = (why: Held['why'], message: string): Held => ({ namespace, pod: name, why, message });
    if (order.budgets === 'override') return this.#deletePod(pod, order, options);
    if (isLost(pod)) return stays('unmanaged', 'nothing would bring this pod back elsewhere');
    const what = `evicting pod ${namespace}/${name}`;
    const answer = await this.api.attempt(
      {
        method: 'POST',
        path: `${objectPath(POD, namespace, name)}/eviction`,
        body: {
          apiVersion: 'policy/v1',
          kind: 'Eviction',
          metadata: { namespace, name },
          deleteOptions: deleteOptions(pod, order),
        },
        what,
      },
      options,
    );
    if (!('refused' in answer) || answer.refused.status === 404) return undefined;
    if (heldByBudget(answer.refused)) return stays('budget', messageOf(answer.refused));
    // Two budgets for one pod: the server itself calls that its own failure, and evicts nothing.
    if (answer.refused.status === 500) return stays('refused', messageOf(answer.refused));
    throw refusalError(answer.refused, what, true);
  }

  async #deletePod(pod: WirePod, order: EvictionOrder, options: CallOptions): Promise<undefined> {
    const { namespace, name } = pod.metadata;
    const what = `deleting pod ${namespace}/${name}`;
    const path = objectPath(POD, namespace, name);
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', ...deleteOptions(pod, order) };
    const answer = await this.api.attempt({ method: 'DELETE', path, body, what }, options);
    if (!('refused' in answer) || answer.refused.status === 404) return undefined;
    throw refusalError(answer.refused, what, true);
  }
}

/** The pod that was looked at, and no other of its name. */
function deleteOptions(pod: WirePod, { graceSeconds }: EvictionOrder) {
  return {
    preconditions: { uid: pod.metadata.uid },
    ...(graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }),
  };
}

/** Daemons and the node's own pods belong to the node: they end with it. */
function staysOnNode({ metadata }: WirePod): boolean {
  if (metadata.annotations[MIRROR] !== undefined) return true;
  return metadata.ownerReferences.some(({ kind, controller }) => kind === 'DaemonSet' && controller === true);
}

function isLost({ metadata, status }: WirePod): boolean {
  if (FINISHED.has(status.phase)) return false;
  return !metadata.ownerReferences.some(({ controller }) => controller === true);
}

function pathOf(node: string): string {
  return `${NODES}/${encodeURIComponent(node)}`;
}

function toNode({ metadata, spec, status }: WireNode): ClusterNode {
  const { labels } = metadata;
  const zone = labels['topology.kubernetes.io/zone'];
  const machineType = labels['node.kubernetes.io/instance-type'];
  return {
    name: metadata.name,
    ready: status.conditions.some(({ type, status: held }) => type === 'Ready' && held === 'True'),
    schedulable: !spec.unschedulable,
    cpuMillis: Math.round(quantity(status.allocatable['cpu'] ?? '0') * 1_000),
    memoryMiB: Math.floor(quantity(status.allocatable['memory'] ?? '0') / MIB),
    podLimit: quantity(status.allocatable['pods'] ?? '0'),
    ...(zone === undefined ? {} : { zone }),
    ...(machineType === undefined ? {} : { machineType }),
    ...(spec.providerID === undefined ? {} : { providerId: spec.providerID }),
    addresses: status.addresses.filter(({ type }) => type.endsWith('IP')).map(({ address }) => address),
    version: status.nodeInfo.kubeletVersion,
    labels,
    taints: spec.taints,
    ...(metadata.creationTimestamp ? { createdAt: toInstant(parseInstant(metadata.creationTimestamp)) } : {}),
  };
}
