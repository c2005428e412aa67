import { count } from './numbers.js';

export type ReplicaSample = Readonly<{ at: string; desired: number; ready: number }>;

/** What became of the workload beside the machines. */
export type KubernetesReport = Readonly<{
  cluster: string;
  version: string;
  workload: string;
  /** Who decided how many replicas there are. */
  scaledBy: string;
  /** Every change that was seen. */
  replicas: readonly ReplicaSample[];
  /** What kubectl still lists of ours. */
  leftover: readonly string[];
  failures: readonly string[];
}>;

/** The report of the demo with the workload's; what went wrong with the workload fails the demo. */
export function besideMachines<R extends Readonly<{ failures: readonly string[] }>>(
  report: R,
  kubernetes: KubernetesReport | undefined,
): R & Readonly<{ kubernetes?: KubernetesReport }> {
  if (kubernetes === undefined) return report;
  const { leftover } = kubernetes;
  const failures = [
    ...report.failures,
    ...kubernetes.failures,
    ...(leftover.length > 0 ? [`the cluster still holds ${count(leftover.length, 'thing')} of ours`] : []),
  ];
  return { ...report, passed: failures.length === 0, failures, kubernetes };
}

/** One line for people. */
export function kubernetesLine({ version, workload, replicas, leftover }: KubernetesReport): string {
  const ready = replicas.map((sample) => sample.ready);
  return (
    `${version}: ${workload} had ${Math.max(...ready)} replicas ready at the most and ${ready.at(-1) ?? 0} ` +
    `at the end; kubectl lists ${leftover.length} of ours`
  );
}
