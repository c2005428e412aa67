export type * from './activities.js';
export type * from './readiness.js';
export {
  MUTATE_QUEUE,
  PLANNER_QUEUE,
  READ_QUEUE,
  RUN_CHANGED,
  SYNC_QUEUE,
  WATCH_QUEUE,
  WORKFLOW_QUEUE,
  planWorkflowId,
  runWorkflowId,
  scaleBackWorkflowId,
  type PlanInput,
  type RunInput,
  type ScaleBackInput,
  type WatchInput,
} from './workflows.js';
