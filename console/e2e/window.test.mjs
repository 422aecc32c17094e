// Outside of its window nothing is dialed: the console says why, and when it opens, and offers what is possible.
import assert from 'node:assert/strict';
import { button, campaign, closed, dialog, sees, targets, theatre, told } from './kit.mjs';

const there = theatre();
let page;
let ann;
const make = async (name) => (await ann.post('/api/campaigns', campaign(name, { ...closed(), targets: targets(3) }))).campaign;

there.scene('a start outside of the window says why and when it opens', async () => {
  ann = await there.stage.user('ann@example.com');
  page = await there.enter('ann@example.com');
  const made = await make('Closed today');
  await page.goto(`${there.stage.url}/campaigns/${made.id}`);
  await sees(page, 'It does not dial now.');
  await button(page, 'Start').click();
  const ask = dialog(page);
  await sees(ask, 'Nothing is dialed now: it is outside of the calling window.');
  await sees(ask, /It opens next at/);
  const refused = await ann.call('PATCH', `/api/campaigns/${made.id}`, { action: 'start' });
  assert.equal(refused.status, 409);
  assert.ok(refused.document.next_open_at, 'the refusal names no next opening');
  assert.equal(await ask.locator('time').first().getAttribute('datetime'), refused.document.next_open_at);
  assert.equal(await button(ask, 'Start dialing').count(), 0);
  await button(ask, 'Not now').click();
  assert.equal((await ann.get(`/api/campaigns/${made.id}`)).campaign.status, 'draft');
});

there.scene('a start for the next opening waits and dials nothing', async () => {
  const made = await make('Waits to open');
  await page.goto(`${there.stage.url}/campaigns/${made.id}`);
  await button(page, 'Start').click();
  await button(dialog(page), 'Start when the window opens').click();
  await told(page, 'It begins when its window opens.');
  await sees(page, /Next (try|opening) at/);
  const { campaign: c } = await ann.get(`/api/campaigns/${made.id}`);
  assert.ok(['running', 'scheduled'].includes(c.status), c.status);
  assert.equal(c.progress.attempts, 0);
});

there.scene('a start can be scheduled instead', async () => {
  const made = await make('For later');
  await page.goto(`${there.stage.url}/campaigns/${made.id}`);
  await button(page, 'More actions').click();
  await page.getByRole('menuitem', { name: 'Schedule the start' }).click();
  const ask = dialog(page);
  await button(ask, 'Schedule').click();
  await page.getByRole('main').getByText('scheduled', { exact: true }).first().waitFor();
  const { campaign: c } = await ann.get(`/api/campaigns/${made.id}`);
  assert.equal(c.status, 'scheduled');
  // The field of the dialog proposes the next opening.
  assert.equal(Date.parse(c.start_at ?? c.scheduled_at), Date.parse(made.window.next_open_at));
});

there.scene('the list shows that it is outside and when it opens', async () => {
  await page.goto(`${there.stage.url}/campaigns`);
  await page.getByRole('row', { name: /Closed today/ }).getByText('outside, opens').waitFor();
});

there.scene('a new campaign shows its next openings before it is made', async () => {
  await page.goto(`${there.stage.url}/campaigns/new`);
  for (const day of ['Mon', 'Tue', 'Wed', 'Thu', 'Fri']) await page.getByLabel(day).uncheck();
  await page.getByLabel('Sat').check();
  await page.getByLabel('From').fill('22:00');
  await page.getByLabel('Until').fill('02:00');
  await sees(page, /night|next day|day after/i);
  await page.getByLabel('Sat').uncheck();
  await page.getByRole('textbox', { name: 'Name' }).first().fill('No day at all');
  await button(page, 'Make the draft').click();
  await sees(page, /at least one day|choose a day|one day/i);
});
