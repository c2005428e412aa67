import { parseInstant, toInstant, type ErrorCode } from '@springtide/kernel';
import type { WorkloadKind, WorkloadObstacle, WorkloadPhase, WorkloadState } from '@springtide/provider-kit';
import { readLabels, readOwnership } from './ownership-marks.js';
import type { WirePod, WireWorkload } from './wire-objects.js';

/** A workload as the cluster tells it; `obstacles` adds what only its pods and events know. */
export function toWorkloadState(
  kind: WorkloadKind,
  object: WireWorkload,
  obstacles: readonly WorkloadObstacle[] = [],
): WorkloadState {
  const { metadata, spec, status } = object;
  const ownership = readOwnership(metadata);
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    kind,
    uid: metadata.uid,
    phase: phaseOf(object),
    image: spec.template.spec.containers[0]?.image ?? '',
    desired: spec.replicas,
    current: status.replicas,
    updated: status.updatedReplicas,
    ready: status.readyReplicas,
    obstacles: [...creationObstacles(object), ...obstacles],
    conditions: status.conditions.map(({ type, status: held, reason, message }) => ({
      type,
      holds: held === 'True',
      reason,
      message,
    })),
    ...(ownership === undefined ? {} : { ownership }),
    labels: readLabels(metadata),
    ...(metadata.creationTimestamp ? { createdAt: toInstant(parseInstant(metadata.creationTimestamp)) } : {}),
  };
}

export function phaseOf({ metadata, spec, status }: WireWorkload): WorkloadPhase {
  if (metadata.deletionTimestamp) return 'removing';
  if (status.observedGeneration < metadata.generation) return 'progressing';
  const late = status.conditions.some(
    ({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded',
  );
  const there = [status.replicas, status.updatedReplicas, status.readyReplicas, status.availableReplicas];
  if (there.every((members) => members === spec.replicas)) return 'settled';
  return late ? 'stuck' : 'progressing';
}

/** Members that could not even be created: the controller says why on the workload itself. */
function creationObstacles({ spec, status }: WireWorkload): readonly WorkloadObstacle[] {
  return status.conditions
    .filter(({ type, status: held }) => type === 'ReplicaFailure' && held === 'True')
    .map(({ message }) => ({
      code: creationCode(message),
      members: Math.max(1, spec.replicas - status.replicas),
      message,
    }));
}

export function creationCode(message: string): ErrorCode {
  return /exceeded quota/i.test(message) ? 'quota-exceeded' : 'failed-precondition';
}

const NO_ROOM = 'Unschedulable';
/** What a container waits for on every start; the others are troubles. */
const USUAL_WAITS: ReadonlySet<string> = new Set(['', 'ContainerCreating', 'PodInitializing']);

/** Why members that exist do not run, each reason once with the number of those it holds. */
export function podObstacles(pods: readonly WirePod[]): readonly WorkloadObstacle[] {
  const found = new Map<string, WorkloadObstacle>();
  for (const pod of pods) {
    const trouble = pod.metadata.deletionTimestamp ? undefined : troubleOf(pod);
    if (trouble === undefined) continue;
    const key = `${trouble.code} ${trouble.message}`;
    found.set(key, { ...trouble, members: (found.get(key)?.members ?? 0) + 1 });
  }
  return [...found.values()];
}

function troubleOf({ status }: WirePod): Omit<WorkloadObstacle, 'members'> | undefined {
  const scheduling = status.conditions.find(({ type }) => type === 'PodScheduled');
  if (scheduling?.status === 'False' && scheduling.reason === NO_ROOM) {
    return { code: 'insufficient-capacity', message: scheduling.message };
  }
  const waiting = status.containerStatuses
    .map(({ state }) => state.waiting)
    .find((each) => each !== undefined && !USUAL_WAITS.has(each.reason));
  if (waiting === undefined) return undefined;
  return { code: 'failed-precondition', message: `${waiting.reason}: ${waiting.message}` };
}
