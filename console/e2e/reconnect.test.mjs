// The engine goes away and comes back: the page says so, goes on by itself and shows what has changed.
import assert from 'node:assert/strict';
import { button, campaign, dialog, sees, targets, theatre } from './kit.mjs';

const there = theatre({ chained: true, carrier: ['--mix', 'answered=1', '--persona-mix', 'shop=1'], scale: 30 });
let page;
let ann;
let made;

there.scene('an open page says that the engine is gone', async () => {
  ann = await there.stage.user('ann@example.com');
  page = await there.enter('ann@example.com');
  made = (await ann.post('/api/campaigns', campaign('Before', { targets: targets(3) }))).campaign;
  await page.goto(`${there.stage.url}/campaigns/${made.id}`);
  await page.getByRole('heading', { name: 'Before' }).waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.evaluate(() => (window.sameDocument = true));
  // Opened once, so that its script is here when the engine is not.
  await button(page, 'Start').click();
  await button(dialog(page), 'Not now').click();
  await dialog(page).waitFor({ state: 'hidden' });
  await there.stage.killEngine();
  await page.getByText('Not live', { exact: true }).waitFor();
  await page.getByRole('heading', { name: 'Before' }).waitFor();
});

there.scene('an act meanwhile says that nothing was done', async () => {
  await button(page, 'Start').click();
  await button(dialog(page), 'Start dialing').click();
  await sees(dialog(page), /cannot be reached|does not answer|not reached/i);
  await button(dialog(page), 'Not now').click();
});

there.scene('a page that is gone to meanwhile comes when the engine is back', async () => {
  // Its script has never been loaded.
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Contacts' }).click();
  await page.getByRole('heading', { name: 'Before' }).waitFor();
  await there.stage.start();
  await page.getByRole('heading', { name: 'Contacts', exact: true }).waitFor({ timeout: 30_000 });
  await page.getByText('Live', { exact: true }).waitFor({ timeout: 30_000 });
  assert.equal(await page.evaluate(() => window.sameDocument), true, 'the page was loaded again');
  await page.goBack();
  await page.getByRole('heading', { name: 'Before' }).waitFor();
  await there.stage.killEngine();
  await page.getByText('Not live', { exact: true }).waitFor();
});

there.scene('when it is back the page goes on by itself with the new state', async () => {
  await there.stage.start();
  await ann.patch(`/api/campaigns/${made.id}`, { action: 'update', name: 'After' });
  await page.getByRole('heading', { name: 'After' }).waitFor({ timeout: 30_000 });
  await page.getByText('Live', { exact: true }).waitFor({ timeout: 30_000 });
  assert.equal(await page.evaluate(() => window.sameDocument), true, 'the page was loaded again');
});

there.scene('events come again and acts work with the session of before', async () => {
  await ann.patch(`/api/campaigns/${made.id}`, { action: 'update', name: 'Later still' });
  await page.getByRole('heading', { name: 'Later still' }).waitFor();
  await button(page, 'Start').click();
  await button(dialog(page), 'Start dialing').click();
  await sees(page, '3 of 3 done', 60_000);
  assert.equal((await ann.get(`/api/campaigns/${made.id}`)).campaign.progress.attempts, 3);
});

there.scene('an engine that ends in order is missed and found again, too', async () => {
  await there.stage.engine.end();
  await page.getByText('Not live', { exact: true }).waitFor();
  await there.stage.start();
  await page.getByText('Live', { exact: true }).waitFor({ timeout: 30_000 });
  await page.goto(`${there.stage.url}/live`);
  await sees(page, 'Nobody is on the line');
});
