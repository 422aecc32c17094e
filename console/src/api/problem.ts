import type { components } from './schema';

export type ProblemDocument = components['schemas']['problem'];
export type FieldError = components['schemas']['field_error'];

/** A refusal of the engine, or of the way to it. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly requestId: string | undefined;
  readonly errors: FieldError[];
  readonly nextOpenAt: string | undefined;
  readonly retryAfter: number | undefined;
  readonly document: Partial<ProblemDocument>;

  constructor(document: Partial<ProblemDocument>, response?: Pick<Response, 'status' | 'headers'>) {
    super(document.detail || document.title || 'The engine refused without a reason.');
    this.name = 'Problem';
    this.document = document;
    this.status = document.status ?? response?.status ?? 0;
    this.code = document.code ?? 'unknown';
    this.title = document.title ?? 'Refused';
    this.requestId = document.instance ?? response?.headers.get('X-Request-Id') ?? undefined;
    this.errors = document.errors ?? [];
    this.nextOpenAt = document.next_open_at ?? undefined;
    const header = response?.headers.get('Retry-After');
    this.retryAfter = document.retry_after ?? (header ? Number(header) || undefined : undefined);
  }
}

/** What came back, as a problem; whatever a proxy in between has made of it. */
export function problemOf(body: unknown, response: Pick<Response, 'status' | 'headers'>): Problem {
  if (body && typeof body === 'object' && ('detail' in body || 'title' in body))
    return new Problem(body as Partial<ProblemDocument>, response);
  return new Problem(
    {
      status: response.status,
      code: 'unreadable',
      title: `Answer ${response.status}`,
      detail: `The engine, or a proxy before it, answered ${response.status} without a reason.`,
    },
    response,
  );
}

/** No answer at all. */
export function unreachable(): Problem {
  return new Problem({
    status: 0,
    code: 'unreachable',
    title: 'No answer',
    detail: 'The engine does not answer. It may be restarting; this page tries again by itself.',
  });
}

/** The name of the form field that a JSON pointer means: "/targets/0/phone_number" is "targets". */
export function fieldOf(pointer: string): string {
  const first = pointer.replace(/^[/?]/, '').split('/')[0] ?? '';
  return first.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** The problem's messages by form field, several of one field put together. */
export function messagesByField(problem: Problem): Record<string, string> {
  const out: Record<string, string> = {};
  for (const e of problem.errors) {
    const field = fieldOf(e.pointer);
    out[field] = out[field] ? `${out[field]}; ${e.message}` : e.message;
  }
  return out;
}

/** Those messages that belong to no field of the form; they are shown above it. */
export function messagesElsewhere(problem: Problem, fields: readonly string[]): FieldError[] {
  return problem.errors.filter((e) => !fields.includes(fieldOf(e.pointer)));
}
