import { SpringtideError } from '@springtide/kernel';
import type {
  CallOptions,
  ClusterNode,
  EvictionOrder,
  EvictionPass,
  NamespaceQuota,
  OwnedWorkload,
  Page,
  WorkloadFacet,
  WorkloadKind,
  WorkloadObstacle,
  WorkloadOrder,
  WorkloadRef,
  WorkloadRevision,
  WorkloadState,
} from '@springtide/provider-kit';
import { refuseForeign } from './foreign-workload.js';
import { parseAnswer, type KubeApi } from './kube-api.js';
import { KubernetesNodes } from './kubernetes-nodes.js';
import { INSTALLATION_LABEL, INTENT_LABEL, labelValue } from './ownership-marks.js';
import { quantity } from './quantity.js';
import { eventSchema, podSchema, quotaSchema, workloadSchema, type WireWorkload } from './wire-objects.js';
import { WorkloadApplication } from './workload-application.js';
import {
  AUTOSCALER,
  EVENT,
  POD,
  QUOTA,
  WORKLOAD_OBJECT,
  collectionPath,
  objectPath,
} from './workload-kinds.js';
import { WorkloadRemoval } from './workload-removal.js';
import { readRevisions } from './workload-revisions.js';
import { creationCode, phaseOf, podObstacles, toWorkloadState } from './workload-state.js';
import { WorkloadStore, nameOf, selectorText } from './workload-store.js';

const KINDS: readonly WorkloadKind[] = ['stateless', 'stateful'];

/** Workloads and nodes of one cluster. */
export class KubernetesWorkloads implements WorkloadFacet {
  readonly #store: WorkloadStore;
  readonly #nodes: KubernetesNodes;

  constructor(private readonly api: KubeApi) {
    this.#store = new WorkloadStore(api);
    this.#nodes = new KubernetesNodes(api);
  }

  async apply(order: WorkloadOrder, options: CallOptions): Promise<WorkloadState> {
    await new WorkloadApplication(this.#store, order, options).run();
    return this.#whole(order.spec, await this.#store.get(order.spec, options), options);
  }

  async read(ref: WorkloadRef, options: CallOptions): Promise<WorkloadState | 'gone'> {
    const found = await this.#store.find(ref, options);
    return found === undefined ? 'gone' : this.#whole(ref, found, options);
  }

  async *list(
    scope: Readonly<{ namespace?: string; ownedBy?: string }>,
    options: CallOptions,
  ): AsyncIterable<Page<WorkloadState>> {
    const labels = scope.ownedBy === undefined ? {} : { [INSTALLATION_LABEL]: labelValue(scope.ownedBy) };
    const mine = ({ ownership }: WorkloadState): boolean =>
      scope.ownedBy === undefined || ownership?.installation === scope.ownedBy;
    for (const kind of KINDS) {
      for await (const page of this.#pages(kind, scope.namespace, labels, options)) {
        yield { items: page.items.filter(mine), complete: page.complete && kind === KINDS.at(-1) };
      }
    }
  }

  async findByIntent(
    query: Readonly<{ intent: string; token?: string }>,
    options: CallOptions,
  ): Promise<readonly WorkloadState[]> {
    const found: WorkloadState[] = [];
    for (const kind of KINDS) {
      const labels = { [INTENT_LABEL]: labelValue(query.intent) };
      for await (const { items } of this.#pages(kind, undefined, labels, options)) found.push(...items);
    }
    return found.filter(({ ownership }) => {
      if (ownership?.intent !== query.intent) return false;
      return query.token === undefined || ownership.token === query.token;
    });
  }

  async scale(target: OwnedWorkload, replicas: number, options: CallOptions): Promise<WorkloadState> {
    const found = await this.#store.get(target, options);
    refuseForeign(target, found);
    const scaler = await this.#store.findPart(AUTOSCALER, target.namespace, target.name, options);
    if (scaler !== undefined) throw scalesItself(target);
    if (found.spec.replicas !== replicas) {
      const path = objectPath(WORKLOAD_OBJECT[target.kind], target.namespace, target.name);
      const body = { metadata: { uid: found.metadata.uid }, spec: { replicas } };
      const what = `scaling workload ${nameOf(target)}`;
      await this.api.send({ method: 'PATCH', path: `${path}/scale`, body, what }, options);
    }
    return this.#whole(target, await this.#store.get(target, options), options);
  }

  async revisions(ref: WorkloadRef, options: CallOptions): Promise<readonly WorkloadRevision[]> {
    return readRevisions(this.api, ref, await this.#store.get(ref, options), options);
  }

  async remove(
    target: OwnedWorkload,
    volumes: 'keep' | 'delete',
    options: CallOptions,
  ): Promise<'removing' | 'gone'> {
    return new WorkloadRemoval(this.#store, target, options).run(volumes);
  }

  listNodes(options: CallOptions): AsyncIterable<Page<ClusterNode>> {
    return this.#nodes.list(options);
  }

  async setSchedulable(node: string, schedulable: boolean, options: CallOptions): Promise<void> {
    await this.#nodes.setSchedulable(node, schedulable, options);
  }

  async evict(order: EvictionOrder, options: CallOptions): Promise<EvictionPass> {
    return this.#nodes.evict(order, options);
  }

  async removeNode(node: string, options: CallOptions): Promise<'removing' | 'gone'> {
    return this.#nodes.remove(node, options);
  }

  async quotas(
    scope: Readonly<{ namespace: string }>,
    options: CallOptions,
  ): Promise<readonly NamespaceQuota[]> {
    const path = collectionPath(QUOTA, scope.namespace);
    const found = await this.api.all(path, quotaSchema, 'listing quotas', {}, options);
    return found.flatMap(({ metadata, status }) =>
      Object.entries(status.hard).map(([resource, limit]) => ({
        namespace: metadata.namespace,
        name: metadata.name,
        resource,
        limit: quantity(limit),
        used: quantity(status.used[resource] ?? '0'),
      })),
    );
  }

  async *#pages(
    kind: WorkloadKind,
    namespace: string | undefined,
    labels: Readonly<Record<string, string>>,
    options: CallOptions,
  ): AsyncGenerator<Page<WorkloadState>> {
    const selector = selectorText(labels);
    const query = selector === '' ? {} : { labelSelector: selector };
    const path = collectionPath(WORKLOAD_OBJECT[kind], namespace);
    for await (const page of this.api.pages(path, workloadSchema, 'listing workloads', query, options)) {
      const items = page.items.map((object) => toWorkloadState(kind, object));
      yield { items, complete: page.complete };
    }
  }

  /** With the reasons that only pods and events know, while it is not as it should be. */
  async #whole(ref: WorkloadRef, object: WireWorkload, options: CallOptions): Promise<WorkloadState> {
    const { spec } = object;
    const phase = phaseOf(object);
    if (phase === 'settled' || phase === 'removing') return toWorkloadState(ref.kind, object);
    const pods = await this.api.all(
      collectionPath(POD, ref.namespace),
      podSchema,
      `reading the members of ${nameOf(ref)}`,
      { labelSelector: selectorText(spec.selector.matchLabels) },
      options,
    );
    const uncreated = ref.kind === 'stateful' ? await this.#uncreated(ref, object, options) : [];
    return toWorkloadState(ref.kind, object, [...uncreated, ...podObstacles(pods)]);
  }

  /** A StatefulSet tells only in events why it cannot make its members. */
  async #uncreated(
    ref: WorkloadRef,
    { metadata, spec, status }: WireWorkload,
    options: CallOptions,
  ): Promise<readonly WorkloadObstacle[]> {
    if (status.replicas >= spec.replicas) return [];
    const fieldSelector = `involvedObject.uid=${metadata.uid},reason=FailedCreate`;
    const path = collectionPath(EVENT, ref.namespace);
    const body = await this.api.send(
      { method: 'GET', path, query: { fieldSelector, limit: 50 }, what: `reading events of ${nameOf(ref)}` },
      options,
    );
    const items = (body as { items?: unknown }).items;
    const events = parseAnswer(eventSchema.array(), items ?? [], 'reading events');
    const message = events.at(-1)?.message;
    if (message === undefined) return [];
    return [{ code: creationCode(message), members: spec.replicas - status.replicas, message }];
  }
}

function scalesItself(ref: WorkloadRef): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `workload ${nameOf(ref)} scales itself; its number of members was not changed`,
    { nextStep: 'Apply the workload with other bounds, or without autoscale.' },
  );
}
