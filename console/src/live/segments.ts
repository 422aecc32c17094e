import type { Segment } from '~/api/types';
import type { EventData } from './routing';

const speakers = ['assistant', 'human', 'system'] as const;
const moods = ['neutral', 'positive', 'negative'] as const;

/** The piece of a transcript that an event carries. */
export function segmentOf(data: EventData): { call: string; segment: Segment } | undefined {
  const speaker = speakers.find((s) => s === data.speaker);
  if (typeof data.call_id !== 'string' || typeof data.n !== 'number' || typeof data.text !== 'string' || !speaker)
    return undefined;
  return {
    call: data.call_id,
    segment: {
      n: data.n,
      speaker,
      start_ms: typeof data.start_ms === 'number' ? data.start_ms : 0,
      end_ms: typeof data.end_ms === 'number' ? data.end_ms : 0,
      text: data.text,
      sentiment: moods.find((m) => m === data.sentiment) ?? 'neutral',
    },
  };
}

/** The segments with a piece put in, or replaced where it has grown; always in order. */
export function withSegment(segments: readonly Segment[], piece: Segment): Segment[] {
  const last = segments[segments.length - 1];
  if (!last || last.n < piece.n) return [...segments, piece];
  const at = segments.findIndex((s) => s.n >= piece.n);
  const found = segments[at];
  if (found && found.n === piece.n) return segments.map((s) => (s.n === piece.n ? piece : s));
  return [...segments.slice(0, at), piece, ...segments.slice(at)];
}
