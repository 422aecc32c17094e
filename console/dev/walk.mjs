// For development: walks the first five minutes through the console in Chromium, over `ringmaster demo` and
// dev/proxy.mjs, and says of each step whether it went.
//
//   node dev/walk.mjs [--url http://127.0.0.1:8090]
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values: wish } = parseArgs({ options: { url: { type: 'string', default: 'http://127.0.0.1:8090' } } });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await (await browser.newContext({ viewport: { width: 1280, height: 850 } })).newPage();
page.setDefaultTimeout(15_000);
let failed = 0;
page.on('pageerror', (e) => {
  failed += 1;
  console.log(`  error on the page: ${e.message}`);
});
async function step(name, act) {
  try {
    await act();
    console.log(`ok   ${name}`);
  } catch (e) {
    failed += 1;
    console.log(`FAIL ${name}: ${String(e).split('\n').slice(0, 4).join(' ')}`);
    await page.screenshot({ path: join(tmpdir(), `walk-${failed}.png`) });
  }
}
const button = (name, exact = true) => page.getByRole('button', { name, exact });
// Other numbers each time: who asked not to be called in an earlier walk is not called again.
const people = Array.from({ length: 12 }, (_, n) => `+1415${3_000_000 + Math.floor(Math.random() * 90_000) * 12 + n}`);
const list = `phone;name\n${people.map((x, n) => `${x};Person ${n}`).join('\n')}\nnone;Bo\n${people[0]};Twice`;
const name = `Walk ${Date.now() % 100000}`;

await step('sign out and in again', async () => {
  await page.goto(wish.url);
  await button('Your account').click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL('**/sign-in*');
  await page.goto(`${wish.url}/campaigns?status=draft`);
  await page.waitForURL('**/sign-in*');
  await page.getByLabel('Email').fill('demo@ringmaster.example');
  await page.getByLabel('Password').first().fill('wrong');
  await button('Sign in').click();
  await page.getByText('do not belong together').waitFor();
  await page.getByLabel('Password').first().fill('a good password');
  await button('Sign in').click();
  await page.waitForURL('**/campaigns?status=draft');
});
await step('make a campaign from a list with mistakes in it', async () => {
  await page.goto(`${wish.url}/campaigns/new`);
  await page.getByLabel('Name *').or(page.getByRole('textbox', { name: 'Name' })).first().fill(name);
  await page.getByLabel('Talking points').fill('Hello, this is the garage. It is time to change tyres. Would Tuesday suit you?');
  await page.getByLabel('Numbers').fill(list);
  await page.getByText('Rows that the engine will probably not take: 1 row').waitFor();
  await page.getByText('Numbers that stand there twice: 1 row').waitFor();
  await page.getByLabel('From').fill('00:00');
  await page.getByLabel('Until').fill('24:00');
  for (const day of ['Sat', 'Sun']) await page.getByLabel(day).check();
  await page.getByText('Calls at any time of any day').first().waitFor();
  await page.getByLabel('Dials per minute').fill('120');
  await page.getByLabel('Dials per hour').fill('');
  await button('Make the draft').click();
  await page.getByText('12 numbers were taken').waitFor();
  await page.getByText('Not taken: 1 row').waitFor();
  await page.getByRole('link', { name: 'Open the draft' }).click();
  await page.getByRole('heading', { name }).waitFor();
});
await step('nothing dials without the click in the dialog', async () => {
  await button('Start').click();
  await page.getByText('Telephones ring as soon as you start it').waitFor();
  await button('Not now').click();
  await page.getByText('0 of 12 done').waitFor();
});
await step('start it and see it live', async () => {
  await button('Start').click();
  await button('Start dialing').click();
  await page.getByText('running', { exact: true }).first().waitFor();
  await page.goto(`${wish.url}/live`);
  await page.getByRole('article').first().waitFor();
  await page.getByRole('article').getByText('Assistant').first().waitFor();
});
await step('the campaign ends by itself on the screen', async () => {
  await page.goto(`${wish.url}/campaigns?q=${encodeURIComponent(name)}`);
  await page.getByRole('row', { name: new RegExp(name) }).getByText('completed', { exact: true }).waitFor({ timeout: 180_000 });
});
await step('a value leads to its words and back', async () => {
  const calls = await (await page.request.get(`${wish.url}/api/call-sessions?limit=100`)).json();
  let found;
  for (const c of calls.call_sessions) {
    const one = await (await page.request.get(`${wish.url}/api/call-sessions/${c.id}`)).json();
    if (one.extracted_data?.some((v) => v.segments.length > 0)) {
      found = c.id;
      break;
    }
  }
  if (!found) throw new Error('no call has extracted data; run more of them');
  await page.goto(`${wish.url}/calls/${found}`);
  await button('Show words').first().click();
  await page.locator('[class*=lit]').first().waitFor();
  await page.getByRole('button', { name: /values?$/ }).first().click();
  await page.getByRole('button', { name: /values?$/, pressed: true }).waitFor();
});
await step('have a task planned and answer what is missing', async () => {
  await page.goto(`${wish.url}/tasks/new`);
  await page.getByLabel('What shall be done?').fill('Call my dentist and get the earliest appointment this week');
  await button('Plan it').click();
  await page.getByText('What is missing', { exact: true }).waitFor();
  const fields = page.locator('section', { hasText: 'What is missing' }).getByRole('textbox');
  for (let i = 0; i < (await fields.count()); ++i) await fields.nth(i).fill(i === 0 ? '+1 415 555 0180' : 'Tuesday or Wednesday');
  await button('Answer').click();
  await page.getByText('ready to call').first().waitFor();
});
await step('start its call', async () => {
  await button('Start the call').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start the call' }).click();
  await page.getByText(/in progress|completed|failed/).first().waitFor();
});
await step('stop everything and release it', async () => {
  await page.goto(wish.url);
  await page.getByRole('button', { name: /^Stop/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop all dialing' }).click();
  await page.getByText('All dialing is stopped.').waitFor();
  await button('Release').click();
  await button('Release the stop').click();
  await page.getByText('All dialing is stopped.').waitFor({ state: 'hidden' });
});
await step('go by keys', async () => {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('call hist');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/calls');
  await page.locator('h1').click();
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await page.waitForURL('**/tasks');
  await page.keyboard.press('?');
  await page.getByText('Go to anything by its name').waitFor();
});
await browser.close();
console.log(failed === 0 ? 'all went' : `${failed} did not go`);
process.exit(failed === 0 ? 0 : 1);
