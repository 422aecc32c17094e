// Every page of the console with something on it: what is put there, and where it stands. For the tests that look
// at each page, and for the pictures of the documentation.
import { until } from './until.mjs';

/** Puts something on every page. Campaigns and tasks that are there already are used as they are. */
export async function fill(api, { zone = 'UTC', dentist, people = [] } = {}) {
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  const rules = { timezone: zone, allowed_call_start_time: '00:00', allowed_call_end_time: '24:00', allowed_days_of_week: days };
  await api.put('/api/business-profile', {
    name: 'Harbor Garage', description: 'Repairs and tyres for cars and vans, by appointment.', hours: 'Monday to Friday 8 to 18, Saturday 9 to 13',
    address: '12 Harbor Street', website: 'https://garage.example', email: 'desk@garage.example', phone_number: '+14155550199', facts: { 'loan cars': 'two, for a day', waiting: 'there is coffee' },
  });
  await api.post('/api/knowledge', { title: 'Tyre change', text: 'A tyre change costs 40 dollars and takes half an hour.', category: 'prices', source: 'price list' });
  await api.post('/api/knowledge', { title: 'Payment', text: 'Cash and cards are taken.', category: 'payment' });
  await api.post('/api/contacts', { name: 'Ann Example', company_name: 'Example Ltd', phone_number: '+14155550150', email: 'ann@example.com', timezone: 'America/Los_Angeles', notes: 'prefers mornings' });
  await api.post('/api/contacts', { name: 'Harbor Dental', phone_number: '+14155550151' });
  await api.post('/api/suppressions', { suppressions: [{ phone_number: '+14155550160', reason: 'asked in writing' }, { phone_number: '+14155550161' }] });
  await api.put('/api/assistant-settings', { ...rules, allowed_auth_fields: ['name'], transfer_numbers: ['+14155550170'] });
  await api.put('/api/identity-fields', { fields: { name: 'Ann Example', date_of_birth: '1980-02-01' } });
  await api.post('/api/api-keys', { name: 'reports', scopes: ['read'] });
  const asked = await api.post('/api/brain', { message: 'Do you have parking?' });
  await api.post('/api/brain', { message: 'What does a tyre change cost?', conversation_id: asked.conversation_id });
  await api.post('/api/brain', { message: 'Do you repair motor boats?' });
  // Switched off, so that nothing leaves the machine.
  await api.post('/api/webhooks', { url: 'https://hooks.example.com/ringmaster', description: 'the desk', topics: ['call.completed', 'knowledge_gap.opened'], active: false });
  if (people.length > 0) {
    const { campaign } = await api.post('/api/campaigns', { name: 'Spring tyres', type: 'reminder', script: 'Hello, this is Harbor Garage. It is time to change tyres. Would Tuesday suit you?', ...rules, rate_limit_per_minute: 120, max_attempts: 1, targets: people });
    await api.patch(`/api/campaigns/${campaign.id}`, { action: 'start' });
    await until(async () => (await api.get(`/api/campaigns/${campaign.id}`)).campaign.status === 'completed', 'the campaign to be completed', 90_000);
    await api.post('/api/campaigns', { name: 'Autumn tyres', script: 'Hello, this is Harbor Garage.', ...rules, allowed_call_start_time: '09:00', allowed_call_end_time: '17:30', allowed_days_of_week: days.slice(0, 5), rate_limit_per_minute: 30, max_attempts: 2, targets: people });
  }
  if (dentist) {
    const waiting = await api.post('/api/call-tasks', { raw_instruction: 'Call my dentist and get the earliest appointment' });
    const { call_task: task } = await api.post('/api/call-tasks', { raw_instruction: 'Call my dentist and get the earliest appointment', target_phone_number: dentist });
    if (task.status === 'ready_to_call') await api.post(`/api/call-tasks/${task.id}/start-call`);
    await until(async () => (await api.get(`/api/call-tasks/${task.id}`)).call_task.status !== 'in_progress', 'the task to be done', 60_000);
    await until(async () => (await api.get('/api/calendar/proposals?status=pending')).calendar_proposals.length > 0, 'an appointment to be proposed', 20_000).catch(() => undefined);
    return { waiting: waiting.call_task.id };
  }
  return {};
}

/** Name, path, what is done there before it is looked at, and whether that opens a dialog. */
export async function places(api) {
  const first = async (path, name) => (await api.get(path))[name][0];
  const campaigns = (await api.get('/api/campaigns')).campaigns;
  const done = campaigns.find((c) => c.status === 'completed') ?? campaigns.find((c) => c.status === 'running') ?? campaigns[0];
  const draft = campaigns.find((c) => c.status === 'draft') ?? done;
  const tasks = (await api.get('/api/call-tasks')).tasks;
  const waiting = tasks.find((t) => t.status === 'waiting_for_user') ?? tasks[0];
  const finished = tasks.find((t) => t.status === 'completed') ?? tasks[0];
  const calls = (await api.get('/api/call-sessions?limit=200')).call_sessions.filter((c) => c.ended_at);
  let talk = calls[0];
  for (const c of calls) {
    const one = await api.get(`/api/call-sessions/${c.id}`);
    if (one.extracted_data.some((v) => v.segments.length > 0)) {
      talk = c;
      break;
    }
  }
  const gap = await first('/api/knowledge-gaps?status=all', 'knowledge_gaps').catch(() => first('/api/knowledge-gaps', 'knowledge_gaps'));
  const chunk = await first('/api/knowledge', 'chunks');
  const chat = await first('/api/brain/conversations', 'conversations');
  const actor = (await api.get('/api/admin/actors')).actors.find((a) => a.kind === 'scheduler');
  const press = (key) => (page) => page.keyboard.press(key);
  const click = (name, where = (page) => page) => (page) => where(page).getByRole('button', { name, exact: true }).first().click();
  return [
    ['overview', '/'],
    ['live', '/live'],
    ['campaigns', '/campaigns'],
    ['campaign_new', '/campaigns/new'],
    ['campaign', `/campaigns/${done.id}`],
    ['campaign_calls', `/campaigns/${done.id}?tab=calls`],
    ['campaign_rules', `/campaigns/${done.id}?tab=rules`],
    ['campaign_activity', `/campaigns/${done.id}?tab=activity`],
    ['campaign_start', `/campaigns/${draft.id}`, click('Start')],
    ['campaign_edit', `/campaigns/${draft.id}`, click('Edit')],
    ['tasks', '/tasks'],
    ['task_new', '/tasks/new'],
    ['task_questions', `/tasks/${waiting.id}`],
    ['task', `/tasks/${finished.id}`],
    ['calls', '/calls'],
    ['call', `/calls/${talk.id}`, (page) => page.getByRole('button', { name: 'Show words' }).first().click(), false],
    ['gaps', '/gaps'],
    ['gap', `/gaps?gap=${gap.id}`],
    ['knowledge', '/knowledge'],
    ['knowledge_piece', `/knowledge?chunk=${chunk.id}`],
    ['profile', '/profile'],
    ['ask', `/ask?chat=${chat.id}`],
    ['calendar', '/calendar'],
    ['contacts', '/contacts'],
    ['contact', '/contacts', (page) => page.getByRole('row').nth(1).click()],
    ['suppressions', '/suppressions'],
    ...['assistant', 'identity', 'carrier', 'models', 'credentials', 'usage', 'keys', 'webhooks', 'users'].map((tab) => [`settings_${tab}`, `/settings?tab=${tab}`]),
    ['audit', '/audit'],
    ['actors', '/actors'],
    ['actor', `/actors?actor=${encodeURIComponent(actor.id)}`],
    ['palette', '/', press('Control+k')],
    ['help', '/', press('?')],
    ['notifications', '/', press('n')],
    ['stop', '/', (page) => page.getByRole('button', { name: /^Stop/ }).click()],
    ['docs', '/', async (page) => {
      await page.getByRole('link', { name: 'API reference' }).click();
      await page.locator('.swagger-ui .opblock').first().waitFor();
    }, false],
    ['not_found', '/nowhere'],
  ];
}

/** Until nothing on the page is being read or drawn any more. */
export async function settled(page) {
  // The doors have no navigation; every page has a title.
  await page.locator('h1, h2').first().waitFor();
  await page.waitForFunction(() => document.querySelectorAll('.mantine-Skeleton-root[data-visible="true"], [aria-busy="true"], .mantine-Button-root[data-loading="true"]').length === 0);
  await page.evaluate(async () => {
    await document.fonts.ready;
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    await frame();
    await frame();
    // Colours that are on their way to others are no colours yet.
    const ending = document.getAnimations().filter((a) => a.effect?.getComputedTiming().iterations !== Infinity);
    await Promise.all(ending.map((a) => a.finished.catch(() => undefined)));
  });
}
/** Goes to a place and does there what is to be done first. */
export async function visit(page, url, [, path, act, dialog = true]) {
  await page.goto(url + path);
  await settled(page);
  if (act) {
    await act(page);
    if (dialog) await page.getByRole('dialog').first().waitFor();
    await settled(page);
  }
}
