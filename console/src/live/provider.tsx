import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { Segment } from '~/api/types';
import { rememberSession, sessionQuery } from '~/session';
import { hideToast, toast } from '~/ui/notify';
import { EventStream, type StreamState } from './stream';

const Context = createContext<EventStream | null>(null);

/** Holds the stream of events open as long as somebody is signed in. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const stream = useMemo(
    () =>
      new EventStream(
        client,
        ({ title, to }) =>
          toast({
            id: to,
            title,
            message: 'Select to look at it.',
            autoClose: 12_000,
            style: { cursor: 'pointer' },
            onClick: () => {
              hideToast(to);
              void navigate({ href: to });
            },
          }),
        () => {
          rememberSession(null);
          client.setQueryData(sessionQuery.queryKey, null);
          void navigate({ to: '/sign-in' });
        },
      ),
    [client, navigate],
  );
  useEffect(() => {
    stream.open();
    return () => stream.close();
  }, [stream]);
  return <Context.Provider value={stream}>{children}</Context.Provider>;
}

const never = () => () => {};

export function useStreamState(): StreamState {
  const stream = useContext(Context);
  return useSyncExternalStore(stream?.subscribe ?? never, stream?.getState ?? (() => 'connecting' as const));
}

/** The newest words of a call, as they come. */
export function useLastWords(call: string): Segment | undefined {
  const stream = useContext(Context);
  return useSyncExternalStore(stream?.subscribe ?? never, () => stream?.lastWords.get(call));
}
