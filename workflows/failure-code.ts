import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/workflow';

/** The kernel's code of what an activity or a child failed with; `unknown` when it has none. */
export function failureCode(thrown: unknown): string {
  if (thrown instanceof ApplicationFailure) return thrown.type ?? 'unknown';
  const wrapped = thrown instanceof ActivityFailure || thrown instanceof ChildWorkflowFailure;
  return wrapped ? failureCode(thrown.cause) : 'unknown';
}
