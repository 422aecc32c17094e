// What each page lets one do, done there and found again in the engine.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { button, campaign, closed, dialog, sees, targets, theatre, told, until, zone } from './kit.mjs';

const slow = '+14155550108';
const there = theatre({ scale: 3, carrier: ['--mix', 'answered=1', '--ring', '1s..2s', '--persona', `${slow}=hold`, '--persona-mix', 'shop=1'] });
let page;
let ann;
const go = (path) => page.goto(there.stage.url + path);
const menu = async (item) => {
  await button(page, 'More actions').click();
  await page.getByRole('menuitem', { name: item }).click();
};
const make = async (name, more) => (await ann.post('/api/campaigns', campaign(name, more))).campaign;

there.scene('a campaign is edited, copied, canceled and deleted', async () => {
  ann = await there.stage.user('ann@example.com');
  page = await there.enter('ann@example.com');
  const c = await make('To be edited', { targets: targets(2) });
  await go(`/campaigns/${c.id}`);
  await button(page, 'Edit').click();
  await dialog(page).getByRole('textbox', { name: 'Name' }).first().fill('Edited');
  await dialog(page).getByLabel('Dials per minute').fill('7');
  await button(dialog(page), 'Save').click();
  await page.getByRole('heading', { name: 'Edited', exact: true }).waitFor();
  const { campaign: now } = await ann.get(`/api/campaigns/${c.id}`);
  assert.deepEqual([now.name, now.rate_limit_per_minute], ['Edited', 7]);
  await menu('Make another like it');
  await page.getByRole('heading', { name: 'New campaign' }).waitFor();
  await page.waitForFunction(() => [...document.querySelectorAll('input')].some((i) => i.value === 'Edited (copy)'));
  await button(page, 'Make the draft').click();
  await page.getByRole('heading', { name: 'Edited (copy)' }).waitFor();
  await button(page, 'Cancel').click();
  await button(dialog(page), 'Cancel the campaign').click();
  await page.getByRole('main').getByText('canceled', { exact: true }).first().waitFor();
  assert.equal(await button(page, 'Start').getAttribute('aria-description'), 'The campaign is canceled. Make another like it to call again.');
  const copy = new URL(page.url()).pathname.split('/').pop();
  await menu('Delete');
  await button(dialog(page), 'Delete the campaign').click();
  await page.waitForURL('**/campaigns');
  assert.equal((await ann.call('GET', `/api/campaigns/${copy}`)).status, 404);
});

there.scene('a campaign runs, pauses, takes more numbers and goes on', async () => {
  const c = await make('Pauses', { rate_limit_per_minute: 1, targets: targets(3, 300) });
  await go('/campaigns');
  const row = page.getByRole('row', { name: /Pauses/ });
  await button(row, 'Start').click();
  await button(dialog(page), 'Start dialing').click();
  await button(row, 'Pause').click();
  await row.getByText('paused', { exact: true }).waitFor();
  await row.getByRole('link', { name: 'Pauses' }).click();
  await button(page, 'Add numbers').click();
  await dialog(page).getByLabel('Numbers').fill('+14155550310, Late One');
  await dialog(page).getByRole('button', { name: /^Add/ }).last().click();
  await until(async () => (await ann.get(`/api/campaigns/${c.id}`)).campaign.progress.total === 4, 'the fourth number');
  await button(dialog(page), 'Close').last().click();
  await sees(page, /of 4 done/);
  const exported = page.waitForEvent('download');
  await menu('Export results as CSV');
  const text = readFileSync(await (await exported).path(), 'utf8');
  assert.match(text, /\+14155550310/);
  await button(page, 'Resume').click();
  await button(dialog(page), 'Resume dialing').click();
  await page.getByRole('main').getByText('running', { exact: true }).first().waitFor();
  await button(page, 'Cancel').click();
  await button(dialog(page), 'Cancel the campaign').click();
  await page.getByRole('main').getByText('canceled', { exact: true }).first().waitFor();
});

there.scene('lists are filtered and the filter stands in the address', async () => {
  await go('/campaigns');
  await page.getByLabel('Search by name').fill('Paus');
  await page.waitForURL('**/campaigns?q=Paus');
  await page.getByRole('row', { name: /Pauses/ }).waitFor();
  await page.getByRole('row', { name: /Edited/ }).waitFor({ state: 'hidden' });
  await page.getByRole('radiogroup', { name: 'Status' }).getByText('draft', { exact: true }).click();
  await sees(page, 'No campaign fits');
  await page.reload();
  await sees(page, 'No campaign fits');
  assert.match(page.url(), /status=draft/);
});

there.scene('a live call is spoken into, whispered to and ended', async () => {
  const c = await make('Listen', { targets: [{ phone_number: slow, timezone: zone }] });
  await ann.patch(`/api/campaigns/${c.id}`, { action: 'start' });
  await go('/live');
  const card = page.getByRole('article', { name: `Call to ${slow}` });
  await card.getByText('Callee', { exact: true }).first().waitFor();
  await button(card, 'Say').click();
  await dialog(page).getByRole('textbox').fill('One moment, I look it up.');
  await button(dialog(page), 'Say it').click();
  await told(page, 'It will be said.');
  await button(card, 'Whisper').click();
  await dialog(page).getByRole('textbox').fill('Be brief.');
  await button(dialog(page), 'Whisper').click();
  await told(page, 'The assistant has it.');
  await button(card, 'Transfer').click();
  await sees(dialog(page), 'only to numbers that you have settled before');
  await button(dialog(page), 'Not now').click();
  await card.getByText('One moment, I look it up.').waitFor();
  await button(card, 'Hang up').click();
  await button(dialog(page), 'Hang up').click();
  await card.waitFor({ state: 'hidden' });
  const call = (await ann.get('/api/call-sessions')).call_sessions.find((x) => x.phone_number === slow);
  assert.ok(call.ended_at);
  await go(`/calls/${call.id}`);
  await sees(page, 'One moment, I look it up.');
  await page.getByRole('log', { name: 'Transcript' }).waitFor();
  await button(page, 'Read it through again').click();
  await told(page, /found\./);
});

there.scene('the wallboard takes the whole screen and gives it back', async () => {
  await go('/live');
  await button(page, 'Wallboard').click();
  await button(page, 'Leave the wallboard').click();
  await button(page, 'Wallboard').waitFor();
});

there.scene('a task is planned with its conditions, edited and canceled', async () => {
  await go('/tasks/new');
  await page.getByLabel('What shall be done?').fill('Call Corner Cycles at +1 415 555 0173 and ask what a tune-up costs');
  await button(page, 'Plan it').click();
  await page.getByRole('main').getByRole('link', { name: /tune-up/ }).click();
  await page.waitForURL(/\/tasks\/[0-9a-f-]{36}/);
  const id = new URL(page.url()).pathname.split('/').pop();
  await button(page, 'Edit').click();
  await dialog(page).getByLabel('Title').fill('Price of a tune-up');
  await dialog(page).getByRole('combobox', { name: 'Priority' }).click();
  await page.getByRole('option', { name: 'high', exact: true }).click();
  await button(dialog(page), 'Save').click();
  await page.getByRole('heading', { name: 'Price of a tune-up' }).waitFor();
  assert.equal((await ann.get(`/api/call-tasks/${id}`)).call_task.priority, 'high');
  await button(page, 'Cancel').click();
  await button(dialog(page), 'Cancel the task').click();
  await page.getByRole('main').getByText('cancelled', { exact: true }).first().waitFor();
  assert.equal(await button(page, 'Cancel').getAttribute('aria-disabled'), 'true');
});

there.scene('knowledge is added, tested, changed and deleted', async () => {
  await go('/knowledge');
  await button(page, 'Add knowledge').first().click();
  await dialog(page).getByLabel('Text').fill('A tyre change costs 40 dollars.');
  await button(dialog(page), 'Add it').click();
  await page.getByLabel('Test a question').fill('What does a tyre change cost?');
  await button(page, 'Ask').click();
  await page.getByText('known', { exact: true }).waitFor();
  await page.getByRole('row', { name: /tyre change/ }).click();
  await dialog(page).getByLabel('Text').fill('A tyre change costs 45 dollars.');
  await button(dialog(page), 'Save').click();
  await told(page, 'Changed.');
  assert.match((await ann.get('/api/knowledge')).chunks[0].text, /45/);
  await page.getByRole('row', { name: /45 dollars/ }).click();
  await button(dialog(page), 'Delete').click();
  await button(dialog(page), 'Delete it').click();
  await sees(page, 'Nothing is known yet');
});

there.scene('an agent is asked and its gap is ignored and opened again', async () => {
  await go('/ask');
  await page.getByRole('textbox').last().fill('Do you have parking?');
  await page.keyboard.press('Enter');
  await sees(page, /do not know|not know that/i);
  await go('/gaps');
  await page.getByRole('row', { name: /parking/ }).click();
  await button(dialog(page), 'Ignore it').click();
  await button(dialog(page), 'Open it again').click();
  await button(dialog(page), 'Ignore it').waitFor();
  assert.equal((await ann.get('/api/knowledge-gaps')).knowledge_gaps[0].status, 'open');
});

there.scene('the business profile is written', async () => {
  await go('/profile');
  await page.getByLabel('Name').first().fill('Harbor Garage');
  await button(page, 'Save').click();
  await until(async () => (await ann.get('/api/business-profile')).business_profile.name === 'Harbor Garage', 'the name to be stored');
});

there.scene('a proposal is edited first and rejected', async () => {
  await ann.post('/api/calendar/proposals', { title: 'Brakes', starts_at: '2030-05-06T10:00', ends_at: '2030-05-06T11:00', timezone: zone });
  await go('/calendar');
  const card = page.getByRole('article').filter({ hasText: 'Brakes' });
  await button(card, 'Edit first').click();
  await dialog(page).getByLabel('Title').fill('Brakes and oil');
  await button(dialog(page), 'Save').click();
  const edited = page.getByRole('article').filter({ hasText: 'Brakes and oil' });
  await button(edited, 'Reject').click();
  await told(page, 'Rejected. Nothing has changed.');
  assert.equal((await ann.get('/api/calendar/events')).events.length, 0);
  await button(page, 'Make a new address').click();
  const address = await page.locator('code').filter({ hasText: 'calendar.ics' }).innerText();
  assert.equal((await fetch(address)).status, 200);
  await button(page, 'End it').click();
  await button(dialog(page), 'End it').click();
  await until(async () => (await fetch(address)).status !== 200, 'the address to lead nowhere');
});

there.scene('contacts are added, changed and imported with a refusal', async () => {
  await go('/contacts');
  await button(page, 'Add a contact').first().click();
  await dialog(page).getByLabel('Name').fill('Bo Example');
  await dialog(page).getByLabel('Number').fill('+14155550120');
  await button(dialog(page), 'Save').click();
  await page.getByRole('row', { name: /Bo Example/ }).click();
  await dialog(page).getByLabel('Company').fill('Bo Ltd');
  await button(dialog(page), 'Save').click();
  await page.getByRole('row', { name: /Bo Ltd/ }).waitFor();
  await button(page, 'Import CSV').click();
  await dialog(page).locator('input[type=file]').or(page.locator('input[type=file]')).first().setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from('name,phone\nCy,+14155550121\nDi,12\n') });
  await button(dialog(page), 'Add 2 contacts').click();
  await sees(dialog(page), '1 contact was added.');
  await button(dialog(page), 'Close').last().click();
  await page.getByRole('row', { name: /Cy/ }).waitFor();
});

there.scene('a number that is never to be called is refused in every list', async () => {
  await go('/suppressions');
  await page.getByRole('textbox', { name: 'Numbers' }).fill('+14155550399');
  await page.getByLabel('Why').fill('asked in writing');
  await button(page, 'Never call it').click();
  await page.getByRole('row', { name: /415 555 0399/ }).waitFor();
  const c = await make('Refused', { targets: [{ phone_number: '+14155550399', timezone: zone }] });
  await ann.patch(`/api/campaigns/${c.id}`, { action: 'start' });
  await until(async () => (await ann.get(`/api/campaigns/${c.id}`)).campaign.status === 'completed', 'the campaign to end');
  assert.equal((await ann.get(`/api/campaigns/${c.id}`)).campaign.progress.attempts, 0);
  await button(page.getByRole('row', { name: /415 555 0399/ }), 'Allow').click();
  await button(dialog(page), 'Allow calls again').click();
  await sees(page, 'No number yet');
});

there.scene('a key is made, shown once and ended', async () => {
  await go('/settings?tab=keys');
  await page.getByLabel('Name').fill('reports');
  await button(page, 'Make the key').click();
  const key = await page.locator('code').filter({ hasText: 'rm_' }).innerText();
  const use = () => fetch(`${there.stage.url}/api/me`, { headers: { Authorization: `Bearer ${key}` } });
  assert.equal((await use()).status, 200);
  await page.reload();
  assert.equal(await page.getByText(key).count(), 0);
  await button(page.getByRole('listitem').filter({ hasText: 'reports' }), 'End it').click();
  await button(dialog(page), 'End it').click();
  await until(async () => (await use()).status === 401, 'the key to be refused');
});

there.scene('the settings of the assistant, what may be spoken and own keys are kept', async () => {
  await go('/settings');
  await page.getByRole('tab', { name: 'About you' }).click();
  await page.getByRole('textbox').first().fill('Ann Example');
  await button(page, 'Keep').click();
  await told(page, 'Done.');
  assert.ok((await ann.get('/api/identity-fields')).identity_fields.some((f) => f.set));
  await page.getByRole('tab', { name: 'Own keys' }).click();
  await page.getByLabel('API key').fill('sk-not-a-real-one-123');
  await button(page, 'Keep it').click();
  await told(page, 'Kept, sealed.');
  assert.equal(await page.getByText('sk-not-a-real-one-123').count(), 0);
  await button(page, 'Forget').click();
  await button(dialog(page), 'Forget it').click();
  await sees(page, 'None of your own');
});

there.scene('all dialing is stopped by one button, held over pages and released', async () => {
  await go('/');
  await page.getByRole('button', { name: /^Stop/ }).click();
  await button(dialog(page), 'Stop all dialing').click();
  await sees(page, 'All dialing is stopped.');
  await go('/tasks');
  await sees(page, 'All dialing is stopped.');
  const c = await make('Stopped', { targets: targets(1, 400) });
  await ann.call('PATCH', `/api/campaigns/${c.id}`, { action: 'start' });
  await button(page, 'Release').click();
  await button(dialog(page), 'Release the stop').click();
  await page.getByText('All dialing is stopped.').waitFor({ state: 'hidden' });
});

there.scene('one goes everywhere by keys', async () => {
  await go('/');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('call hist');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/calls');
  await page.locator('h1').click();
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await page.waitForURL('**/tasks');
  await page.keyboard.press('?');
  await sees(page, 'Go to anything by its name');
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
  await page.getByRole('dialog', { name: 'Notifications' }).waitFor();
});

there.scene('times are shown as local, by the campaign and in UTC', async () => {
  const c = await make('Clocks', closed());
  const opens = new Date(c.window.next_open_at);
  const clock = (timeZone) => new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(opens);
  const other = await there.enter('ann@example.com', { again: true, timezoneId: 'Asia/Kathmandu' });
  await other.goto(`${there.stage.url}/campaigns/${c.id}`);
  const stamp = other.locator(`time[datetime="${c.window.next_open_at}"]`).first();
  for (const [choice, wanted] of [[null, clock('Asia/Kathmandu')], ["The campaign's time", clock(zone)], ['UTC', clock('UTC')]]) {
    if (choice) {
      await button(other, 'How times are shown').click();
      await other.getByRole('menuitemradio', { name: choice, exact: true }).click();
    }
    await stamp.getByText(wanted).or(stamp.filter({ hasText: wanted })).first().waitFor();
  }
  await other.reload();
  await stamp.filter({ hasText: clock('UTC') }).waitFor();
  await other.context().close();
});

there.scene('the audit trail leads from an entry to its thing and says whether it is whole', async () => {
  await go('/audit');
  await page.getByRole('table', { name: 'Audit trail' }).getByText('you', { exact: true }).first().waitFor();
  await page.getByRole('table', { name: 'Audit trail' }).getByRole('row').nth(1).waitFor();
  await button(page, 'Check the chain').click();
  await page.getByRole('status').filter({ hasText: /chain/ }).waitFor();
  assert.equal(await page.getByText('the chain is broken').count(), 0);
});
