import type { WorkloadKind } from '@springtide/provider-kit';

/** A kind of object and where the API server keeps it. */
export type ObjectKind = Readonly<{ apiVersion: string; kind: string; prefix: string; plural: string }>;

/** One object as it is to be applied. */
export type Manifest = Readonly<{ of: ObjectKind; name: string; body: Readonly<Record<string, unknown>> }>;

const kind = (apiVersion: string, name: string, plural: string): ObjectKind => ({
  apiVersion,
  kind: name,
  prefix: apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`,
  plural,
});

export const DEPLOYMENT = kind('apps/v1', 'Deployment', 'deployments');
export const STATEFUL_SET = kind('apps/v1', 'StatefulSet', 'statefulsets');
export const REPLICA_SET = kind('apps/v1', 'ReplicaSet', 'replicasets');
export const CONTROLLER_REVISION = kind('apps/v1', 'ControllerRevision', 'controllerrevisions');
export const SERVICE = kind('v1', 'Service', 'services');
export const CLAIM = kind('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims');
export const POD = kind('v1', 'Pod', 'pods');
export const EVENT = kind('v1', 'Event', 'events');
export const QUOTA = kind('v1', 'ResourceQuota', 'resourcequotas');
export const BUDGET = kind('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets');
export const NETWORK_POLICY = kind('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies');
export const AUTOSCALER = kind('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers');

export const WORKLOAD_OBJECT: Readonly<Record<WorkloadKind, ObjectKind>> = {
  stateless: DEPLOYMENT,
  stateful: STATEFUL_SET,
};

/** What a workload may have beside itself, each under the workload's own name. */
export const PARTS: readonly ObjectKind[] = [NETWORK_POLICY, SERVICE, BUDGET, AUTOSCALER];

/** All of a kind, in a namespace or everywhere. */
export function collectionPath(of: ObjectKind, namespace?: string): string {
  const where = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${of.prefix}${where}/${of.plural}`;
}

export function objectPath(of: ObjectKind, namespace: string, name: string): string {
  return `${collectionPath(of, namespace)}/${encodeURIComponent(name)}`;
}
