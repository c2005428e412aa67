export type * from './activities.js';
export type * from './readiness.js';
export {
  MUTATE_QUEUE,
  PURCHASE_QUEUE,
  PLANNER_QUEUE,
  READ_QUEUE,
  REHEARSAL_QUEUE,
  RUN_CHANGED,
  SYNC_QUEUE,
  WATCH_QUEUE,
  WORKFLOW_QUEUE,
  planWorkflowId,
  probeWorkflowId,
  rehearsalWorkflowId,
  runWorkflowId,
  scaleBackWorkflowId,
  type PlanInput,
  type RehearsalInput,
  type RunInput,
  type ScaleBackInput,
  type WatchInput,
} from './workflows.js';
