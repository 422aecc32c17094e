import type { QueryKey } from '@tanstack/react-query';

/** The kinds of events that GET /api/events sends. An EventSource has to listen to each by name. */
export const eventKinds = [
  'hello', 'reset', 'campaign', 'call', 'segment', 'task', 'notification', 'notification_read', 'gap', 'proposal',
  'stop',
] as const;
export type EventKind = (typeof eventKinds)[number];

export type EventData = Record<string, unknown>;

const text = (data: EventData, ...names: string[]): string | undefined => {
  for (const name of names) {
    const value = data[name];
    if (typeof value === 'string' && value) return value;
  }
  return undefined;
};
const one = (kind: string, id: string | undefined): QueryKey[] => (id ? [[kind, id]] : [[kind]]);

/** The query keys whose data an event may have made old. "everything" after a gap in the stream. */
export function keysOf(kind: EventKind, data: EventData): QueryKey[] | 'everything' {
  switch (kind) {
    case 'hello':
    case 'segment':
      return [];
    case 'reset':
      return 'everything';
    case 'campaign':
      return [...one('campaign', text(data, 'campaign_id', 'id')), ['campaigns'], ['overview']];
    case 'call': {
      const campaign = text(data, 'campaign_id');
      return [
        ...one('call', text(data, 'call_id', 'id')),
        ['live'],
        ['calls'],
        ['overview'],
        ...(campaign ? [['campaign', campaign]] : []),
      ];
    }
    case 'task':
      return [...one('task', text(data, 'call_task_id', 'id')), ['tasks'], ['overview']];
    case 'notification': {
      const subject = text(data, 'subject_kind');
      const id = text(data, 'subject_id');
      const about: QueryKey[] = subject === 'call_session' ? [...one('call', id), ['live']] : [];
      return [['notifications'], ['overview'], ...about];
    }
    case 'notification_read':
      return [['notifications']];
    case 'gap':
      return [...one('gap', text(data, 'knowledge_gap_id', 'id')), ['gaps'], ['chunks'], ['overview']];
    case 'proposal':
      return [['proposals'], ['calendar'], ['overview']];
    case 'stop':
      return [['ready'], ['overview'], ['campaigns'], ['campaign']];
  }
}

/** The data of an event; what is no JSON object is read as an empty one. */
export function readData(raw: string): EventData {
  try {
    const value: unknown = JSON.parse(raw);
    return value && typeof value === 'object' && !Array.isArray(value) ? (value as EventData) : {};
  } catch {
    return {};
  }
}

/** What a person should be told of at once, whatever page they look at. */
export function toastOf(kind: EventKind, data: EventData): { title: string; to: string } | undefined {
  if (kind !== 'notification') return undefined;
  const id = text(data, 'subject_id');
  const subject = text(data, 'subject_kind');
  if (data.kind === 'approval_needed' && subject === 'call_session' && id)
    return { title: 'A live call asks for your approval', to: `/calls/${id}` };
  if (data.kind === 'approval_needed' && id) return { title: 'A task waits for your approval', to: `/tasks/${id}` };
  if (data.kind === 'clarification_needed' && id) return { title: 'A task needs an answer', to: `/tasks/${id}` };
  if (data.kind === 'calendar_proposal') return { title: 'A calendar entry is proposed', to: '/calendar' };
  if (data.kind === 'knowledge_gap' && id) return { title: 'A question had no answer', to: `/gaps?gap=${id}` };
  return undefined;
}

/** Groups what comes in quick succession: the first at once, the rest once in `every` milliseconds. */
export class Throttle {
  private waiting = new Map<string, QueryKey>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  constructor(
    private readonly act: (keys: QueryKey[]) => void,
    private readonly every = 150,
  ) {}

  push(keys: QueryKey[]): void {
    for (const key of keys) this.waiting.set(JSON.stringify(key), key);
    if (this.timer === undefined && this.waiting.size > 0) this.flush();
  }
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting.clear();
  }
  private flush(): void {
    const keys = [...this.waiting.values()];
    this.waiting.clear();
    this.act(keys);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.waiting.size > 0) this.flush();
    }, this.every);
  }
}
