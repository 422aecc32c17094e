// What stands around calling: numbers tried again, redialed and skipped, news for other programs, the carrier and the
// models on trial, and what the carrier told of a call.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before } from 'node:test';
import { button, campaign, dialog, sees, targets, theatre, told, until } from './kit.mjs';

const there = theatre({
  scale: 30,
  carrier: ['--mix', 'busy=1', '--ring', '500ms..1s', '--persona', '+14155550700=shop'],
  settings: { WEBHOOKS_ALLOW_PRIVATE: '127.0.0.1/32' },
});
let page;
let ann;
let made;
const came = [];
let receiver;
let address;
before(async () => {
  receiver = createServer((request, answer) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text) => (body += text));
    request.on('end', () => {
      came.push({ headers: request.headers, body });
      answer.writeHead(204).end();
    });
  });
  await new Promise((up) => receiver.listen(0, '127.0.0.1', up));
  address = `http://127.0.0.1:${receiver.address().port}/hook`;
});
after(() => receiver.close());

there.scene('a number that was busy is tried again by its row', async () => {
  ann = await there.stage.user('ann@example.com');
  page = await there.enter('ann@example.com');
  // The second number waits for the rate, so that the campaign goes on.
  made = (await ann.post('/api/campaigns', campaign('Again', { rate_limit_per_minute: 2, targets: targets(4, 600) }))).campaign;
  await ann.patch(`/api/campaigns/${made.id}`, { action: 'start' });
  const failed = await until(async () => (await ann.get(`/api/campaigns/${made.id}/targets?status=failed`)).targets[0], 'a number that failed', 30_000);
  await page.goto(`${there.stage.url}/campaigns/${made.id}?status=failed`);
  const row = page.getByRole('row', { name: new RegExp(failed.contact_name) });
  await button(row, 'Retry').click();
  await button(dialog(page), 'Try it again').click();
  await told(page, 'It waits for another try.');
  const now = (await ann.get(`/api/campaigns/${made.id}/targets`)).targets.find((t) => t.id === failed.id);
  assert.equal(now.max_attempts, failed.max_attempts + 1);
});

there.scene('a number that waits is skipped', async () => {
  await page.goto(`${there.stage.url}/campaigns/${made.id}?status=pending`);
  const row = page.getByRole('table', { name: 'Targets' }).getByRole('row').nth(1);
  await button(row, 'Skip').click();
  await told(page, 'It is not called.');
  await until(async () => (await ann.get(`/api/campaigns/${made.id}`)).campaign.progress.skipped === 1, 'one number to be skipped');
});

there.scene('what was not reached becomes a draft that waits for its start', async () => {
  await ann.patch(`/api/campaigns/${made.id}`, { action: 'cancel' });
  await until(async () => (await ann.get(`/api/campaigns/${made.id}`)).campaign.progress.calling === 0, 'no call to be under way');
  await page.goto(`${there.stage.url}/campaigns/${made.id}`);
  await button(page, 'Redial by outcome').click();
  await dialog(page).getByLabel('Name of the draft').fill('Busy ones');
  await button(dialog(page), 'Make the draft').click();
  await page.getByRole('heading', { name: 'Busy ones' }).waitFor();
  await page.getByRole('main').getByText('draft', { exact: true }).first().waitFor();
  await page.getByRole('tab', { name: 'Rules and script' }).click();
  await page.getByRole('link', { name: 'the numbers that this one missed' }).click();
  await page.getByRole('heading', { name: 'Again' }).waitFor();
});

there.scene('the activity of a campaign names who did what', async () => {
  await page.getByRole('tab', { name: 'Activity' }).click();
  const table = page.getByRole('table', { name: 'Activity' });
  await table.getByText('target.retry').or(table.getByText(/retry/)).first().waitFor();
  await table.getByText('you', { exact: true }).first().waitFor();
});

there.scene('a webhook is added, shows its secret once, and a test arrives signed', async () => {
  await page.goto(`${there.stage.url}/settings?tab=webhooks`);
  await page.getByLabel('Address').fill('ftp://nowhere');
  await button(page, 'Add it').click();
  await page.locator('[class*=Input-error]').first().waitFor();
  await page.getByLabel('Address').fill(address);
  await page.getByLabel('What for').fill('the test');
  await button(page, 'Add it').click();
  const secret = await page.locator('code').filter({ hasText: 'whsec_' }).innerText();
  const row = page.getByRole('listitem').filter({ hasText: address }).first();
  await button(row, 'Test').click();
  await told(page, 'A message is on its way.');
  const message = await until(() => came.find((m) => /webhook\.test/.test(m.body)), 'the message to arrive', 20_000);
  const signed = `${message.headers['webhook-id']}.${message.headers['webhook-timestamp']}.${message.body}`;
  const wanted = createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64')).update(signed).digest('base64');
  assert.ok(message.headers['webhook-signature'].split(' ').includes(`v1,${wanted}`), 'the signature does not fit the secret');
  await row.getByText('delivered').first().waitFor({ timeout: 20_000 });
  await button(row, 'Show it').first().click();
  await row.locator('pre').getByText('webhook.test').waitFor();
  await page.reload();
  await row.waitFor();
  assert.equal(await page.getByText(secret).count(), 0);
});

there.scene('a delivery is sent again with the id that it had', async () => {
  const before = came.filter((m) => /webhook\.test/.test(m.body)).length;
  const row = page.getByRole('listitem').filter({ hasText: address }).first();
  await button(row, 'Deliveries').click();
  await button(row, 'Send again').first().click();
  await told(page, 'It is sent again.');
  await until(() => came.filter((m) => /webhook\.test/.test(m.body)).length > before, 'the message to arrive again', 20_000);
  assert.equal(new Set(came.filter((m) => /webhook\.test/.test(m.body)).map((m) => m.headers['webhook-id'])).size, 1);
});

there.scene('a new secret is made and the webhook is removed', async () => {
  const row = page.getByRole('listitem').filter({ hasText: address }).first();
  await button(row, 'New secret').click();
  await button(dialog(page), 'Make a new secret').click();
  await page.locator('code').filter({ hasText: 'whsec_' }).waitFor();
  await row.getByText(/the old secret signs, too/).waitFor();
  await button(row, 'Remove').click();
  await button(dialog(page), 'Remove it').click();
  await sees(page, 'None yet. A webhook tells another program');
});

there.scene('the carrier is tried without a call', async () => {
  await page.goto(`${there.stage.url}/settings?tab=carrier`);
  await sees(page, 'simulated: nobody is called');
  const before = (await ann.get('/api/call-sessions')).call_sessions.length;
  await button(page, 'Test the connection').click();
  await sees(page, 'All of it works.', 30_000);
  await sees(page, /number of the account/);
  assert.equal((await ann.get('/api/call-sessions')).call_sessions.length, before);
});

there.scene('a model is tried and tells what it took', async () => {
  await page.goto(`${there.stage.url}/settings?tab=models`);
  const row = page.getByRole('listitem').filter({ hasText: 'rules' }).first();
  await button(row, 'Test').click();
  await row.getByText('it answered').waitFor();
});

there.scene('a call shows what the carrier told of it', async () => {
  const { campaign: c } = await ann.post('/api/campaigns', campaign('One', { targets: [{ phone_number: '+14155550700' }] }));
  await ann.patch(`/api/campaigns/${c.id}`, { action: 'start' });
  const call = await until(async () => (await ann.get('/api/call-sessions')).call_sessions.find((x) => x.phone_number === '+14155550700' && x.ended_at), 'the call to end', 30_000);
  await page.goto(`${there.stage.url}/calls/${call.id}`);
  const log = page.getByRole('list', { name: 'Requests of the carrier' });
  await log.getByText('voice', { exact: true }).first().waitFor();
  await log.getByText('taken').first().waitFor();
  await button(log, 'Show it').first().click();
  await log.locator('pre').first().waitFor();
});

there.scene('the chain of the audit trail is whole', async () => {
  await page.goto(`${there.stage.url}/audit`);
  await button(page, 'Check the chain').click();
  await sees(page, 'the chain is whole');
});
