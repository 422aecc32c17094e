// Two users of one installation: nothing of one is seen or reached by the other, also not by a pasted address.
import assert from 'node:assert/strict';
import { button, campaign, dialog, password, sees, targets, theatre, told, until } from './kit.mjs';

const there = theatre({ carrier: ['--mix', 'answered=1', '--persona-mix', 'shop=1'], scale: 60 });
let ann;
let bob;
let annPage;
let bobPage;
const things = {};

there.scene('an operator adds a user and hands out a link that works once', async () => {
  annPage = await there.enter('ann@example.com', { link: there.stage.welcome() });
  ann = await there.stage.user('ann@example.com', { add: false });
  await annPage.goto(`${there.stage.url}/settings?tab=users`);
  await annPage.getByRole('textbox', { name: 'Email' }).fill('bob@example.com');
  await button(annPage, 'Add them').click();
  await sees(annPage, 'Give them this link. It works once.');
  const link = await annPage.locator('code').filter({ hasText: '/welcome#token=' }).innerText();
  bobPage = await there.enter('bob@example.com', { link });
  bob = await there.stage.user('bob@example.com', { add: false });
  await annPage.reload();
  await sees(annPage, 'bob@example.com');
});

there.scene('a user without the role sees neither actors nor users', async () => {
  const pages = bobPage.getByRole('navigation', { name: 'Pages' });
  await pages.getByRole('link', { name: 'Audit trail' }).waitFor();
  assert.equal(await pages.getByRole('link', { name: 'Actors' }).count(), 0);
  await bobPage.goto(`${there.stage.url}/actors`);
  await sees(bobPage, 'For operators');
  await bobPage.goto(`${there.stage.url}/settings?tab=users`);
  await bobPage.getByRole('tab', { name: 'Assistant' }).waitFor();
  assert.equal(await bobPage.getByRole('tab', { name: 'Users' }).count(), 0);
  assert.equal((await bob.call('GET', '/api/admin/actors')).status, 403);
});

there.scene('what one has the other sees in no list', async () => {
  const { campaign: c } = await ann.post('/api/campaigns', campaign('Only of Ann', { targets: targets(2) }));
  const { call_task: task } = await ann.post('/api/call-tasks', { raw_instruction: 'Call the secret garage at +14155550190 and ask what a wheel costs' });
  await ann.post('/api/contacts', { name: 'Secret Garage', phone_number: '+14155550190' });
  await ann.post('/api/knowledge', { text: 'The secret of Ann is under the mat.' });
  const asked = await ann.post('/api/brain', { message: 'Do you have a secret helicopter?' });
  await ann.post('/api/suppressions', { suppressions: [{ phone_number: '+14155550191', reason: 'secret' }] });
  await ann.patch(`/api/campaigns/${c.id}`, { action: 'start' });
  const call = await until(async () => (await ann.get('/api/call-sessions')).call_sessions[0], 'a call of Ann');
  Object.assign(things, { campaign: c.id, task: task.id, call: call.id, gap: asked.knowledge_gap.id, chat: asked.conversation_id });

  const lists = { '/campaigns': 'No campaign yet', '/tasks': 'No task yet', '/calls': 'No calls yet', '/live': 'Nobody is on the line', '/gaps': 'No open question', '/contacts': 'No contacts yet', '/suppressions': 'No number yet', '/knowledge': 'Nothing is known yet' };
  for (const [path, empty] of Object.entries(lists)) {
    await bobPage.goto(there.stage.url + path);
    await sees(bobPage, new RegExp(empty.replace('calls', 'calls?'), 'i'));
    assert.equal(await bobPage.getByText(/secret|Only of Ann/i).count(), 0, path);
  }
});

there.scene('a pasted address of the other leads to nothing', async () => {
  for (const path of [`/campaigns/${things.campaign}`, `/tasks/${things.task}`, `/calls/${things.call}`, `/gaps?gap=${things.gap}`, `/ask?chat=${things.chat}`]) {
    await bobPage.goto(there.stage.url + path);
    await sees(bobPage, /not found|no such|not part of this engine|is not here/i);
    assert.equal(await bobPage.getByText(/Only of Ann|secret/i).count(), 0, path);
  }
  // The same page is there for whom it belongs to.
  await annPage.goto(`${there.stage.url}/campaigns/${things.campaign}`);
  await annPage.getByRole('heading', { name: 'Only of Ann' }).waitFor();
});

there.scene('events of one do not come to the other', async () => {
  await bobPage.goto(there.stage.url);
  await bobPage.evaluate(() => {
    window.came = [];
    const source = new EventSource('/api/events');
    for (const kind of ['campaign', 'call', 'segment', 'task', 'gap', 'notification', 'proposal', 'stop'])
      source.addEventListener(kind, (e) => window.came.push(e.data));
    return new Promise((resolve) => source.addEventListener('hello', resolve, { once: true }));
  });
  await ann.patch(`/api/campaigns/${things.campaign}`, { action: 'cancel' }).catch(() => undefined);
  await ann.post('/api/brain', { message: 'Do you have another secret helicopter?' });
  const other = (await ann.post('/api/campaigns', campaign('Another of Ann'))).campaign;
  await ann.patch(`/api/campaigns/${other.id}`, { action: 'update', name: 'Changed by Ann' });
  // One's own event is the sign that all before it would have come.
  const own = (await bob.post('/api/campaigns', campaign('Of Bob'))).campaign;
  await bob.patch(`/api/campaigns/${own.id}`, { action: 'update', name: 'Changed by Bob' });
  await bobPage.waitForFunction((id) => window.came.some((data) => data.includes(id)), own.id);
  const came = await bobPage.evaluate(() => window.came);
  assert.deepEqual(came.filter((data) => !data.includes(own.id)), []);
});

there.scene('who is locked out is out at once', async () => {
  await annPage.goto(`${there.stage.url}/settings?tab=users`);
  await annPage.locator('div', { has: annPage.getByText('bob@example.com', { exact: true }) }).last().locator('..').getByRole('button', { name: 'Lock out' }).last().click();
  await button(dialog(annPage), 'Lock them out').click();
  await annPage.getByRole('button', { name: 'Let in' }).waitFor();
  await bobPage.goto(`${there.stage.url}/campaigns`);
  await bobPage.waitForURL('**/sign-in*');
  await bobPage.getByLabel('Email').fill('bob@example.com');
  await bobPage.getByLabel('Password').first().fill(password);
  await button(bobPage, 'Sign in').click();
  await sees(bobPage, 'do not belong together');
});
