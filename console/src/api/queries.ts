import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, take } from './client';
import type { paths } from './schema';

// Keys begin with the kind of thing, so that an event of the engine names all that it may have changed:
// see live/routing.ts.

type Query<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Q } } }
  ? NonNullable<Q>
  : never;

const pageSize = 100;
interface Page {
  next_cursor: string | null;
}
const paging = {
  initialPageParam: '' as string,
  getNextPageParam: (last: Page) => last.next_cursor ?? undefined,
};
const at = (cursor: string) => (cursor ? { cursor } : {});

// -- campaigns ---------------------------------------------------------------------------------------

export const campaignsQuery = (filter: Pick<Query<'/api/campaigns'>, 'status' | 'q'>) =>
  infiniteQueryOptions({
    queryKey: ['campaigns', filter],
    queryFn: ({ pageParam }) =>
      take(api.GET('/api/campaigns', { params: { query: { limit: pageSize, ...filter, ...at(pageParam) } } })),
    placeholderData: keepPreviousData,
    ...paging,
  });
export const campaignQuery = (id: string) =>
  queryOptions({
    queryKey: ['campaign', id],
    queryFn: async () => (await take(api.GET('/api/campaigns/{id}', { params: { path: { id } } }))).campaign,
  });
export const whyQuery = (id: string) =>
  queryOptions({
    queryKey: ['campaign', id, 'why'],
    queryFn: () => take(api.GET('/api/campaigns/{id}/why', { params: { path: { id } } })),
    refetchInterval: 10_000,
  });
export const targetPages = (id: string, filter: Pick<Query<'/api/campaigns/{id}/targets'>, 'status'>) => ({
  key: ['campaign', id, 'targets', filter],
  size: 200,
  read: async (offset: number, limit: number) => {
    const page = await take(
      api.GET('/api/campaigns/{id}/targets', { params: { path: { id }, query: { ...filter, offset, limit } } }),
    );
    return { items: page.targets, total: page.total, more: page.next_cursor !== null };
  },
});
export const campaignCallPages = (id: string) => ({
  key: ['campaign', id, 'calls'],
  size: 500,
  read: async (offset: number, limit: number) => {
    const page = await take(
      api.GET('/api/campaigns/{id}/calls', { params: { path: { id }, query: { offset, limit } } }),
    );
    return { items: page.calls, total: page.total, more: page.next_cursor !== null };
  },
});

/** What was done to a campaign and its targets, newest first. */
export const activityQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['campaign', id, 'activity'],
    queryFn: ({ pageParam }) =>
      take(api.GET('/api/campaigns/{id}/activity', { params: { path: { id }, query: { limit: pageSize, ...at(pageParam) } } })),
    ...paging,
  });
/** Its calls over time; in hours where there are too many minutes. */
export const chartQuery = (id: string) =>
  queryOptions({
    queryKey: ['campaign', id, 'chart'],
    queryFn: async () => {
      const read = (bucket: 'minute' | 'hour') => take(api.GET('/api/campaigns/{id}/chart', { params: { path: { id }, query: { bucket } } }));
      const fine = await read('minute');
      return fine.cut ? read('hour') : fine;
    },
  });

// -- tasks -------------------------------------------------------------------------------------------

export const tasksQuery = (filter: Pick<Query<'/api/call-tasks'>, 'status' | 'priority' | 'q'>) =>
  infiniteQueryOptions({
    queryKey: ['tasks', filter],
    queryFn: ({ pageParam }) =>
      take(api.GET('/api/call-tasks', { params: { query: { limit: pageSize, ...filter, ...at(pageParam) } } })),
    placeholderData: keepPreviousData,
    ...paging,
  });
export const taskQuery = (id: string) =>
  queryOptions({
    queryKey: ['task', id],
    queryFn: async () => (await take(api.GET('/api/call-tasks/{id}', { params: { path: { id } } }))).call_task,
  });

// -- calls -------------------------------------------------------------------------------------------

export const callPages = (filter: Pick<Query<'/api/call-sessions'>, 'q' | 'campaign_id' | 'call_task_id'>) => ({
  key: ['calls', filter],
  size: 100,
  read: async (offset: number, limit: number) => {
    const page = await take(api.GET('/api/call-sessions', { params: { query: { ...filter, offset, limit } } }));
    return { items: page.call_sessions, total: page.total, more: page.next_cursor !== null };
  },
});
/** The newest calls; those without an end are live. */
export const liveQuery = queryOptions({
  queryKey: ['live'],
  queryFn: async () => {
    const page = await take(api.GET('/api/call-sessions', { params: { query: { limit: 500 } } }));
    return page.call_sessions;
  },
  refetchInterval: 10_000,
});
export const callQuery = (id: string) =>
  queryOptions({
    queryKey: ['call', id],
    queryFn: () => take(api.GET('/api/call-sessions/{id}', { params: { path: { id } } })),
  });
/** What the carrier told of a call, and what we answered. */
export const callWebhooksQuery = (id: string) =>
  queryOptions({
    queryKey: ['call', id, 'webhooks'],
    queryFn: async () => (await take(api.GET('/api/call-sessions/{id}/webhooks', { params: { path: { id } } }))).webhooks,
  });
export const transcriptQuery = (id: string, live: boolean) =>
  queryOptions({
    queryKey: ['transcript', id],
    queryFn: () => take(api.GET('/api/call-sessions/{id}/transcript', { params: { path: { id } } })),
    // Words come by themselves with the events; this mends what was missed.
    refetchInterval: live ? 10_000 : false,
  });

// -- knowledge ---------------------------------------------------------------------------------------

export const gapsQuery = (filter: Pick<Query<'/api/knowledge-gaps'>, 'status' | 'category' | 'agent' | 'q'>) =>
  infiniteQueryOptions({
    queryKey: ['gaps', filter],
    queryFn: ({ pageParam }) =>
      take(api.GET('/api/knowledge-gaps', { params: { query: { limit: pageSize, ...filter, ...at(pageParam) } } })),
    placeholderData: keepPreviousData,
    ...paging,
  });
export const gapQuery = (id: string) =>
  queryOptions({
    queryKey: ['gap', id],
    queryFn: () => take(api.GET('/api/knowledge-gaps/{id}', { params: { path: { id } } })),
  });
export const chunksQuery = (filter: Pick<Query<'/api/knowledge'>, 'q' | 'category'>) =>
  infiniteQueryOptions({
    queryKey: ['chunks', filter],
    queryFn: ({ pageParam }) =>
      take(api.GET('/api/knowledge', { params: { query: { limit: pageSize, ...filter, ...at(pageParam) } } })),
    placeholderData: keepPreviousData,
    ...paging,
  });
export const profileQuery = queryOptions({
  queryKey: ['profile'],
  queryFn: async () => (await take(api.GET('/api/business-profile'))).business_profile,
});

// -- calendar ----------------------------------------------------------------------------------------

export const proposalsQuery = (filter: Pick<Query<'/api/calendar/proposals'>, 'status'>) =>
  infiniteQueryOptions({
    queryKey: ['proposals', filter],
    queryFn: ({ pageParam }) =>
      take(api.GET('/api/calendar/proposals', { params: { query: { limit: pageSize, ...filter, ...at(pageParam) } } })),
    ...paging,
  });
export const calendarEventsQuery = queryOptions({
  queryKey: ['calendar'],
  queryFn: async () => (await take(api.GET('/api/calendar/events', { params: { query: { limit: 200 } } }))).events,
});

// -- people, numbers, settings -----------------------------------------------------------------------

export const contactsQuery = (filter: Pick<Query<'/api/contacts'>, 'q'>) =>
  infiniteQueryOptions({
    queryKey: ['contacts', filter],
    queryFn: ({ pageParam }) =>
      take(api.GET('/api/contacts', { params: { query: { limit: pageSize, ...filter, ...at(pageParam) } } })),
    placeholderData: keepPreviousData,
    ...paging,
  });
export const suppressionsQuery = infiniteQueryOptions({
  queryKey: ['suppressions'],
  queryFn: ({ pageParam }) =>
    take(api.GET('/api/suppressions', { params: { query: { limit: pageSize, ...at(pageParam) } } })),
  ...paging,
});
export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: () => take(api.GET('/api/assistant-settings')),
});
export const identityQuery = queryOptions({
  queryKey: ['identity'],
  queryFn: async () => (await take(api.GET('/api/identity-fields'))).identity_fields,
});
export const credentialsQuery = queryOptions({
  queryKey: ['credentials'],
  queryFn: async () => (await take(api.GET('/api/credentials'))).credentials,
});
export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: async () => (await take(api.GET('/api/api-keys', { params: { query: { limit: 500 } } }))).api_keys,
});
export const usageQuery = (days: number) =>
  queryOptions({
    queryKey: ['usage', days],
    queryFn: () => take(api.GET('/api/model-usage', { params: { query: { days } } })),
  });
export const timezonesQuery = queryOptions({
  queryKey: ['timezones'],
  queryFn: async () => (await take(api.GET('/api/timezones'))).timezones,
  staleTime: Infinity,
});

// -- what happened, and how it is --------------------------------------------------------------------

export const notificationsQuery = (unread: boolean) =>
  infiniteQueryOptions({
    queryKey: ['notifications', unread],
    queryFn: ({ pageParam }) =>
      take(
        api.GET('/api/notifications', {
          params: { query: { limit: 50, ...(unread ? { unread } : {}), ...at(pageParam) } },
        }),
      ),
    ...paging,
  });
export const auditPages = (subject: string | undefined) => ({
  key: ['audit', subject ?? ''],
  size: 200,
  read: async (offset: number, limit: number) => {
    const page = await take(
      api.GET('/api/audit', { params: { query: { ...(subject ? { subject } : {}), offset, limit } } }),
    );
    return { items: page.audit, total: page.total, more: page.next_cursor !== null };
  },
});
export const verifyAudit = () => take(api.GET('/api/audit/verify'));

/** The engine's own readiness, also when it is not ready. */
export const readyQuery = queryOptions({
  queryKey: ['ready'],
  queryFn: async () => {
    const { data, error } = await api.GET('/readyz', { params: { query: { verbose: true } } });
    return data?.checks ?? (error as { checks?: import('./types').Checks } | undefined)?.checks ?? null;
  },
  refetchInterval: 15_000,
});
