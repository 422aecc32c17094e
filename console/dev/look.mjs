// For development: takes a picture of every page and lets axe look at it, in light and dark.
//
//   node dev/look.mjs [--url http://127.0.0.1:8090] [--only gaps,calendar] [--narrow] [--no-axe]
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values: wish } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:8090' },
    only: { type: 'string', default: '' },
    narrow: { type: 'boolean', default: false },
    'no-axe': { type: 'boolean', default: false },
    scheme: { type: 'string', default: 'light,dark' },
  },
});
const shots = fileURLToPath(new URL('./shots/', import.meta.url));
mkdirSync(shots, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function first(path, name) {
  const answer = await fetch(wish.url + path);
  const list = answer.ok ? ((await answer.json())[name] ?? []) : [];
  return list.length > 0 ? list : null;
}
const campaign = (await first('/api/campaigns', 'campaigns'))?.[0]?.id;
const tasks = (await first('/api/call-tasks', 'tasks')) ?? [];
const waiting = tasks.find((t) => t.status === 'waiting_for_user') ?? tasks[0];
const calls = (await first('/api/call-sessions?limit=200', 'call_sessions')) ?? [];
const talked = calls.filter((c) => c.ended_at).sort((a, b) => (b.duration_seconds ?? 0) - (a.duration_seconds ?? 0))[0];
const gap = (await first('/api/knowledge-gaps', 'knowledge_gaps'))?.[0]?.id;
const chat = (await first('/api/brain/conversations', 'conversations'))?.[0]?.id;

const pages = {
  sign_in: '/sign-in', welcome: '/welcome#token=x', overview: '/', live: '/live', campaigns: '/campaigns', campaign_new: '/campaigns/new',
  ...(campaign ? { campaign: `/campaigns/${campaign}`, campaign_calls: `/campaigns/${campaign}?tab=calls`, campaign_rules: `/campaigns/${campaign}?tab=rules` } : {}),
  tasks: '/tasks', task_new: '/tasks/new', ...(waiting ? { task: `/tasks/${waiting.id}` } : {}),
  calls: '/calls', ...(talked ? { call: `/calls/${talked.id}` } : {}),
  gaps: '/gaps', ...(gap ? { gap: `/gaps?gap=${gap}` } : {}), knowledge: '/knowledge', profile: '/profile', ask: chat ? `/ask?chat=${chat}` : '/ask',
  calendar: '/calendar', contacts: '/contacts', suppressions: '/suppressions', settings: '/settings', settings_identity: '/settings?tab=identity',
  settings_credentials: '/settings?tab=credentials', settings_usage: '/settings?tab=usage', settings_keys: '/settings?tab=keys',
  settings_webhooks: '/settings?tab=webhooks', settings_users: '/settings?tab=users', audit: '/audit', actors: '/actors', actor: '/actors?actor=actor-4', docs: '/docs', nowhere: '/nowhere',
};
// What has to be opened first: [page, what to do].
const scenes = {
  palette: ['/', (page) => page.keyboard.press('Control+k')],
  help: ['/', (page) => page.keyboard.press('?')],
  notifications: ['/', (page) => page.keyboard.press('n')],
  stop_dialog: ['/', (page) => page.getByRole('button', { name: /^Stop/ }).click()],
  time_menu: ['/', (page) => page.getByRole('button', { name: 'How times are shown' }).click()],
  draft_start: ['/campaigns?status=draft', (page) => page.getByRole('button', { name: 'Start', exact: true }).first().click({ timeout: 1500 })],
  list: ['/campaigns/new', (page) => page.getByLabel('Numbers').fill('phone;name\n+14155550100;Ann\nnone;Bo\n+1 415 555 0100;Cy')],
  list_more: ['/campaigns/new', async (page) => {
    await page.getByLabel('Numbers').fill('phone;name\n+14155550100;Ann\nnone;Bo\n+1 415 555 0100;Cy');
    await page.getByText('Before you make it').scrollIntoViewIfNeeded();
    await page.getByRole('button', { name: 'Make the draft' }).click();
  }],
  ...(campaign ? { edit: [`/campaigns/${campaign}`, (page) => page.getByRole('button', { name: 'Edit' }).click({ timeout: 1500 })], why_off: [`/campaigns/${campaign}`, (page) => page.getByRole('button', { name: 'Cancel' }).hover()] } : {}),
  resolved: [`/gaps?gap=${gap}`, async (page) => {
    await page.getByLabel('Your answer').fill('Yes, parking is free behind the house.');
    await page.getByRole('button', { name: 'Add it and ask again' }).click();
  }],
  test_question: ['/knowledge', async (page) => {
    await page.getByLabel('Test a question').fill('Are you open on Christmas Eve?');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
  }],
  chunk_new: ['/knowledge?chunk=new', async () => {}],
  event_edit: ['/calendar', (page) => page.getByRole('button', { name: 'Edit first' }).first().click()],
  contact_new: ['/contacts', (page) => page.getByRole('button', { name: 'Add a contact' }).first().click()],
  actor_stop: ['/actors?actor=actor-4', (page) => page.getByRole('dialog').getByRole('button', { name: 'Stop', exact: true }).click()],
};
const only = wish.only.split(',').filter(Boolean);

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
let wrong = 0;
for (const scheme of wish.scheme.split(',')) {
  const context = await browser.newContext({
    viewport: wish.narrow ? { width: 360, height: 740 } : { width: 1360, height: 850 },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    bypassCSP: false,
  });
  const page = await context.newPage();
  let here = '';
  page.on('console', (m) => {
    if (m.type() === 'error' && !/404|401/.test(m.text())) console.log(`  ${scheme} ${here}: console: ${m.text().slice(0, 300)}`);
  });
  page.on('pageerror', (e) => console.log(`  ${scheme} ${here}: error: ${e.message.slice(0, 300)}`));
  page.on('request', (r) => {
    if (!r.url().startsWith(wish.url) && !r.url().startsWith('data:') && !r.url().startsWith('blob:')) console.log(`  ${here}: LEAVES THE ORIGIN: ${r.url()}`);
  });
  const all = [...Object.entries(pages).map(([name, path]) => [name, path, null]), ...Object.entries(scenes).map(([name, [path, act]]) => [name, path, act])];
  for (const [name, path, act] of all) {
    if (only.length > 0 && !only.includes(name)) continue;
    here = name;
    await page.goto(wish.url + path, { waitUntil: 'load' });
    await page.waitForTimeout(name === 'docs' ? 3500 : 900);
    if (act) {
      try {
        await act(page);
        await page.waitForTimeout(900);
      } catch (e) {
        console.log(`  ${scheme} ${name}: not reached: ${String(e).split('\n')[0]}`);
        continue;
      }
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 1) console.log(`  ${scheme} ${name}: ${wide} px wider than the window`);
    await page.screenshot({ path: `${shots}${name}-${wish.narrow ? 'narrow-' : ''}${scheme}.png` });
    if (wish['no-axe']) continue;
    // Evaluated by the debugger, which no content security policy holds back.
    await page.evaluate(axe);
    const found = await page.evaluate(async () =>
      (await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })).violations
        .filter((v) => ['serious', 'critical'].includes(v.impact))
        .map((v) => `${v.impact} ${v.id}: ${v.nodes.length} x, ${v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 160)} | ${(n.any[0] ?? n.all[0] ?? n.none[0])?.message ?? ''}`).join('\n      ')}`),
    );
    // Swagger UI is not ours.
    if (name !== 'docs') wrong += found.length;
    for (const f of found) console.log(`  ${scheme} ${name}: ${f}`);
  }
  await context.close();
}
await browser.close();
console.log(wrong === 0 ? 'axe found nothing serious' : `axe found ${wrong} serious things`);
process.exit(wrong === 0 ? 0 : 1);
