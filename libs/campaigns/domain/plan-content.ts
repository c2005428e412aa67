import type { Allocation, PlanBody, PlanPool } from '@springtide/contracts';
import type { Instant } from '@springtide/kernel';
import type { PlanLimit } from './plan-limits.js';

/** How to launch on a pool for a service: settled when the plan is made, so that what was approved is what is bought. */
export type LaunchSheet = Readonly<{
  service: string;
  poolId: string;
  /** Requests per second of one machine at the service's latency target. */
  requestsPerSecond: number;
  image: string;
  subnet: string | null;
  securityGroups: readonly string[];
  userData: string | null;
  minimumBillingSeconds: number;
  /** Machines per create call that the cloud takes at most. */
  launchBatch: number;
}>;

/** The part of a plan that its hash covers, with what running it needs. */
export type PlanContent = Pick<
  PlanBody,
  | 'marketSnapshotId'
  | 'standing'
  | 'capacity'
  | 'cost'
  | 'lowerBound'
  | 'gap'
  | 'solver'
  | 'quality'
  | 'reasons'
> &
  Readonly<{
    pools: readonly PlanPool[];
    allocations: readonly Allocation[];
    sheets: readonly LaunchSheet[];
    services: readonly ServiceSheet[];
    phases: readonly Readonly<{ name: Allocation['phase']; startsAt: string; endsAt: string }>[];
    /** What its pools draw on, as it was told at `limitsAt`. Absent in plans made before it was kept. */
    limits?: readonly PlanLimit[];
    limitsAt?: Instant;
    /** From the order until a machine is ready, at most: what buying for a phase begins early by. */
    leadMs: number;
  }>;

export type ServiceSheet = Readonly<{ name: string; route: string; port: number; warmUpSeconds: number }>;

export function sheetFor(content: PlanContent, service: string, poolId: string): LaunchSheet | undefined {
  return content.sheets.find((sheet) => sheet.service === service && sheet.poolId === poolId);
}

export function capacityOf(content: PlanContent, service: string, poolId: string): number {
  return sheetFor(content, service, poolId)?.requestsPerSecond ?? 0;
}
