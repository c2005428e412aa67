import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query';
import type { Answer, CallArguments, CallParts, RouteSpec } from '@springtide/contracts';
import { useRef } from 'react';
import { useSession } from '../../app/session.js';

type Reading = Readonly<{
  /** Asks again after this many milliseconds; for what changes by itself. */
  everyMs?: number | undefined;
  enabled?: boolean | undefined;
}>;

/** What a GET route answers, cached by route and parts. */
export function useAnswer<R extends RouteSpec>(
  route: R,
  parts: CallParts<R>,
  { everyMs, enabled = true }: Reading = {},
): UseQueryResult<Answer<R>> {
  const { client } = useSession();
  return useQuery<Answer<R>>({
    queryKey: [route.id, parts],
    queryFn: () => client.call(route, ...([parts] as unknown as CallArguments<R>)),
    refetchInterval: everyMs ?? false,
    enabled,
  });
}

/**
 * Sends a command once, however often it is repeated: the key stays the same until the server answered it. Everything
 * read is asked anew afterwards.
 */
export function useCommand<R extends RouteSpec>(route: R): UseMutationResult<Answer<R>, Error, CallParts<R>> {
  const { client } = useSession();
  const queries = useQueryClient();
  const attempt = useRef<{ parts: string; key: string } | null>(null);
  return useMutation<Answer<R>, Error, CallParts<R>>({
    mutationFn: async (parts) => {
      const text = JSON.stringify(parts);
      if (attempt.current?.parts !== text) attempt.current = { parts: text, key: newKey() };
      const sent = { ...parts, idempotencyKey: attempt.current.key };
      const answer = await client.call(route, ...([sent] as unknown as CallArguments<R>));
      attempt.current = null;
      return answer;
    },
    onSuccess: () => queries.invalidateQueries(),
  });
}

/** Also where the page is not in a secure context, and `crypto.randomUUID` is missing. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
