import { useInfiniteQuery } from '@tanstack/react-query';
import type { Answer, CallArguments, CallParts, RouteSpec } from '@springtide/contracts';
import { useSession } from '../../app/session.js';

type Page<T> = Readonly<{ items: readonly T[]; next: string | null }>;
type ItemOf<R> = Answer<R> extends Page<infer T> ? T : never;

export type Pages<T> = Readonly<{
  items: readonly T[];
  loading: boolean;
  error: Error | null;
  /** Undefined at the end. */
  more: (() => void) | undefined;
  loadingMore: boolean;
}>;

/** A cursor-paged list: filtering and ordering are the server's, and only the pages asked for are fetched. */
export function usePages<R extends RouteSpec>(
  route: R,
  query: Record<string, unknown>,
  everyMs?: number,
): Pages<ItemOf<R>> {
  const { client } = useSession();
  const answer = useInfiniteQuery({
    queryKey: [route.id, 'pages', query],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam }) => {
      const parts = { query: { ...query, ...(pageParam === null ? {} : { cursor: pageParam }) } };
      const page = await client.call(
        route,
        ...([parts as unknown as CallParts<R>] as unknown as CallArguments<R>),
      );
      return page as unknown as Page<ItemOf<R>>;
    },
    getNextPageParam: (last) => last.next,
    refetchInterval: everyMs ?? false,
  });
  return {
    items: answer.data?.pages.flatMap((page) => [...page.items]) ?? [],
    loading: answer.isPending,
    error: answer.error,
    more: answer.hasNextPage ? () => void answer.fetchNextPage() : undefined,
    loadingMore: answer.isFetchingNextPage,
  };
}
