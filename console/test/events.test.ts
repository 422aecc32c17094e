import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { QueryKey } from '@tanstack/react-query';
import { eventKinds, keysOf, readData, Throttle, toastOf } from '../src/live/routing';
import { segmentOf, withSegment } from '../src/live/segments';

describe('routing of events', () => {
  it('names what each kind may have changed', () => {
    expect(keysOf('campaign', { campaign_id: 'c1', action: 'progress' })).toEqual([['campaign', 'c1'], ['campaigns'], ['overview']]);
    expect(keysOf('call', { call_id: 'k1', campaign_id: 'c1' })).toContainEqual(['campaign', 'c1']);
    expect(keysOf('call', { call_id: 'k1', what: 'processed' })).toContainEqual(['call', 'k1']);
    expect(keysOf('gap', { knowledge_gap_id: 'g1' })).toContainEqual(['gap', 'g1']);
    expect(keysOf('proposal', {})).toContainEqual(['proposals']);
  });
  it('knows a task by either of its names', () => {
    expect(keysOf('task', { id: 't1' })).toContainEqual(['task', 't1']);
    expect(keysOf('task', { call_task_id: 't1' })).toContainEqual(['task', 't1']);
  });
  it('reads everything anew after a gap in the stream and nothing at its beginning', () => {
    expect(keysOf('reset', {})).toBe('everything');
    expect(keysOf('hello', {})).toEqual([]);
  });
  it('has an answer for every kind and whatever data', () => {
    for (const kind of eventKinds) expect(() => keysOf(kind, readData('not json'))).not.toThrow();
    expect(readData('[1]')).toEqual({});
    expect(readData('null')).toEqual({});
  });
  it('shows a call with an open question without being asked', () => {
    expect(keysOf('notification', { kind: 'approval_needed', subject_kind: 'call_session', subject_id: 'k1' })).toContainEqual(['call', 'k1']);
  });
});

describe('messages in the corner', () => {
  it('come only with what waits for a person', () => {
    expect(toastOf('notification', { kind: 'approval_needed', subject_kind: 'call_session', subject_id: 'k1' })?.to).toBe('/calls/k1');
    expect(toastOf('notification', { kind: 'clarification_needed', subject_kind: 'call_task', subject_id: 't1' })?.to).toBe('/tasks/t1');
    expect(toastOf('notification', { kind: 'call_completed', subject_id: 't1' })).toBeUndefined();
    expect(toastOf('campaign', { kind: 'approval_needed' })).toBeUndefined();
  });
});

describe('the throttle', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());
  it('acts at once and then gathers', () => {
    const acts: QueryKey[][] = [];
    const throttle = new Throttle((keys) => acts.push(keys), 250);
    throttle.push([['a']]);
    expect(acts).toEqual([[['a']]]);
    throttle.push([['a'], ['b', 1]]);
    throttle.push([['b', 1]]);
    expect(acts).toHaveLength(1);
    vi.advanceTimersByTime(249);
    expect(acts).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(acts[1]).toEqual([['a'], ['b', 1]]);
    vi.advanceTimersByTime(1_000);
    expect(acts).toHaveLength(2);
  });
  it('does nothing after it was stopped', () => {
    const acts: QueryKey[][] = [];
    const throttle = new Throttle((keys) => acts.push(keys), 250);
    throttle.push([['a']]);
    throttle.push([['b']]);
    throttle.stop();
    vi.advanceTimersByTime(1_000);
    expect(acts).toHaveLength(1);
  });
});

describe('words as they come', () => {
  const data = { call_id: 'k1', n: 2, speaker: 'human', start_ms: 10, end_ms: 20, text: 'Yes', sentiment: 'positive' };
  const piece = (n: number, text: string) => ({ n, text, speaker: 'human' as const, start_ms: 0, end_ms: 0, sentiment: 'neutral' as const });
  it('are read from an event', () => {
    expect(segmentOf(data)).toEqual({ call: 'k1', segment: { n: 2, speaker: 'human', start_ms: 10, end_ms: 20, text: 'Yes', sentiment: 'positive' } });
    expect(segmentOf({ ...data, speaker: 'ghost' })).toBeUndefined();
    expect(segmentOf({ ...data, n: 'two' })).toBeUndefined();
  });
  it('grow in place and stay in order', () => {
    let all = withSegment([], piece(1, 'Hello'));
    all = withSegment(all, piece(3, 'there'));
    all = withSegment(all, piece(2, 'dear'));
    all = withSegment(all, piece(3, 'there, friend'));
    expect(all.map((s) => `${s.n} ${s.text}`)).toEqual(['1 Hello', '2 dear', '3 there, friend']);
  });
});
