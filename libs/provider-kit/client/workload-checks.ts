import { SpringtideError } from '@springtide/kernel';
import type { WorkloadOrder, WorkloadSpec } from '../contract/workloads.js';
import { checkToken } from './input-checks.js';

const MOST_MEMBERS = 100_000;

/** @throws invalid-argument before anything is sent. */
export function checkWorkloadOrder({ token, ownership, spec }: WorkloadOrder): void {
  checkToken(token);
  if (token !== ownership.token)
    throw invalid(spec, 'the ownership tag carries another token than the order');
  for (const field of ['installation', 'tenant', 'intent'] as const) {
    if (ownership[field] === '') throw invalid(spec, `the ownership tag has no ${field}`);
  }
  if (spec.image.trim() === '') throw invalid(spec, 'it has no image');
  const sizes = { members: spec.replicas, 'CPU millis': spec.cpuMillis, 'MiB of memory': spec.memoryMiB };
  for (const [what, number] of Object.entries(sizes)) {
    const least = what === 'members' ? 0 : 1;
    if (!Number.isInteger(number) || number < least || number > MOST_MEMBERS * 1_000) {
      throw invalid(spec, `${number} ${what} cannot be had`);
    }
  }
  if (spec.replicas > MOST_MEMBERS) throw invalid(spec, `${spec.replicas} members are too many`);
  checkBounds(spec);
}

function checkBounds(spec: WorkloadSpec): void {
  const { minAvailable, autoscale } = spec;
  if (minAvailable !== undefined && (!Number.isInteger(minAvailable) || minAvailable < 1)) {
    throw invalid(spec, `at least ${minAvailable} members can protect nothing`);
  }
  if (autoscale === undefined) return;
  const { minimum, maximum, cpuPercent } = autoscale;
  if (minimum < 1 || maximum < minimum || cpuPercent < 1) {
    throw invalid(spec, `it cannot scale itself from ${minimum} to ${maximum} at ${cpuPercent} % of its CPU`);
  }
}

function invalid(spec: WorkloadSpec, message: string): SpringtideError {
  return new SpringtideError(
    'invalid-argument',
    `workload ${spec.namespace}/${spec.name}: ${message}; nothing was sent to the cluster`,
  );
}
