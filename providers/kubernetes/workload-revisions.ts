import type { CallOptions, WorkloadRef, WorkloadRevision, WorkloadSpec } from '@springtide/provider-kit';
import { annotationJson } from './annotation-json.js';
import type { KubeApi } from './kube-api.js';
import {
  controllerRevisionSchema,
  replicaSetSchema,
  type WireMetadata,
  type WireWorkload,
} from './wire-objects.js';
import { CONTROLLER_REVISION, REPLICA_SET, collectionPath } from './workload-kinds.js';
import { SPEC_ANNOTATION } from './workload-manifests.js';
import { nameOf, selectorText } from './workload-store.js';

type Version = Readonly<{ number: number; image: string; metadata: WireMetadata }>;

const REVISION = 'deployment.kubernetes.io/revision';

/** The versions that the cluster still keeps, newest first. Each remembers the spec that made it. */
export async function readRevisions(
  api: KubeApi,
  ref: WorkloadRef,
  workload: WireWorkload,
  options: CallOptions,
): Promise<readonly WorkloadRevision[]> {
  const query = { labelSelector: selectorText(workload.spec.selector.matchLabels) };
  const what = `reading the versions of ${nameOf(ref)}`;
  const versions =
    ref.kind === 'stateless'
      ? (
          await api.all(collectionPath(REPLICA_SET, ref.namespace), replicaSetSchema, what, query, options)
        ).map(({ metadata, spec }): Version => ({
          metadata,
          number: Number(metadata.annotations[REVISION] ?? 0),
          image: spec.template?.spec.containers[0]?.image ?? '',
        }))
      : (
          await api.all(
            collectionPath(CONTROLLER_REVISION, ref.namespace),
            controllerRevisionSchema,
            what,
            query,
            options,
          )
        ).map(({ metadata, revision, data }): Version => ({
          metadata,
          number: revision,
          image: data.spec.template?.spec.containers[0]?.image ?? '',
        }));
  const own = versions
    .filter(({ metadata }) => metadata.ownerReferences.some(({ uid }) => uid === workload.metadata.uid))
    .toSorted((a, b) => b.number - a.number);
  return own.map((version, index) => toRevision(version, index === 0));
}

function toRevision({ number, image, metadata }: Version, current: boolean): WorkloadRevision {
  const spec = annotationJson(metadata.annotations, SPEC_ANNOTATION);
  return { number, current, image, ...(isSpec(spec) ? { spec } : {}) };
}

/** Ours was checked when it was ordered; here it is only told from what others may have written under that name. */
function isSpec(value: unknown): value is WorkloadSpec {
  return value !== null && typeof value === 'object' && 'image' in value && 'replicas' in value;
}
