// The contract of the routes that stand in no OpenAPI document of this engine: the console's session,
// the overview, the actors and the users. Nothing else of the console knows their paths.
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { send } from './api/client';
import { Problem } from './api/problem';
import type { Campaign, Money } from './api/types';

export interface Session {
  user: { id: string; email: string; role: 'user' | 'operator' };
  csrf_token: string;
  expires_at: string;
  installation: { version: string; simulated: boolean; time_zone: string };
}

let known: Session | null = null;

/** For the header of every write. */
export function csrfToken(): string | undefined {
  return known?.csrf_token;
}
export function rememberSession(session: Session | null): Session | null {
  known = session;
  return session;
}

/** Who is signed in; null: nobody. */
export async function readSession(): Promise<Session | null> {
  try {
    return rememberSession(await send<Session>('GET', '/api/session'));
  } catch (e) {
    if (e instanceof Problem && e.status === 401) return rememberSession(null);
    throw e;
  }
}
export async function signIn(email: string, password: string): Promise<Session> {
  const session = await send<Session>('POST', '/api/session', { email, password });
  rememberSession(session);
  return session;
}
/** The one-time link of a first start: sets the password of the first user. */
export async function welcome(token: string, email: string, password: string): Promise<Session> {
  const session = await send<Session>('POST', '/api/session/welcome', { token, email, password });
  rememberSession(session);
  return session;
}
export async function signOut(): Promise<void> {
  await send<void>('DELETE', '/api/session');
  rememberSession(null);
}
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: readSession,
  staleTime: 60_000,
  retry: false,
});

// -- overview ----------------------------------------------------------------------------------------

export type Health = 'ok' | 'degraded' | 'down' | 'off' | string | boolean;

export interface Overview {
  live_calls: number;
  running_campaigns: Campaign[];
  waiting_for_you: { clarifications: number; approvals: number; proposals: number; gaps: number };
  today: { calls: number; answered: number; spent: Money };
  health: { database: Health; carrier: Health; models: Health; clock: Health; stopped: boolean };
  getting_started: { id: string; done: boolean }[];
}
export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: () => send<Overview>('GET', '/api/overview'),
  refetchInterval: 15_000,
});

// -- actors ------------------------------------------------------------------------------------------

export interface Actor {
  id: string;
  parent_id: string | null;
  kind: string;
  name: string;
  state: string;
  mailbox: number;
  messages_per_second: number;
  handler_p50_us: number;
  handler_p99_us: number;
  restarts: number;
  last_error: string | null;
  age_seconds: number;
  next_timer_at: string | null;
  children: number;
}
export interface ActorDetail extends Actor {
  state_json: unknown;
  recent_messages: { type: string; at: string; took_us: number }[];
  buckets: { name: string; used: number; limit: number; window_seconds: number }[];
}
export interface ActorPage {
  actors: Actor[];
  total: number;
  next_cursor: string | null;
}
export type ActorSort = 'tree' | 'mailbox' | 'messages_per_second' | 'handler_p99_us' | 'restarts' | 'age_seconds';

export function actorsQuery(q: string, sort: ActorSort, every: number) {
  const query = new URLSearchParams({ limit: '500' });
  if (q) query.set('q', q);
  if (sort !== 'tree') query.set('sort', sort);
  return queryOptions({
    queryKey: ['actors', q, sort],
    queryFn: () => send<ActorPage>('GET', `/api/admin/actors?${query}`),
    refetchInterval: every > 0 ? every : false,
    placeholderData: keepPreviousData,
  });
}
export function actorQuery(id: string, every: number) {
  return queryOptions({
    queryKey: ['actor', id],
    queryFn: async () =>
      (await send<{ actor: ActorDetail }>('GET', `/api/admin/actors/${encodeURIComponent(id)}`)).actor,
    refetchInterval: every > 0 ? every : false,
  });
}
export function steerActor(id: string, act: 'restart' | 'stop', confirm: string): Promise<unknown> {
  return send('POST', `/api/admin/actors/${encodeURIComponent(id)}/${act}`, { confirm });
}

// -- users -----------------------------------------------------------------------------------------

export interface User {
  id: string;
  email: string;
  role: 'user' | 'operator';
  created_at?: string;
  last_seen_at?: string | null;
  disabled?: boolean;
}
export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: async () => (await send<{ users: User[] }>('GET', '/api/users')).users,
});
export function addUser(user: { email: string; role: User['role'] }): Promise<{ user: User; welcome_url?: string }> {
  return send('POST', '/api/users', user);
}
export function changeUser(id: string, change: Partial<Pick<User, 'role' | 'disabled'>>): Promise<unknown> {
  return send('PATCH', `/api/users/${id}`, change);
}

/** A link with which somebody sets their password anew. */
export function makePasswordLink(id: string): Promise<{ welcome_url: string }> {
  return send('POST', `/api/users/${id}/password-link`);
}
