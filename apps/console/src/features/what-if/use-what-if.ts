import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { routes, type PlanComparison, type PlanWhatIf } from '@springtide/contracts';
import { clientFor, useSession } from '../../app/session.js';
import { useRested } from '../../shared/ui/use-rested.js';

/** A slider that is being dragged asks once it rests. */
const REST_MS = 350;
/** Prices are those of the last look at the market; asking the same again sooner would only repeat the work. */
const FRESH_MS = 60_000;

type Timed = Readonly<{ comparison: PlanComparison; seconds: number }>;

type WhatIfAnswer = Readonly<{
  /** Of the question before, while `thinking`. */
  answer: Timed | undefined;
  thinking: boolean;
  error: Error | null;
}>;

/**
 * The answer to the question that is asked now. Answers are kept by question, so one that comes late is never taken for
 * the answer to another; what nobody waits for any more is ended.
 */
export function useWhatIf(planId: string, question: PlanWhatIf | null): WhatIfAnswer {
  const { token } = useSession();
  const asked = JSON.stringify(question);
  const rested = useRested(asked, REST_MS);
  const body = JSON.parse(rested) as PlanWhatIf | null;
  const query = useQuery<Timed>({
    queryKey: [routes.planWhatIf.id, planId, rested],
    queryFn: async ({ signal }) => {
      const began = performance.now();
      const comparison = await clientFor(token, signal).call(routes.planWhatIf, {
        params: { id: planId },
        body: body ?? {},
      });
      return { comparison, seconds: (performance.now() - began) / 1_000 };
    },
    enabled: body !== null,
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
    refetchOnWindowFocus: false,
    retry: false,
  });
  const thinking = question !== null && (asked !== rested || query.isFetching);
  if (question === null) return { answer: undefined, thinking: false, error: null };
  return { answer: query.data, thinking, error: thinking ? null : query.error };
}
