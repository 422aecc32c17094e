import { describe, expect, it } from 'vitest';
import { bucketsFrom, bucketsOf, stepFor } from '../src/pages/campaigns/buckets';
import { bodyOf, campaignSchema, emptyCampaign } from '../src/pages/campaigns/campaign_form';
import { whyOff } from '../src/pages/campaigns/why_off';
import { EventReader } from '../src/pages/ask/brain_stream';
import { isLive } from '../src/pages/live/is_live';
import { needsApproval, openQuestions, waitsFor, whyNoStart } from '../src/pages/tasks/task_words';
import { showMicros, showState, treeOf } from '../src/pages/actors/actor_tree';
import { choices, readText } from '../src/search_params';
import type { Actor } from '../src/session';
import { matches } from '../src/shell/palette_search';
import { placeOf } from '../src/shell/notification_place';
import { pagesFor } from '../src/ui/use_pages';
import { many, showMoney, showNumber, showShare } from '../src/ui/values';

describe('values in words', () => {
  it('keep the digits of money as the engine wrote them', () => {
    expect(showMoney({ amount: '12.5', currency: 'USD' })).toBe('$12.50');
    expect(showMoney({ amount: '1234567.001', currency: 'EUR' })).toBe('1,234,567.001 EUR');
    expect(showMoney({ amount: '123456789.123456', currency: 'USD' })).toBe('$123,456,789.123456');
    expect(showMoney(null)).toBe('none');
  });
  it('group numbers and count things', () => {
    expect(showNumber('+14155550100')).toBe('+1 415 555 0100');
    expect(showNumber('+493012345678')).toBe('+493 012 345 678');
    expect(showNumber(null)).toBe('–');
    expect(many(1, 'call')).toBe('1 call');
    expect(many(1200, 'call')).toBe('1,200 calls');
    expect(showShare(0, 0)).toBe('–');
    expect(showShare(1, 3)).toBe('33 %');
  });
});

describe('a new campaign', () => {
  it('is complete but for its name', () => {
    const empty = emptyCampaign('Europe/Berlin');
    expect(campaignSchema.safeParse(empty).success).toBe(false);
    const read = campaignSchema.safeParse({ ...empty, name: ' Spring ' });
    expect(read.success && read.data.name).toBe('Spring');
  });
  it('is refused with days, rates and times that make no sense', () => {
    const good = { ...emptyCampaign('UTC'), name: 'x' };
    for (const bad of [{ allowed_days_of_week: [] }, { rate_limit_per_minute: 0 }, { rate_limit_per_hour: 1.5 }, { allowed_call_start_time: '9' }, { allowed_call_end_time: '24:01' }, { max_attempts: 21 }])
      expect(campaignSchema.safeParse({ ...good, ...bad }).success, JSON.stringify(bad)).toBe(false);
    expect(campaignSchema.safeParse({ ...good, allowed_call_end_time: '24:00' }).success).toBe(true);
  });
  it('sends an empty rate as no limit', () => {
    const body = bodyOf({ ...emptyCampaign('UTC'), name: 'x', rate_limit_per_minute: '', voicemail_message: ' ' });
    expect(body.rate_limit_per_minute).toBeNull();
    expect(body.voicemail_message).toBeNull();
  });
  it('says why an action is off', () => {
    expect(whyOff({ status: 'running', allowed_actions: ['pause', 'cancel'] }, 'pause')).toBeUndefined();
    expect(whyOff({ status: 'running', allowed_actions: ['pause', 'cancel'] }, 'update')).toContain('Pause it first');
    expect(whyOff({ status: 'completed', allowed_actions: [] }, 'start')).toContain('completed');
  });
});

describe('tasks', () => {
  const task = {
    status: 'waiting_for_user' as const, questions: [{ field: 'date', text: 'When?', required: true }, { field: 'name', text: 'Whose?', required: false }],
    answers: {} as Record<string, unknown>, approval: { reason: null, approved_by: null, approved_at: null, approved_price: null, approved_phone_number: null },
    reason: null, retry_at: null, allowed_transitions: ['cancelled'], target_phone_number: null, contact_id: null,
  };
  it('wait for answers before they wait for a yes', () => {
    expect(waitsFor(task)).toBe('an answer');
    expect(openQuestions({ ...task, answers: { date: 'Tuesday' } }).map((q) => q.field)).toEqual(['name']);
    const asked = { ...task, answers: { date: 'Tuesday' }, approval: { ...task.approval, reason: 'the price is high' } };
    expect(needsApproval(asked)).toBe(true);
    expect(waitsFor(asked)).toBe('your approval');
    expect(whyNoStart(asked)).toContain('the price is high');
  });
  it('can be started only when they are ready', () => {
    expect(whyNoStart({ ...task, status: 'ready_to_call' })).toBeUndefined();
    for (const status of ['pending', 'preparing', 'in_progress', 'completed', 'failed', 'cancelled', 'waiting_for_user'] as const)
      expect(whyNoStart({ ...task, status })).toBeTruthy();
  });
});

describe('calls over time', () => {
  const call = (at: string, answered = false) => ({ created_at: at, answered_at: answered ? at : null });
  it('are counted in steps that suit the span', () => {
    expect(stepFor(100)).toBe(1);
    expect(stepFor(3600)).toBe(60);
    expect(stepFor(90 * 86_400)).toBe(86_400);
    const b = bucketsOf([call('2026-11-24T10:00:10Z', true), call('2026-11-24T10:00:50Z'), call('2026-11-24T11:30:00Z', true)]);
    expect(b.step).toBe(60);
    expect(b.all[0]).toBe(2);
    expect(b.answered[0]).toBe(1);
    expect(b.all.reduce((x, y) => x + y)).toBe(3);
    expect(b.times).toHaveLength(91);
  });
  it('are none where there are none', () => {
    expect(bucketsFrom({ bucket: 'hour', buckets: [{ at: '2026-11-24T10:00:00Z', started: 5, answered: 3 }] })).toEqual({ step: 3600, times: [1795514400], all: [5], answered: [3] });
    expect(bucketsOf([]).times).toEqual([]);
    expect(bucketsOf([{ created_at: null, answered_at: null }]).times).toEqual([]);
  });
});

describe('the tree of actors', () => {
  const actor = (id: string, parent_id: string | null): Actor => ({
    id, parent_id, kind: 'k', name: id, state: 's', mailbox: 0, messages_per_second: 0, handler_p50_us: 0, handler_p99_us: 0, restarts: 0,
    last_error: null, age_seconds: 0, next_timer_at: null, children: 0,
  });
  it('puts children below their parents and leaves out what is closed', () => {
    const all = [actor('c1', 'a'), actor('a', null), actor('b', 'c1'), actor('x', 'gone')];
    expect(treeOf(all, new Set()).map((r) => `${r.depth}${r.actor.id}`)).toEqual(['0a', '1c1', '2b', '0x']);
    expect(treeOf(all, new Set(['c1'])).map((r) => r.actor.id)).toEqual(['a', 'c1', 'x']);
  });
  it('does not go round in circles', () => {
    expect(treeOf([actor('a', 'b'), actor('b', 'a'), actor('r', null)], new Set()).map((r) => r.actor.id)).toEqual(['r', 'a', 'b']);
  });
  it('masks numbers in states', () => {
    expect(showState({ to: '+14155550100', turn: 12 })).toBe('{\n  "to": "+141…00",\n  "turn": 12\n}');
    expect(showMicros(850)).toBe('850 µs');
    expect(showMicros(2_400)).toBe('2.4 ms');
    expect(showMicros(1_200_000)).toBe('1.2 s');
  });
});

describe('a stream that is read by hand', () => {
  it('gives whole events however they are cut', () => {
    const text = ': alive\n\nevent: token\ndata: {"text":"We "}\n\nevent: token\ndata: {"text":"open"}\n\nevent: done\r\ndata: {"a":1}\r\n\r\n';
    for (const size of [1, 3, 7, 500]) {
      const reader = new EventReader();
      const events = [];
      for (let at = 0; at < text.length; at += size) events.push(...reader.push(text.slice(at, at + size)));
      expect(events.map((e) => e.event), `cut at ${size}`).toEqual(['token', 'token', 'done']);
    }
  });
});

describe('addresses', () => {
  it('take only what they know from the search', () => {
    expect(choices({ status: 'open' }, 'status', ['open', 'closed'])).toEqual({ status: 'open' });
    expect(choices({ status: 'else' }, 'status', ['open', 'closed'])).toEqual({});
    expect(readText({ q: 12 }, 'q')).toEqual({ q: '12' });
    expect(readText({ q: { a: 1 } }, 'q')).toEqual({});
  });
  it('lead from a notification to its thing', () => {
    expect(placeOf({ subject_kind: 'call_task', subject_id: 't' })).toBe('/tasks/t');
    expect(placeOf({ subject_kind: 'knowledge_gap', subject_id: 'g' })).toBe('/gaps?gap=g');
    expect(placeOf({ subject_kind: 'call_task', subject_id: null })).toBeUndefined();
    expect(placeOf({ subject_kind: 'else', subject_id: 'x' })).toBeUndefined();
  });
  it('are found by the beginnings of their words', () => {
    expect(matches({ name: 'New campaign', hint: '' }, 'cam ne')).toBe(true);
    expect(matches({ name: 'New campaign', hint: '' }, 'paign')).toBe(false);
  });
});

describe('live calls', () => {
  it('are those of which something may still come', () => {
    expect(isLive({ ended_at: null, attempt_status: 'accepted' })).toBe(true);
    expect(isLive({ ended_at: null, attempt_status: 'ambiguous' })).toBe(true);
    for (const attempt_status of ['voided', 'rejected', 'ended']) expect(isLive({ ended_at: null, attempt_status })).toBe(false);
    expect(isLive({ ended_at: '2026-11-24T10:00:00Z', attempt_status: 'accepted' })).toBe(false);
  });
});

describe('pages of a long list', () => {
  it('are those that are seen and always the first', () => {
    expect(pagesFor(0, 30, 200)).toEqual([0]);
    expect(pagesFor(190, 230, 200)).toEqual([0, 1]);
    expect(pagesFor(99_900, 99_999, 200)).toEqual([0, 499]);
    expect(pagesFor(350, 420, 200)).toEqual([0, 1, 2]);
  });
  it('stay few however wild the range', () => {
    expect(pagesFor(0, 1_000_000, 200)).toHaveLength(4);
    expect(pagesFor(-5, -1, 200)).toEqual([0]);
  });
});
