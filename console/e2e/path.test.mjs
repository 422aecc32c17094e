// Behind a path of a proxy: the console lives below it, and nothing of it is asked for anywhere else.
import assert from 'node:assert/strict';
import { button, password, theatre } from './kit.mjs';

const base = '/ringmaster';
const there = theatre({ chained: true, settings: { HTTP_BASE_PATH: base } });
let page;
const outside = [];

there.scene('the link of the first start leads below the path and in', async () => {
  const link = new URL(there.stage.welcome());
  assert.equal(link.pathname, `${base}/welcome`);
  page = await there.window();
  page.on('request', (r) => {
    const { pathname, protocol } = new URL(r.url());
    if (protocol.startsWith('http') && !pathname.startsWith(`${base}/`) && pathname !== base) outside.push(pathname);
  });
  await page.goto(link.href);
  await page.getByLabel('Email').fill('ann@example.com');
  await page.getByLabel('Password').first().fill(password);
  await button(page, 'Begin').click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  assert.equal(new URL(page.url()).pathname.replace(/\/$/, ''), base);
});

there.scene('pages, events and a reload stay below it', async () => {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Campaigns' }).click();
  await page.waitForURL(`**${base}/campaigns`);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Campaigns', exact: true }).waitFor();
  await page.getByText('No campaign yet').waitFor();
  for (const cookie of await page.context().cookies()) assert.equal(cookie.path, `${base}/`, `${cookie.name} goes to ${cookie.path}`);
  assert.deepEqual(outside, []);
});

there.scene('the API reference stays the console after a reload', async () => {
  await page.goto(`${there.stage.url}${base}/docs`);
  await page.locator('.swagger-ui .opblock').first().waitFor();
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
});
