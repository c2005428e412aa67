import { SpringtideError } from '@springtide/kernel';
import type { CallOptions, WorkloadRef } from '@springtide/provider-kit';
import { refusalError } from './api-error.js';
import { FIELD_MANAGER, parseAnswer, type KubeApi } from './kube-api.js';
import { WORKLOAD_LABEL, labelValue } from './ownership-marks.js';
import { objectSchema, workloadSchema, type WireMetadata, type WireWorkload } from './wire-objects.js';
import {
  WORKLOAD_OBJECT,
  collectionPath,
  objectPath,
  type Manifest,
  type ObjectKind,
} from './workload-kinds.js';

/** Objects of workloads, read and written one by one. */
export class WorkloadStore {
  constructor(readonly api: KubeApi) {}

  async find(ref: WorkloadRef, options: CallOptions): Promise<WireWorkload | undefined> {
    const what = `reading workload ${nameOf(ref)}`;
    const path = objectPath(WORKLOAD_OBJECT[ref.kind], ref.namespace, ref.name);
    const body = await this.api.find(path, what, options);
    return body === undefined ? undefined : parseAnswer(workloadSchema, body, what);
  }

  /** @throws not-found. */
  async get(ref: WorkloadRef, options: CallOptions): Promise<WireWorkload> {
    const found = await this.find(ref, options);
    if (found !== undefined) return found;
    throw new SpringtideError('not-found', `there is no workload ${nameOf(ref)}; nothing was changed`);
  }

  async findPart(
    of: ObjectKind,
    namespace: string,
    name: string,
    options: CallOptions,
  ): Promise<WireMetadata | undefined> {
    const what = `reading ${of.kind} ${namespace}/${name}`;
    const body = await this.api.find(objectPath(of, namespace, name), what, options);
    return body === undefined ? undefined : parseAnswer(objectSchema, body, what).metadata;
  }

  /**
   * Server-side apply. What is new must not meet somebody else's object of that name; what is known must still be the
   * object that was looked at, and then our word counts.
   */
  async apply(
    { of, name, body }: Manifest,
    namespace: string,
    known: WireMetadata | undefined,
    options: CallOptions,
  ): Promise<unknown> {
    const metadata = body['metadata'] as Readonly<Record<string, unknown>>;
    const seen = known === undefined ? {} : { uid: known.uid };
    return await this.api.send(
      {
        method: 'PATCH',
        path: objectPath(of, namespace, name),
        query: { fieldManager: FIELD_MANAGER, force: known !== undefined },
        patch: 'apply',
        body: { ...body, metadata: { ...metadata, ...seen } },
        what: `applying ${of.kind} ${namespace}/${name}`,
      },
      options,
    );
  }

  /** True when there was something to delete. The object must still be the one that was looked at. */
  async delete(
    of: ObjectKind,
    { namespace, name, uid }: Pick<WireMetadata, 'namespace' | 'name' | 'uid'>,
    options: CallOptions,
  ): Promise<boolean> {
    const what = `deleting ${of.kind} ${namespace}/${name}`;
    const answer = await this.api.attempt(
      {
        method: 'DELETE',
        path: objectPath(of, namespace, name),
        body: {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          propagationPolicy: 'Foreground',
          preconditions: { uid },
        },
        what,
      },
      options,
    );
    if (!('refused' in answer)) return true;
    if (answer.refused.status === 404) return false;
    throw refusalError(answer.refused, what, true);
  }

  /** Everything of a kind that carries the workload's mark, whoever's it is. */
  async marked(of: ObjectKind, ref: WorkloadRef, options: CallOptions): Promise<readonly WireMetadata[]> {
    const query = { labelSelector: `${WORKLOAD_LABEL}=${labelValue(ref.name)}` };
    const what = `listing ${of.plural} of workload ${nameOf(ref)}`;
    const found = await this.api.all(collectionPath(of, ref.namespace), objectSchema, what, query, options);
    return found.map(({ metadata }) => metadata);
  }
}

export function nameOf({ namespace, name }: Pick<WorkloadRef, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

export function selectorText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
