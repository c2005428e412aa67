export type * from './activities.js';
export {
  MUTATE_QUEUE,
  PLANNER_QUEUE,
  READ_QUEUE,
  RUN_CHANGED,
  WORKFLOW_QUEUE,
  planWorkflowId,
  runWorkflowId,
  scaleBackWorkflowId,
  type PlanInput,
  type RunInput,
  type ScaleBackInput,
} from './workflows.js';
