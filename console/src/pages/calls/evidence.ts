import type { ExtractedValue, Segment } from '~/api/types';

/** Which values rest on which words, both ways. Values are named by their place in the list. */
export interface Evidence {
  segmentsOf: number[][];
  valuesOf: Map<number, number[]>;
}

export function mapEvidence(values: readonly Pick<ExtractedValue, 'segments'>[], segments: readonly Pick<Segment, 'n'>[]): Evidence {
  const known = new Set(segments.map((s) => s.n));
  const valuesOf = new Map<number, number[]>();
  const segmentsOf = values.map((v, i) => {
    const there = [...new Set(v.segments)].filter((n) => known.has(n)).sort((a, b) => a - b);
    for (const n of there) valuesOf.set(n, [...(valuesOf.get(n) ?? []), i]);
    return there;
  });
  return { segmentsOf, valuesOf };
}

/** A text in pieces, those that a fragment has marked. Case and spaces are not looked at closely. */
export function markFragment(text: string, fragment: string | null): { text: string; marked: boolean }[] {
  const wish = fragment?.trim();
  if (!wish) return [{ text, marked: false }];
  const pattern = wish
    .split(/\s+/)
    .map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('\\s+');
  const found = new RegExp(pattern, 'iu').exec(text);
  if (!found) return [{ text, marked: false }];
  const end = found.index + found[0].length;
  return [
    { text: text.slice(0, found.index), marked: false },
    { text: text.slice(found.index, end), marked: true },
    { text: text.slice(end), marked: false },
  ].filter((p) => p.text !== '');
}

/** A value as people read it. */
export function showValue(v: Pick<ExtractedValue, 'value' | 'text' | 'type'>): string {
  if (v.text) return v.text;
  if (v.value === null) return 'not known';
  if (typeof v.value === 'boolean') return v.value ? 'yes' : 'no';
  if (typeof v.value === 'object') return JSON.stringify(v.value);
  return String(v.value);
}

/** How long it took until the assistant answered, in ms; null where it did not follow the callee. */
export function replyDelays(segments: readonly Segment[]): Map<number, number> {
  const out = new Map<number, number>();
  segments.forEach((s, i) => {
    const before = segments[i - 1];
    if (s.speaker === 'assistant' && before?.speaker === 'human' && s.start_ms >= before.end_ms)
      out.set(s.n, s.start_ms - before.end_ms);
  });
  return out;
}
