import type { FieldErrors, FieldValues, Path, Resolver, UseFormSetError } from 'react-hook-form';
import type * as z from 'zod/mini';
import { messagesByField, Problem } from '~/api/problem';

/** Lets react-hook-form ask a zod schema. */
export function resolverOf<T extends FieldValues>(schema: z.ZodMiniType<T, T>): Resolver<T> {
  return (values) => {
    const read = schema.safeParse(values);
    if (read.success) return { values: read.data, errors: {} };
    const errors: Record<string, { type: string; message: string }> = {};
    for (const issue of read.error.issues) {
      const field = String(issue.path[0] ?? 'root');
      errors[field] ??= { type: issue.code ?? 'invalid', message: issue.message };
    }
    return { values: {}, errors: errors as FieldErrors<T> };
  };
}

/** Puts what the engine refused to the fields it means; true if every part of it has found its place. */
export function showAtFields<T extends FieldValues>(
  error: unknown, fields: readonly Path<T>[], setError: UseFormSetError<T>,
): boolean {
  if (!(error instanceof Problem) || error.errors.length === 0) return false;
  let all = true;
  for (const [field, message] of Object.entries(messagesByField(error))) {
    const known = fields.find((f) => f === field);
    if (known) setError(known, { type: 'engine', message });
    else all = false;
  }
  return all;
}
