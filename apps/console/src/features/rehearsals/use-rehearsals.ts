import { routes, type RehearsalBody } from '@springtide/contracts';
import { useAnswer } from '../../shared/api/use-answer.js';

/** The list carries every story, so only what runs is asked for often. */
const LIST_MS = 10_000;
const RUNNING_MS = 2_000;

/** Rehearsals of a plan; somebody else may start one while the page is open. */
export function useRehearsals(planId: string) {
  return useAnswer(routes.rehearsalList, { params: { id: planId } }, { everyMs: LIST_MS });
}

/** The rehearsal as it is now. */
export function useFollowed(listed: RehearsalBody): RehearsalBody {
  const running = listed.status === 'running';
  const { data } = useAnswer(
    routes.rehearsalGet,
    { params: { id: listed.id } },
    { everyMs: RUNNING_MS, enabled: running },
  );
  return running ? (data ?? listed) : listed;
}
