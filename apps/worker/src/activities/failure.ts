import { asSpringtideError, type SpringtideError } from '@springtide/kernel';
import { ApplicationFailure } from '@temporalio/common';
import { CancelledFailure, Context } from '@temporalio/activity';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';

/**
 * The one place where our errors become Temporal's: the type is our code, so that workflows and retry policies branch
 * on it. Whether it is final is the policy's decision, not the error's: on the way back nothing is.
 */
export class FailureInterceptor implements ActivityInboundCallsInterceptor {
  async execute(
    input: ActivityExecuteInput,
    next: Next<ActivityInboundCallsInterceptor, 'execute'>,
  ): Promise<unknown> {
    try {
      return await next(input);
    } catch (thrown) {
      if (thrown instanceof ApplicationFailure || thrown instanceof CancelledFailure) throw thrown;
      throw asFailure(asSpringtideError(thrown));
    }
  }
}

function asFailure(error: SpringtideError): ApplicationFailure {
  const fenced = error.code === 'conflict' && error.retry === 'never' && 'fence' in error.facts;
  return ApplicationFailure.create({
    message: error.message,
    type: fenced ? 'fenced' : error.code,
    ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: error.retryAfterMs }),
  });
}

/** Reports life to the engine; throws when the workflow wants the work to end. */
export function heartbeat(detail: string): void {
  const context = Context.current();
  context.heartbeat(detail);
  if (context.cancellationSignal.aborted)
    throw new CancelledFailure('the workflow asked for the end of this work');
}
