import { QueryCache, QueryClient, QueryClientProvider, MutationCache } from '@tanstack/react-query';
import { ApiProblem, createClient, type ApiClient } from '@springtide/contracts';
import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react';

const KEPT = 'springtide.token';

export type Session = Readonly<{
  token: string | null;
  /** Set when the server no longer took the token. */
  ended: boolean;
  client: ApiClient;
  signIn(token: string): void;
  signOut(): void;
  /** The server no longer takes the token: back to the sign-in page, which says so. */
  expire(): void;
}>;

const SessionContext = createContext<Session | null>(null);

/** The token lives as long as the browser tab; beside it only what somebody was typing is kept there. */
export function SessionProvider({ children }: Readonly<{ children: ReactNode }>) {
  const [token, setToken] = useState(() => sessionStorage.getItem(KEPT));
  const [ended, setEnded] = useState(false);
  const leave = useCallback((refused: boolean) => {
    sessionStorage.removeItem(KEPT);
    setToken(null);
    setEnded(refused);
  }, []);
  const expire = useCallback(() => leave(true), [leave]);
  const queries = useMemo(() => queryClient(expire), [expire]);
  const session = useMemo<Session>(
    () => ({
      token,
      ended,
      client: clientFor(token),
      signIn: (given) => {
        sessionStorage.setItem(KEPT, given);
        queries.clear();
        setEnded(false);
        setToken(given);
      },
      signOut: () => {
        queries.clear();
        leave(false);
      },
      expire,
    }),
    [token, ended, queries, leave, expire],
  );
  return (
    <SessionContext value={session}>
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </SessionContext>
  );
}

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('A page was drawn outside the session.');
  return session;
}

/** Waits for no answer longer than this, so that a dead server is told rather than awaited. */
const PATIENCE_MS = 60_000;

/** @param given ends what is asked before it is answered. */
export function clientFor(token: string | null, given?: AbortSignal): ApiClient {
  return createClient({
    baseUrl: '',
    token: token ?? undefined,
    fetch: (url, init) => {
      const patience = AbortSignal.timeout(PATIENCE_MS);
      return fetch(url, { ...init, signal: given ? AbortSignal.any([given, patience]) : patience });
    },
  });
}

function queryClient(onRefused: () => void): QueryClient {
  const onError = (error: unknown): void => {
    if (error instanceof ApiProblem && error.status === 401) onRefused();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { retry: worthRepeating, staleTime: 2_000, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  });
}

function worthRepeating(failures: number, error: unknown): boolean {
  return failures < 1 && error instanceof ApiProblem && (error.status === 0 || error.status >= 502);
}
