import type { RunBook } from '@springtide/campaigns';
import { asSpringtideError } from '@springtide/kernel';
import { CancelledFailure, Context } from '@temporalio/activity';

/** After so many attempts people should look, though trying goes on: a few minutes, however slow each answer is. */
const TOLD_AFTER = 8;

type OfARun = Readonly<{ tenantId: string; runId: string; service?: string }>;
type Activities = Readonly<Record<string, (input: never) => Promise<unknown>>>;

/** The same activities; what does not get through is told in the story of its run. */
export function toldWhenStuck<T extends Activities>(book: Pick<RunBook, 'note'>, activities: T): T {
  const told = Object.entries(activities).map(([name, work]) => [
    name,
    async (input: never) => {
      try {
        return await work(input);
      } catch (thrown) {
        // Not at one attempt only: that one may have ended with its worker, and the story tells it once anyway.
        const { attempt } = Context.current().info;
        if (attempt >= TOLD_AFTER && !(thrown instanceof CancelledFailure))
          await tell(book, name, input, thrown);
        throw thrown;
      }
    },
  ]);
  return Object.fromEntries(told) as T;
}

async function tell(
  book: Pick<RunBook, 'note'>,
  name: string,
  input: OfARun,
  thrown: unknown,
): Promise<void> {
  const { tenantId, runId, service } = input;
  const { activityId, workflowExecution } = Context.current().info;
  const { code, message } = asSpringtideError(thrown);
  const of = service === undefined ? '' : ` of ${service}`;
  await book.note(tenantId, runId, {
    step: 'phase.waiting',
    level: 'problem',
    detail: `${name}${of} does not get through after ${TOLD_AFTER} tries (${code}: ${message}). The phase waits for it and tries again; what runs stays, and costs what it costs. Look at the account or the entrance, or stop the run: springtide run abort.`,
    facts: { activity: name, code },
    once: `waiting/${workflowExecution?.runId ?? ''}/${activityId}`,
  });
}
