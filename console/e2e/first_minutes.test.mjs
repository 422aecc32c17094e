// The first five minutes with an engine, as a person goes through them.
import assert from 'node:assert/strict';
import { button, dialog, password, sees, theatre, told, until, zone } from './kit.mjs';

// Number 7 asks back what nobody has told the agent; number 8 is slow to end, so that there is time to look.
const curious = '+14155550107';
const slow = '+14155550108';
const dentist = '+14155550180';
const there = theatre({
  chained: true,
  scale: 4,
  carrier: ['--mix', 'answered=1', '--ring', '1s..2s', '--persona', `${curious}=curious`, '--persona', `${slow}=hold`, '--persona', `${dentist}=dentist`, '--persona-mix', 'shop=1'],
});
let page;
let ann;
let campaign;

there.scene('the one-time link leads to a password and in', async () => {
  const link = there.stage.welcome();
  page = await there.window();
  await page.goto(link);
  await page.getByLabel('Email').fill('ann@example.com');
  await page.getByLabel('Password').first().fill('too short');
  await button(page, 'Begin').click();
  assert.equal(new URL(page.url()).pathname, '/welcome');
  await page.getByLabel('Password').first().fill(password);
  await button(page, 'Begin').click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  assert.ok(!page.url().includes('token'), 'the token stays in the address');
  ann = await there.stage.user('ann@example.com', { add: false });

  const other = await there.window();
  await other.goto(link);
  await other.getByLabel('Email').fill('eve@example.com');
  await other.getByLabel('Password').first().fill(password);
  await button(other, 'Begin').click();
  await sees(other, 'This link was used already');
  await other.context().close();
});

there.scene('a list is read from a file by column and says which row was not taken', async () => {
  await page.goto(`${there.stage.url}/campaigns/new`);
  await page.getByRole('textbox', { name: 'Name' }).first().fill('Tyres in spring');
  await page.getByLabel('Talking points').fill('Hello, this is the garage. It is time to change tyres. Would Tuesday suit you?');
  const people = ['+14155550101', '+14155550102', '+14155550103', curious, slow];
  const rows = people.map((n, at) => `${at + 1};Person ${at + 1};${n};${zone}`);
  const text = `nr;who;telefon;where\n${rows.join('\n')}\n6;Bo;12;${zone}\n7;Twice;${people[0]};${zone}\n`;
  await page.locator('input[type=file]').setInputFiles({ name: 'spring.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await sees(page, 'spring.csv: 7 rows');
  const column = async (field, header) => {
    await page.getByRole('group', { name: 'Which column is what' }).getByRole('combobox', { name: field }).click();
    await page.getByRole('option', { name: header, exact: true }).click();
  };
  await column('Phone number', 'telefon');
  await column('Name', 'who');
  await column('Your own id', 'nr');
  await column('Time zone', 'where');
  await sees(page, 'Rows that the engine will probably not take: 1 row');
  await sees(page, 'Numbers that stand there twice: 1 row');
  await page.getByLabel('From').fill('00:00');
  await page.getByLabel('Until').fill('24:00');
  for (const day of ['Sat', 'Sun']) await page.getByLabel(day).check();
  await sees(page, 'Calls at any time of any day');
  await page.getByLabel('Dials per minute').fill('100');
  await page.getByLabel('Dials per hour').fill('');
  await button(page, 'Make the draft').click();
  await sees(page, '5 numbers were taken');
  await sees(page, 'Not taken: 1 row');
  await page.getByRole('link', { name: 'Open the draft' }).click();
  await page.getByRole('heading', { name: 'Tyres in spring' }).waitFor();
  campaign = new URL(page.url()).pathname.split('/').pop();
  const stored = (await ann.get(`/api/campaigns/${campaign}/targets`)).targets;
  assert.deepEqual(stored.map((t) => t.phone_number).sort(), people);
  assert.equal(stored.find((t) => t.phone_number === curious).contact_name, 'Person 4');
});

there.scene('a draft dials nothing before the click in the dialog', async () => {
  await button(page, 'Start').click();
  await sees(dialog(page), 'Telephones ring as soon as you start it: 5 numbers wait');
  await button(page, 'Not now').click();
  const { campaign: c } = await ann.get(`/api/campaigns/${campaign}`);
  assert.equal(c.status, 'draft');
  assert.equal(c.progress.attempts, 0);
});

there.scene('a start is seen live with the words as they are spoken', async () => {
  await button(page, 'Start').click();
  await button(dialog(page), 'Start dialing').click();
  await sees(page, 'It dials.');
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: /Live calls/ }).click();
  const card = page.getByRole('article', { name: `Call to ${slow}` });
  await card.waitFor();
  await card.getByText('Assistant', { exact: true }).first().waitFor();
  await card.getByText('Callee', { exact: true }).first().waitFor();
});

there.scene('a call that is killed in the actor console is restored and goes on', async () => {
  const calls = async () => (await ann.get('/api/call-sessions')).call_sessions;
  const talk = (await calls()).find((c) => c.phone_number === slow && !c.ended_at);
  assert.ok(talk, 'the slow call is over already');
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Actors' }).click();
  const name = `call ${talk.id.slice(-8)}`;
  const found = await until(async () => (await ann.get(`/api/admin/actors?q=${encodeURIComponent(name)}`)).actors[0], `the actor ${name}`);
  await page.getByRole('row', { name: new RegExp(name) }).click();
  const drawer = page.getByRole('dialog', { name });
  await button(drawer, 'Restart').click();
  const ask = page.getByRole('dialog', { name: `Restart ${name}` });
  await ask.getByRole('textbox').fill('call');
  assert.ok(await button(ask, 'Restart').isDisabled(), 'it may be done without the name');
  await ask.getByRole('textbox').fill(name);
  await button(ask, 'Restart').click();
  await told(page, 'It is restarted.');
  const again = await until(
    async () => (await ann.get(`/api/admin/actors?q=${encodeURIComponent(name)}`)).actors.find((a) => a.id !== found.id),
    'the actor of the call to come back',
  );
  assert.equal(again.name, name);
  assert.equal(again.restarts, found.restarts + 1);
  await page.goto(`${there.stage.url}/actors?q=${encodeURIComponent(name)}`);
  const row = page.getByRole('row', { name: new RegExp(name) });
  await row.waitFor();
  assert.match((await row.innerText()).replaceAll('\n', ' '), /\b1\b/);
  const trail = (await ann.get('/api/audit?limit=100')).audit;
  assert.ok(trail.some((r) => /restart/.test(r.action)), 'the restart is not in the audit trail');
  // One call, from its beginning to its end: nobody was rung twice.
  await until(async () => (await calls()).find((c) => c.id === talk.id)?.ended_at, 'the killed call to end', 60_000);
  assert.equal((await calls()).filter((c) => c.phone_number === slow).length, 1);
});

there.scene('the campaign ends on the screen by itself', async () => {
  await page.goto(`${there.stage.url}/campaigns/${campaign}`);
  await sees(page, '5 of 5 done', 60_000);
  await page.getByRole('main').getByText('completed', { exact: true }).first().waitFor();
  await sees(page, '5 numbers');
});

there.scene('a task is planned, asks what is missing and is called', async () => {
  await ann.put('/api/assistant-settings', {
    allowed_call_start_time: '00:00', allowed_call_end_time: '24:00', allowed_days_of_week: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], timezone: zone, allowed_auth_fields: ['name'],
  });
  await ann.put('/api/identity-fields', { fields: { name: 'Ann Example' } });
  await page.goto(`${there.stage.url}/tasks/new`);
  await page.getByLabel('What shall be done?').fill('Call my dentist and get the earliest appointment');
  await button(page, 'Plan it').click();
  await page.getByText('What is missing', { exact: true }).waitFor();
  await page.locator('section', { hasText: 'What is missing' }).getByRole('textbox').first().fill(dentist);
  await button(page, 'Answer').click();
  await sees(page, 'ready to call');
  await button(page, 'Start the call').click();
  await button(dialog(page), 'Start the call').click();
  await page.getByRole('main').getByText('completed', { exact: true }).first().waitFor({ timeout: 60_000 });
});

there.scene('a transcript shows on which words a value rests and leads back', async () => {
  const call = await until(
    async () => {
      const found = (await ann.get('/api/call-sessions')).call_sessions.find((c) => c.phone_number === dentist);
      return found && (await ann.get(`/api/call-sessions/${found.id}`)).extracted_data.some((v) => v.segments.length > 0) && found;
    },
    'the call to be read through',
    20_000,
  );
  await page.goto(`${there.stage.url}/calls/${call.id}`);
  await sees(page, 'What it came to');
  await button(page, 'Show words').first().click();
  const lit = page.getByRole('log', { name: 'Transcript' }).locator('[class*=lit]');
  await lit.first().waitFor();
  const words = (await ann.get(`/api/call-sessions/${call.id}`)).extracted_data[0];
  assert.equal(await lit.count(), words.segments.length);
  await page.locator('mark').first().waitFor();
  await page.getByRole('button', { name: /^\d+ values?$/ }).first().click();
  await page.getByRole('button', { name: /^\d+ values?$/, pressed: true }).waitFor();
  await page.locator('section', { hasText: 'Extracted data' }).locator('[class*=lit]').first().waitFor();
});

there.scene('a question without an answer is resolved and known from then on', async () => {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: /Gaps/ }).click();
  await page.getByRole('row', { name: /parking/i }).click();
  const drawer = page.getByRole('dialog', { name: 'Question without an answer' });
  await drawer.getByLabel('Your answer').fill('Yes, parking is free behind the house.');
  await button(drawer, 'Add it and ask again').click();
  await drawer.getByRole('heading', { name: 'Resolved' }).waitFor();
  await sees(drawer, 'parking is free behind the house');
  const reply = await ann.post('/api/brain', { message: 'Do you have parking?' });
  assert.equal(reply.covered, true);
  assert.match(reply.reply, /behind the house/);
});

there.scene('a proposed appointment stands in the calendar only after the approval', async () => {
  assert.equal((await ann.get('/api/calendar/events')).events.length, 0);
  await page.goto(`${there.stage.url}/calendar`);
  const card = page.getByRole('article').filter({ hasText: 'dentist' });
  await button(card, 'Approve').click();
  await told(page, 'It stands in the calendar.');
  await sees(page, 'Nothing waits for you');
  const { events } = await ann.get('/api/calendar/events');
  assert.equal(events.length, 1);
  await page.locator('section', { hasText: 'Appointment with dentist' }).first().waitFor();
});

there.scene('the overview tells what was done and people sign out', async () => {
  await page.goto(there.stage.url);
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await button(page, 'Your account').click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL('**/sign-in*');
  await page.goto(`${there.stage.url}/campaigns?status=completed`);
  await page.waitForURL('**/sign-in*');
  await page.getByLabel('Email').fill('ann@example.com');
  await page.getByLabel('Password').first().fill('wrong but long enough');
  await button(page, 'Sign in').click();
  await sees(page, 'do not belong together');
  await page.getByLabel('Password').first().fill(password);
  await button(page, 'Sign in').click();
  await page.waitForURL('**/campaigns?status=completed');
  await page.getByRole('row', { name: /Tyres in spring/ }).waitFor();
});
