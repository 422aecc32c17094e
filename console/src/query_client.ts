import { QueryClient } from '@tanstack/react-query';
import { whenSignedOut } from './api/client';
import { Problem } from './api/problem';
import type { AppRouter } from './router';
import { rememberSession, sessionQuery } from './session';

/** Reads again what is old, and sends whoever is signed out to the door. */
export function makeQueryClient(router: () => AppRouter): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        refetchOnWindowFocus: true,
        // A refusal stays one; an engine that is away comes back.
        retry: (count, error) => {
          const status = error instanceof Problem ? error.status : 500;
          return (status === 0 || status >= 502) && count < 3;
        },
      },
    },
  });
  whenSignedOut(() => {
    rememberSession(null);
    client.setQueryData(sessionQuery.queryKey, null);
    const here = router().state.location;
    if (here.pathname !== '/sign-in') void router().navigate({ to: '/sign-in', search: { next: here.href } });
  });
  return client;
}
