// For development only: answers in the shape of routes that the engine at hand may not have yet.
const id = (n) => `01a20000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
const page = (name, items) => ({ success: true, [name]: items, total: items.length, limit: 100, offset: 0, next_cursor: null });

const overview = {
  live_calls: 3,
  running_campaigns: [],
  waiting_for_you: { clarifications: 1, approvals: 1, proposals: 2, gaps: 4 },
  today: { calls: 128, answered: 81, spent: { amount: '1.234500', currency: 'USD' } },
  health: { database: 'ok', carrier: 'ok', models: 'degraded', clock: 'ok', stopped: false },
  getting_started: [
    { id: 'campaign_started', done: true },
    { id: 'call_watched', done: false },
    { id: 'transcript_read', done: false },
    { id: 'gap_resolved', done: false },
    { id: 'proposal_approved', done: false },
    { id: 'actor', done: false },
  ],
};

const gap = (n, question, info, category, more = {}) => ({
  id: id(100 + n), user_id: id(1), agent: 'aloha', source: 'call', question, requested_info: info, suggested_category: category,
  status: 'open', resolved_at: null, resolved_by_user_id: null, resolved_by: null, resolution_notes: null, resolution_action: null,
  chunk_id: null, context_id: id(900), metadata: {}, last_answer: 'I do not know that, but I will have somebody call you back.',
  times_asked: 7 - n, calls_affected: 5 - n, times_reopened: 0, allowed_actions: ['resolve', 'ignore'], created_at: ago(3000),
  last_asked_at: ago(40 * n), updated_at: ago(40 * n), version: 3, ...more,
});
const gaps = [
  gap(1, 'Do you have parking?', 'whether and where guests can park', 'location'),
  gap(2, 'What does a haircut for a child cost?', 'the price of a haircut for children', 'prices'),
  gap(3, 'Can I pay by card?', 'which means of payment are taken', 'payment'),
  gap(4, 'Are you open on the 24th of December?', 'hours on Christmas Eve', 'hours', { status: 'resolved', allowed_actions: ['reopen'], resolved_at: ago(20), resolved_by: 'user demo@ringmaster.example', resolution_action: 'added_to_knowledge_base', resolution_notes: 'On Christmas Eve we are open from 9 to 12.', chunk_id: id(201) }),
];
const chunks = [
  { id: id(201), title: 'Christmas Eve', text: 'On Christmas Eve we are open from 9 to 12.', source: 'answer to a question', category: 'hours', added_by: 'user demo@ringmaster.example', knowledge_gap_id: id(104), created_at: ago(20), updated_at: ago(20), version: 1 },
  { id: id(202), title: 'How to find us', text: 'We are at 12 Main Street, two minutes from the station, with the red door.', source: 'web site', category: 'location', added_by: 'user demo@ringmaster.example', knowledge_gap_id: null, created_at: ago(9000), updated_at: ago(4000), version: 2 },
];
const entry = (title, days, hour, more = {}) => {
  const at = new Date();
  at.setUTCDate(at.getUTCDate() + days);
  at.setUTCHours(hour, 0, 0, 0);
  const end = new Date(at.getTime() + 3600_000);
  return {
    title, location: '12 Main Street', notes: null, starts_at: at.toISOString(), ends_at: end.toISOString(), timezone: 'America/New_York',
    all_day: false, when: `${at.toUTCString().slice(0, 16)}, ${hour - 5}:00 to ${hour - 4}:00 (America/New_York)`, ...more,
  };
};
const proposal = (n, title, more = {}) => ({
  id: id(300 + n), agent: n % 2 ? 'aloha' : 'sync', source: n % 2 ? 'call' : 'chat', context_id: id(900), call_session_id: n % 2 ? id(900) : null,
  change: 'create', event_id: null, entry: entry(title, n, 15 + n), original: null, reason: 'The dentist confirmed it, number A-17.', status: 'pending',
  decided_by: null, decided_at: null, note: null, allowed_actions: ['approve', 'reject', 'edit'], created_at: ago(30 * n), updated_at: ago(30 * n), version: 1,
  conflicts: [], ...more,
});
const proposals = [
  proposal(1, 'Dentist, Dr. Miller', { conflicts: [{ event_id: id(401), calendar_proposal_id: null, title: 'Team meeting', starts_at: entry('', 1, 16).starts_at, ends_at: entry('', 1, 16).ends_at }] }),
  proposal(2, 'Brakes of the Golf, City Garage'),
];
const events = [{ id: id(401), entry: entry('Team meeting', 1, 16), status: 'confirmed', sequence: 0, calendar_proposal_id: id(390), agent: 'sync', created_at: ago(5000), updated_at: ago(5000) }];

const actor = (n, parent, kind, name, state, more = {}) => ({
  id: `actor-${n}`, parent_id: parent === null ? null : `actor-${parent}`, kind, name, state, mailbox: n % 7, messages_per_second: (n * 3.7) % 40,
  handler_p50_us: 40 + n * 3, handler_p99_us: 900 + n * 210, restarts: n % 5 === 4 ? 1 : 0, last_error: n % 5 === 4 ? 'the database was away' : null,
  age_seconds: 86_000 - n * 120, next_timer_at: n % 3 ? new Date(Date.now() + n * 9000).toISOString() : null, children: 0, ...more,
});
const actors = [
  actor(0, null, 'scheduler', 'SCHEDULER', 'working', { children: 4 }),
  actor(1, 0, 'store', 'STORE', 'working'),
  actor(2, 0, 'dialer', 'DIALER', 'working', { mailbox: 184 }),
  actor(3, 0, 'feed', 'FEED', 'working'),
  actor(4, 0, 'campaign', 'CAMPAIGN Spring check-up', 'running', { children: 40 }),
  ...Array.from({ length: 40 }, (_, n) => actor(10 + n, 4, 'call', `CALL ${n + 1}`, ['dialing', 'ringing', 'talking', 'wrapping_up'][n % 4])),
];
const detail = (a) => ({
  ...a,
  state_json: { campaign: 'Spring check-up', phone_number: '+1415555****', turn: 4, listener: 'human', waiting: ['speech'] },
  recent_messages: [{ type: 'speech_heard', at: ago(0.2), took_us: 410 }, { type: 'tick', at: ago(0.4), took_us: 22 }],
  buckets: [{ name: 'per minute', used: 7, limit: 10, window_seconds: 60 }, { name: 'per hour', used: 200, limit: 200, window_seconds: 3600 }],
});

const resolved = (g, body) => ({
  success: true, knowledge_gap: { ...g, status: 'resolved', allowed_actions: ['reopen'], version: 4 }, chunk: null,
  before: { reply: g.last_answer },
  after: { reply: JSON.parse(body || '{}').resolution_notes ?? '', covered: true, sources: [{ reference: `chunk:${id(203)}`, title: g.question, quote: 'the answer that you gave' }] },
  still_open: false, reason: null,
});

/** The answer to a request that the engine did not know; undefined: there is none. */
export function sample(method, url, body) {
  const path = url.split('?')[0];
  const query = new URLSearchParams(url.split('?')[1] ?? '');
  const text = body?.toString() ?? '';
  const last = path.split('/').pop();
  const of = (status) => (list) => list.filter((x) => !query.get('status') || x.status === query.get('status'));
  if (path === '/api/overview') return { body: overview };
  if (path === '/api/knowledge-gaps') return { body: page('knowledge_gaps', of()(gaps)) };
  if (path.startsWith('/api/knowledge-gaps/')) {
    const g = gaps.find((x) => path.includes(x.id));
    if (!g) return undefined;
    if (last === 'resolve') return { body: resolved(g, text) };
    if (method === 'POST') return { body: { success: true, knowledge_gap: g } };
    const askings = [1, 2].map((n) => ({ n, agent: 'aloha', source: 'call', question: g.question, answered: g.last_answer, context_id: id(900), at: ago(60 * n) }));
    return { body: { success: true, knowledge_gap: g, askings } };
  }
  if (path === '/api/knowledge/ask')
    return { body: { success: true, question: JSON.parse(text).question, agent: 'aloha', reply: 'On Christmas Eve we are open from 9 to 12.', covered: true, sources: [{ reference: `chunk:${id(201)}`, title: 'Christmas Eve', quote: 'On Christmas Eve we are open from 9 to 12.' }], by: 'rules' } };
  if (path === '/api/knowledge/check')
    return { body: { success: true, checked: 1, answered: 1, total: 1, next_offset: null, cases: [{ gap_id: id(104), question: gaps[3].question, answered: true, reply: chunks[0].text, sources: [] }] } };
  if (path === '/api/knowledge') return { body: page('chunks', chunks) };
  if (path.startsWith('/api/knowledge/')) return { body: { success: true, chunk: chunks.find((c) => c.id === last) ?? chunks[0] } };
  if (path === '/api/calendar/proposals') return { body: page('calendar_proposals', of()(proposals)) };
  if (path.startsWith('/api/calendar/proposals/')) return { body: { success: true, calendar_proposal: proposals[0] } };
  if (path === '/api/calendar/events') return { body: page('events', events) };
  if (path === '/api/calendar/subscription') return { body: { success: true, url: 'http://127.0.0.1:8080/api/calendar.ics?token=sample' } };
  if (path === '/api/brain/conversations') return { body: page('conversations', [{ id: id(500), agent: 'aloha', title: 'When are you open?', message_count: 2, created_at: ago(50), updated_at: ago(40) }]) };
  if (path.startsWith('/api/brain/conversations/'))
    return {
      body: {
        success: true, conversation: { id: id(500), agent: 'aloha', title: 'When are you open?', message_count: 2, created_at: ago(50), updated_at: ago(40) },
        messages: [
          { n: 1, from: 'user', text: 'When are you open on Christmas Eve?', sources: [], knowledge_gap_id: null, calendar_proposal_id: null, by: null, at: ago(50) },
          { n: 2, from: 'agent', text: 'On Christmas Eve we are open from 9 to 12.', sources: [{ reference: `chunk:${id(201)}`, title: 'Christmas Eve', quote: 'open from 9 to 12' }], knowledge_gap_id: null, calendar_proposal_id: null, by: 'rules', at: ago(50) },
        ],
      },
    };
  if (path === '/api/admin/actors') {
    const q = (query.get('q') ?? '').toLowerCase();
    const sort = query.get('sort');
    const found = actors.filter((a) => !q || `${a.name} ${a.kind} ${a.id}`.toLowerCase().includes(q));
    if (sort) found.sort((a, b) => b[sort] - a[sort]);
    return { body: { actors: found, total: found.length, next_cursor: null } };
  }
  if (path.startsWith('/api/admin/actors/')) {
    const a = actors.find((x) => path.includes(`/${x.id}`) && (path.endsWith(x.id) || path.includes(`${x.id}/`)));
    return a && { body: method === 'POST' ? { success: true } : { actor: detail(a) } };
  }
  if (path === '/api/users') return { body: { users: [{ id: '00000000-0000-7000-8000-000000000001', email: 'demo@ringmaster.example', role: 'operator', last_seen_at: ago(1) }, { id: id(2), email: 'ann@example.com', role: 'user', last_seen_at: null }] } };
  if (path === '/api/webhooks') return { body: { webhooks: [{ id: id(600), url: 'https://example.com/hooks/ringmaster', created_at: ago(900) }] } };
  if (path.endsWith('/deliveries')) return { body: { deliveries: [{ id: id(601), type: 'call.completed', status: 'failed', attempts: 3, response_code: 502, at: ago(12) }] } };
  if (path === '/api/audit/verify') return { body: { success: true, valid: true, checked: 412, unsealed: 2 } };
  return undefined;
}
