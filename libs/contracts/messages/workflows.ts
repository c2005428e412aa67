/** Names, ids and inputs of workflows, for whoever starts or signals them. */

export type PlanInput = Readonly<{ tenantId: string; planId: string }>;
export type RunInput = Readonly<{ tenantId: string; runId: string }>;
export type WatchInput = Readonly<{ forMs: number }>;
export type ScaleBackInput = Readonly<{ tenantId: string; runId: string; reason: string }>;

export type RehearsalInput = Readonly<{ tenantId: string; rehearsalId: string }>;

export type BillCheckInput = Readonly<{ tenantId: string; runId: string }>;

export const WORKFLOW_QUEUE = 'workflows';
export const MUTATE_QUEUE = 'mutate';
/** Purchases: each may wait for minutes for an account that does not answer, and keeps no guard and no way back waiting. */
export const PURCHASE_QUEUE = 'purchase';
export const READ_QUEUE = 'read';
export const PLANNER_QUEUE = 'planner';
/** Rehearsals: each keeps a core busy for minutes, so there is one at a time. */
export const REHEARSAL_QUEUE = 'rehearsal';
/** Listings of whole accounts: slow by nature, and never in the way of a run. */
export const SYNC_QUEUE = 'sync';
/** Watches over accounts: each waits most of its time. */
export const WATCH_QUEUE = 'watch';

export function planWorkflowId(planId: string): string {
  return `plan:${planId}`;
}

export function rehearsalWorkflowId(id: string): string {
  return `rehearsal:${id}`;
}

export function probeWorkflowId(probeId: string): string {
  return `probe:${probeId}`;
}

export function runWorkflowId(runId: string): string {
  return `run:${runId}`;
}

export function billCheckWorkflowId(runId: string): string {
  return `bill-check:${runId}`;
}

export function scaleBackWorkflowId(runId: string): string {
  return `scale-back:${runId}`;
}

/** Tells a run that truth changed; it reads afresh. Carries nothing. */
export const RUN_CHANGED = 'changed';
