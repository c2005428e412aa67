import type { Command } from './workflow-instance.js';

/** As the engine keeps it. */
export type Failure = NonNullable<NonNullable<Command['failWorkflowExecution']>['failure']>;

/** A value as it travels. */
export type Payload = NonNullable<NonNullable<Command['completeWorkflowExecution']>['result']>;

/** Why nothing more is tried. */
export type Why = 'inProgress' | 'nonRetryable' | 'timeout' | 'attempts' | 'notSet' | 'cancelled';

type RetryState = NonNullable<NonNullable<Failure['activityFailureInfo']>['retryState']>;
type TimeoutType = NonNullable<NonNullable<Failure['timeoutFailureInfo']>['timeoutType']>;

/** The numbers of the engine's RetryState, whose enum is not among what the SDK exports. */
const RETRY_STATE = {
  inProgress: 1,
  nonRetryable: 2,
  timeout: 3,
  attempts: 4,
  notSet: 5,
  cancelled: 8,
} as unknown as Readonly<Record<Why, RetryState>>;

export type Outcome =
  | Readonly<{ kind: 'completed'; payload: Payload | null }>
  | Readonly<{ kind: 'failed'; failure: Failure; why: Why }>
  | Readonly<{ kind: 'cancelled' }>;

export function applicationFailure(message: string, type: string): Failure {
  return { message, applicationFailureInfo: { type, nonRetryable: false } };
}

/** @param timeout 1 start to close, 3 schedule to close, 4 heartbeat. */
export function timeoutFailure(message: string, timeout: 1 | 3 | 4): Failure {
  return { message, timeoutFailureInfo: { timeoutType: timeout as unknown as TimeoutType } };
}

export function cancelledFailure(): Failure {
  return { message: 'cancelled', canceledFailureInfo: {} };
}

export function activityFailure(type: string, id: string, cause: Failure, why: Why): Failure {
  return {
    message: 'Activity task failed',
    cause,
    activityFailureInfo: { activityType: { name: type }, activityId: id, retryState: RETRY_STATE[why] },
  };
}

export function childFailure(
  workflow: Readonly<{ workflowId: string; runId: string; type: string }>,
  cause: Failure,
): Failure {
  return {
    message: 'Child Workflow execution failed',
    cause,
    childWorkflowExecutionFailureInfo: {
      namespace: 'twin',
      workflowType: { name: workflow.type },
      workflowExecution: { workflowId: workflow.workflowId, runId: workflow.runId },
      retryState: RETRY_STATE.notSet,
    },
  };
}
