import type {
  V1DeploymentSpec,
  V1PersistentVolumeClaimSpec,
  V1PodDisruptionBudgetSpec,
  V1PodTemplateSpec,
  V1ServiceSpec,
  V1StatefulSetSpec,
  V2HorizontalPodAutoscalerSpec,
} from '@kubernetes/client-node';
import type { WorkloadOrder, WorkloadSpec, WorkloadVolume } from '@springtide/provider-kit';
import { networkPolicy } from './network-policy.js';
import { WORKLOAD_LABEL, labelValue, ownershipMarks } from './ownership-marks.js';
import { podPlacement } from './pod-placement.js';
import {
  AUTOSCALER,
  BUDGET,
  CLAIM,
  DEPLOYMENT,
  SERVICE,
  STATEFUL_SET,
  type Manifest,
  type ObjectKind,
} from './workload-kinds.js';

/** What an existing object forces on its next version. */
export type Existing = Readonly<{
  /** Immutable. */
  selector: Readonly<Record<string, string>>;
  container: string;
  replicas: number;
}>;

/** The spec as it was ordered, kept with every version so that each can be gone back to. */
export const SPEC_ANNOTATION = 'springtide/spec';

const CONTAINER = 'main';
const MIB = 'Mi';

/** Everything that an order asks for, in the order in which it is applied: the workload itself comes last. */
export function manifestsOf(order: WorkloadOrder, existing: Existing | undefined): readonly Manifest[] {
  const { spec } = order;
  const base = partMetadata(order);
  const selector = existing?.selector ?? { [WORKLOAD_LABEL]: labelValue(spec.name) };
  const replicas = replicasOf(spec, existing);
  const part = (of: ObjectKind, body: Readonly<Record<string, unknown>>, name = spec.name): Manifest => ({
    of,
    name,
    body: { apiVersion: of.apiVersion, kind: of.kind, metadata: { ...base, name }, ...body },
  });
  return [
    ...(spec.network === undefined ? [] : [networkPolicy(spec.network, selector, part)]),
    ...(spec.kind === 'stateless' ? claimsOf(spec) : []).map(({ name, body }) => part(CLAIM, body, name)),
    ...(needsService(spec) ? [part(SERVICE, { spec: serviceSpec(spec, selector) })] : []),
    ...(spec.minAvailable === undefined
      ? []
      : [part(BUDGET, { spec: budgetSpec(spec.minAvailable, selector) })]),
    ...(spec.autoscale === undefined ? [] : [part(AUTOSCALER, { spec: scalerSpec(spec, spec.autoscale) })]),
    part(spec.kind === 'stateless' ? DEPLOYMENT : STATEFUL_SET, {
      metadata: {
        ...base,
        name: spec.name,
        annotations: { ...base.annotations, [SPEC_ANNOTATION]: JSON.stringify(spec) },
      },
      spec: workloadSpec(order, selector, replicas, existing?.container ?? CONTAINER),
    }),
  ];
}

/** Names of the claims that a workload without its own volumes per member shares. */
export function claimName(spec: Pick<WorkloadSpec, 'name'>, volume: WorkloadVolume): string {
  return `${spec.name}-${volume.name}`;
}

function partMetadata({ spec, ownership }: WorkloadOrder) {
  return { namespace: spec.namespace, ...ownershipMarks(spec.name, ownership, spec.labels) };
}

/** Left out of an applied object, a number falls back to 1: while a scaler decides, what it decided is repeated. */
function replicasOf(spec: WorkloadSpec, existing: Existing | undefined): number {
  if (spec.autoscale === undefined) return spec.replicas;
  const wanted = existing?.replicas ?? spec.replicas;
  return Math.min(Math.max(wanted, spec.autoscale.minimum), spec.autoscale.maximum);
}

function workloadSpec(
  order: WorkloadOrder,
  selector: Readonly<Record<string, string>>,
  replicas: number,
  container: string,
): V1DeploymentSpec | V1StatefulSetSpec {
  const { spec } = order;
  const { rollout = {} } = spec;
  const common = {
    replicas,
    selector: { matchLabels: selector },
    minReadySeconds: rollout.minReadySeconds ?? 0,
    revisionHistoryLimit: 5,
    template: podTemplate(order, selector, container),
  };
  if (spec.kind === 'stateful') {
    return {
      ...common,
      serviceName: spec.name,
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'RollingUpdate' },
      volumeClaimTemplates: (spec.volumes ?? []).map((volume) => ({
        metadata: { name: volume.name, labels: stableMarks(order) },
        spec: claimSpec(volume),
      })),
    };
  }
  return {
    ...common,
    progressDeadlineSeconds: rollout.progressSeconds ?? 600,
    strategy: {
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: rollout.maxSurge ?? '25%', maxUnavailable: rollout.maxUnavailable ?? 0 },
    },
  };
}

/** Marks of members and their volumes: none that changes with an order, or every order would restart all members. */
function stableMarks({ spec, ownership }: WorkloadOrder): Record<string, string> {
  const { labels } = ownershipMarks(spec.name, ownership, {});
  return Object.fromEntries(
    Object.entries(labels).filter(([key]) => key === WORKLOAD_LABEL || key.endsWith('/installation')),
  );
}

function podTemplate(
  order: WorkloadOrder,
  selector: Readonly<Record<string, string>>,
  container: string,
): V1PodTemplateSpec {
  const { spec } = order;
  const volumes = spec.volumes ?? [];
  const size = { cpu: `${spec.cpuMillis}m`, memory: `${spec.memoryMiB}${MIB}` };
  return {
    metadata: { labels: { ...stableMarks(order), ...selector } },
    spec: {
      ...podPlacement(spec.scheduling ?? {}, selector),
      // Nobody's workload needs the rights of the cluster's own accounts.
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: container,
          image: spec.image,
          ...(spec.command === undefined ? {} : { command: [...spec.command] }),
          env: Object.entries(spec.environment ?? {}).map(([name, value]) => ({ name, value })),
          ports: spec.ports.map(({ name, port, protocol = 'TCP' }) => ({
            name,
            containerPort: port,
            protocol,
          })),
          resources: { requests: size, limits: { memory: size.memory } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          ...(spec.ready === undefined
            ? {}
            : {
                readinessProbe: {
                  httpGet: { path: spec.ready.path, port: spec.ready.port },
                  periodSeconds: 2,
                },
              }),
          volumeMounts: volumes.map(({ name, mountPath }) => ({ name, mountPath })),
        },
      ],
      ...(spec.kind === 'stateful'
        ? {}
        : {
            volumes: volumes.map((volume) => ({
              name: volume.name,
              persistentVolumeClaim: { claimName: claimName(spec, volume) },
            })),
          }),
    },
  };
}

function claimsOf(spec: WorkloadSpec) {
  return (spec.volumes ?? []).map((volume) => ({
    name: claimName(spec, volume),
    body: { spec: claimSpec(volume) },
  }));
}

function claimSpec(volume: WorkloadVolume): V1PersistentVolumeClaimSpec {
  return {
    accessModes: [volume.access === 'shared' ? 'ReadWriteMany' : 'ReadWriteOnce'],
    resources: { requests: { storage: `${volume.sizeGib}Gi` } },
    ...(volume.storageClass === undefined ? {} : { storageClassName: volume.storageClass }),
  };
}

/** Members that keep their names get them from a service without an address of its own. */
function needsService(spec: WorkloadSpec): boolean {
  return (spec.service ?? false) || spec.kind === 'stateful';
}

function serviceSpec(spec: WorkloadSpec, selector: Readonly<Record<string, string>>): V1ServiceSpec {
  return {
    selector,
    ...(spec.kind === 'stateful' ? { clusterIP: 'None' } : { type: 'ClusterIP' }),
    ports: spec.ports.map(({ name, port, protocol = 'TCP' }) => ({ name, port, targetPort: port, protocol })),
  };
}

function budgetSpec(
  minAvailable: number,
  selector: Readonly<Record<string, string>>,
): V1PodDisruptionBudgetSpec {
  return {
    minAvailable,
    selector: { matchLabels: selector },
    // A member that does not work protects nobody, and would hold every drain for ever.
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  };
}

function scalerSpec(
  spec: WorkloadSpec,
  scale: NonNullable<WorkloadSpec['autoscale']>,
): V2HorizontalPodAutoscalerSpec {
  const { apiVersion, kind } = spec.kind === 'stateless' ? DEPLOYMENT : STATEFUL_SET;
  return {
    scaleTargetRef: { apiVersion, kind, name: spec.name },
    minReplicas: scale.minimum,
    maxReplicas: scale.maximum,
    metrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: scale.cpuPercent } },
      },
    ],
  };
}
