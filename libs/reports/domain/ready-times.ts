import type { AfterActionReport, ReadyTimes } from '@springtide/contracts';
import { msBetween } from '@springtide/kernel';
import type { BoughtMachine } from './bought-machines.js';

/** From the cloud's promise until the entrance found it healthy. */
export function readyTimes(machines: readonly BoughtMachine[]): ReadyTimes | null {
  const seconds = machines
    .flatMap(({ item }) =>
      item.acceptedAt !== null && item.readyAt !== null
        ? [msBetween(item.acceptedAt, item.readyAt) / 1000]
        : [],
    )
    .toSorted((a, b) => a - b);
  const max = seconds.at(-1);
  if (max === undefined) return null;
  return {
    machines: seconds.length,
    p50: percentile(seconds, 0.5),
    p90: percentile(seconds, 0.9),
    p95: percentile(seconds, 0.95),
    p99: percentile(seconds, 0.99),
    max,
  };
}

export function readyTimesByType(machines: readonly BoughtMachine[]): AfterActionReport['timeToReadyByType'] {
  const types = Map.groupBy(machines, ({ pool, poolId }) => pool?.machineType ?? poolId);
  return [...types]
    .flatMap(([machineType, own]) => {
      const times = readyTimes(own);
      return times === null ? [] : [{ ...times, machineType }];
    })
    .toSorted((a, b) => b.p95 - a.p95);
}

/** Nearest rank. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
