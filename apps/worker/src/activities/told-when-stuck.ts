import type { RunBook } from '@springtide/campaigns';
import { sentence } from '@springtide/contracts';
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
  const facts = { activity: name, tries: TOLD_AFTER, code, message };
  await book.note(tenantId, runId, {
    step: 'phase.waiting',
    level: 'problem',
    sentences: [
      service === undefined
        ? sentence('phase.waiting', facts)
        : sentence('phase.waiting-service', { ...facts, service }),
    ],
    facts: { activity: name, code },
    once: `waiting/${workflowExecution?.runId ?? ''}/${activityId}`,
  });
}
