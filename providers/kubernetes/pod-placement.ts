import type { V1Affinity, V1LabelSelector, V1PodSpec, V1Toleration } from '@kubernetes/client-node';
import type { SchedulingPolicy } from '@springtide/provider-kit';

const HOST = 'kubernetes.io/hostname';

/** A scheduling policy in the words of a pod. */
export function podPlacement(
  policy: SchedulingPolicy,
  selector: Readonly<Record<string, string>>,
): Omit<V1PodSpec, 'containers'> {
  const labelSelector = { matchLabels: selector };
  return {
    ...(policy.nodeLabels === undefined ? {} : { nodeSelector: policy.nodeLabels }),
    ...(policy.priorityClass === undefined ? {} : { priorityClassName: policy.priorityClass }),
    ...(policy.tolerates === undefined ? {} : { tolerations: policy.tolerates.map(toleration) }),
    ...(policy.apart === undefined
      ? {}
      : { affinity: { podAntiAffinity: apart(policy.apart, labelSelector) } }),
    ...(policy.spread === undefined
      ? {}
      : {
          topologySpreadConstraints: policy.spread.map(({ over, maxSkew, strict }) => ({
            topologyKey: over,
            maxSkew,
            whenUnsatisfiable: strict ? 'DoNotSchedule' : 'ScheduleAnyway',
            labelSelector,
          })),
        }),
  };
}

function toleration({
  key,
  value,
  effect,
}: NonNullable<SchedulingPolicy['tolerates']>[number]): V1Toleration {
  return {
    key,
    operator: value === undefined ? 'Exists' : 'Equal',
    ...(value === undefined ? {} : { value }),
    ...(effect === undefined ? {} : { effect }),
  };
}

function apart(
  how: 'strict' | 'preferred',
  labelSelector: V1LabelSelector,
): V1Affinity['podAntiAffinity'] & object {
  const term = { topologyKey: HOST, labelSelector };
  return how === 'strict'
    ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
    : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] };
}
