import createClient, { type Middleware } from 'openapi-fetch';
import { basePath } from '~/base';
import { csrfToken, readSession } from '~/session';
import { problemOf, unreachable } from './problem';
import type { paths } from './schema';

/** A key of its own for each click: a request that is sent twice by the network acts once. */
export function newKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
}

let signedOut: () => void = () => {};
/** Called when the engine no longer knows who this is. */
export function whenSignedOut(act: () => void): void {
  signedOut = act;
}
function watch(response: Response): void {
  if (response.status === 401) signedOut();
  // Another window may have signed in anew, and this one has the token of before.
  if (response.status === 403) void readSession().catch(() => undefined);
}

const guard: Middleware = {
  onRequest({ request }) {
    if (request.method !== 'GET') {
      const token = csrfToken();
      if (token) request.headers.set('X-CSRF-Token', token);
    }
    return request;
  },
  onResponse({ response }) {
    watch(response);
  },
  onError() {
    return unreachable();
  },
};

export const api = createClient<paths>({ baseUrl: basePath, credentials: 'same-origin' });
api.use(guard);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** For changes of what was read before: refused with 412 where somebody else has changed it since. */
export function ifMatch(version: number): { 'If-Match': string } {
  return { 'If-Match': `W/"${version}"` };
}

/** The document of a 2xx answer; everything else is thrown as a Problem. */
export async function take<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) throw problemOf(error, response);
  return data as T;
}

/** For routes outside of the OpenAPI document, and for bodies that are no JSON. */
export async function send<T>(method: string, path: string, body?: unknown, headers: HeadersInit = {}): Promise<T> {
  const all = new Headers(headers);
  const token = csrfToken();
  if (token && method !== 'GET') all.set('X-CSRF-Token', token);
  const raw = typeof body === 'string' || body instanceof Blob;
  if (body !== undefined && !raw) all.set('Content-Type', 'application/json');
  let response: Response;
  try {
    response = await fetch(basePath + path, {
      method,
      headers: all,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: raw ? (body as BodyInit) : JSON.stringify(body) }),
    });
  } catch {
    throw unreachable();
  }
  if (!path.startsWith('/api/session')) watch(response);
  const text = await response.text();
  let document: unknown;
  try {
    document = text ? JSON.parse(text) : undefined;
  } catch {
    document = undefined;
  }
  if (!response.ok) throw problemOf(document, response);
  return document as T;
}
