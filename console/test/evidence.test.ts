import { describe, expect, it } from 'vitest';
import type { Segment } from '../src/api/types';
import { mapEvidence, markFragment, replyDelays, showValue } from '../src/pages/calls/evidence';

const segment = (n: number, speaker: Segment['speaker'], start_ms: number, end_ms: number): Segment => ({
  n, speaker, start_ms, end_ms, text: `piece ${n}`, sentiment: 'neutral',
});

describe('evidence', () => {
  const segments = [segment(1, 'assistant', 0, 900), segment(2, 'human', 1000, 2000), segment(4, 'assistant', 2600, 3000)];
  it('leads from a value to its words and back', () => {
    const found = mapEvidence([{ segments: [2] }, { segments: [4, 2, 2] }, { segments: [] }], segments);
    expect(found.segmentsOf).toEqual([[2], [2, 4], []]);
    expect(found.valuesOf.get(2)).toEqual([0, 1]);
    expect(found.valuesOf.get(4)).toEqual([1]);
    expect(found.valuesOf.has(1)).toBe(false);
  });
  it('does not point at words that are not there', () => {
    const found = mapEvidence([{ segments: [3, 99, 1] }], segments);
    expect(found.segmentsOf).toEqual([[1]]);
    expect(found.valuesOf.has(99)).toBe(false);
  });
  it('tells how long a reply took', () => {
    expect([...replyDelays(segments)]).toEqual([[4, 600]]);
  });
});

describe('fragments', () => {
  it('are marked whatever their case and spaces', () => {
    expect(markFragment('That will be  Forty Dollars then.', 'forty dollars')).toEqual([
      { text: 'That will be  ', marked: false },
      { text: 'Forty Dollars', marked: true },
      { text: ' then.', marked: false },
    ]);
  });
  it('are taken as words and not as a pattern', () => {
    expect(markFragment('it costs $40 (or so)', '$40 (or so)')).toEqual([
      { text: 'it costs ', marked: false },
      { text: '$40 (or so)', marked: true },
    ]);
    expect(markFragment('plain', '.*')).toEqual([{ text: 'plain', marked: false }]);
  });
  it('that are not in the text leave it as it is', () => {
    expect(markFragment('nothing here', 'else')).toEqual([{ text: 'nothing here', marked: false }]);
    expect(markFragment('nothing here', null)).toEqual([{ text: 'nothing here', marked: false }]);
  });
});

describe('values', () => {
  it('are shown as people read them', () => {
    expect(showValue({ value: true, text: null, type: 'boolean' })).toBe('yes');
    expect(showValue({ value: {}, text: '$40', type: 'json' })).toBe('$40');
    expect(showValue({ value: null, text: null, type: 'string' })).toBe('not known');
    expect(showValue({ value: 12, text: null, type: 'number' })).toBe('12');
  });
});
