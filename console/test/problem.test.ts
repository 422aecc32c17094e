import { describe, expect, it } from 'vitest';
import { fieldOf, messagesByField, messagesElsewhere, Problem, problemOf } from '../src/api/problem';
import { showAtFields } from '../src/ui/form';

const response = (status: number, headers: Record<string, string> = {}) => ({ status, headers: new Headers(headers) });
const invalid = {
  type: '/docs#invalid', title: 'Not acceptable', status: 422, detail: 'two values are not acceptable', code: 'invalid', success: false as const, instance: 'req-1',
  errors: [
    { pointer: '/allowed_days_of_week/1', code: 'unknown_day', message: 'is not a day' },
    { pointer: '/timezone', code: 'unknown_zone', message: 'is not known' },
    { pointer: '/timezone', code: 'too_long', message: 'is too long' },
    { pointer: '?limit', code: 'range', message: 'must be 1 to 500' },
  ],
};

describe('problem documents', () => {
  it('keep what helps: fields, request and the next opening', () => {
    const p = problemOf({ ...invalid, next_open_at: '2026-11-30T14:00:00Z' }, response(422));
    expect(p).toBeInstanceOf(Problem);
    expect(p.message).toBe('two values are not acceptable');
    expect(p.requestId).toBe('req-1');
    expect(p.nextOpenAt).toBe('2026-11-30T14:00:00Z');
    expect(p.errors).toHaveLength(4);
  });
  it('take the request id and the wait from the headers where the document has none', () => {
    const p = problemOf({ title: 'Slow down', status: 429, detail: 'too many' }, response(429, { 'X-Request-Id': 'req-2', 'Retry-After': '30' }));
    expect(p.requestId).toBe('req-2');
    expect(p.retryAfter).toBe(30);
  });
  it('are made where a proxy answered something else', () => {
    const p = problemOf('<html>', response(502));
    expect(p.status).toBe(502);
    expect(p.code).toBe('unreadable');
    expect(p.message).toContain('502');
  });
});

describe('fields', () => {
  it('are read from JSON pointers', () => {
    expect(fieldOf('/targets/0/phone_number')).toBe('targets');
    expect(fieldOf('?limit')).toBe('limit');
    expect(fieldOf('/a~1b')).toBe('a/b');
    expect(fieldOf('')).toBe('');
  });
  it('get all their messages together', () => {
    const p = problemOf(invalid, response(422));
    expect(messagesByField(p)).toEqual({ allowed_days_of_week: 'is not a day', timezone: 'is not known; is too long', limit: 'must be 1 to 500' });
    expect(messagesElsewhere(p, ['timezone', 'allowed_days_of_week']).map((e) => e.pointer)).toEqual(['?limit']);
  });
  it('of a form are marked and the rest is told', () => {
    const marked: Record<string, string> = {};
    const setError = (field: string, error: { message?: string }) => {
      marked[field] = error.message ?? '';
    };
    const all = showAtFields<{ timezone: string; name: string }>(problemOf(invalid, response(422)), ['timezone', 'name'], setError as never);
    expect(marked).toEqual({ timezone: 'is not known; is too long' });
    expect(all).toBe(false);
    expect(showAtFields(new Error('else'), [], setError as never)).toBe(false);
  });
});
