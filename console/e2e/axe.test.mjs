// Every page in light and dark, with something on it: axe finds nothing serious, and nothing is wider than the window.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { targets, theatre, zone } from './kit.mjs';
import { fill, places, settled, visit } from './places.mjs';

const dentist = '+14155550180';
const there = theatre({ scale: 60, carrier: ['--mix', 'answered=6,busy=2,no-answer=1', '--ring', '1s..2s', '--persona', `${dentist}=dentist`, '--persona-mix', 'shop=2,curious=1,wrong-number=1'] });
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let page;
let all;

async function look() {
  assert.ok(filled, 'not tried, because there is nothing on the pages');
  // Evaluated by the debugger, which no content security policy holds back.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  return page.evaluate(async () =>
    (await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })).violations
      // Swagger UI is not ours; the frame around it is.
      .map((v) => ({ ...v, nodes: v.nodes.filter((n) => !document.querySelector('.swagger-ui')?.contains(document.querySelector(n.target[0]))) }))
      .filter((v) => v.nodes.length > 0 && ['serious', 'critical'].includes(v.impact))
      .map((v) => `${v.impact} ${v.id}: ${v.nodes.length} x, ${v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 200)} | ${(n.any[0] ?? n.all[0] ?? n.none[0])?.message ?? ''}`).join('\n   ')}`),
  );
}

let filled = false;
there.scene('every page has something on it', async () => {
  const ann = await there.stage.user('ann@example.com');
  await fill(ann, { zone, dentist, people: targets(12) });
  all = new Map((await places(ann)).map((p) => [p[0], p]));
  page = await there.enter('ann@example.com');
  filled = true;
});
// The names are known before anything is: places() only adds ids to them.
const names = [
  'overview', 'live', 'campaigns', 'campaign_new', 'campaign', 'campaign_calls', 'campaign_rules', 'campaign_activity', 'campaign_start', 'campaign_edit',
  'tasks', 'task_new', 'task_questions', 'task', 'calls', 'call', 'gaps', 'gap', 'knowledge', 'knowledge_piece', 'profile', 'ask', 'calendar', 'contacts', 'contact', 'suppressions',
  'settings_assistant', 'settings_identity', 'settings_carrier', 'settings_models', 'settings_credentials', 'settings_usage', 'settings_keys', 'settings_webhooks', 'settings_users',
  'audit', 'actors', 'actor', 'palette', 'help', 'notifications', 'stop', 'docs', 'not_found',
];
there.scene('the list of pages is whole', async () => assert.deepEqual([...all.keys()].sort(), [...names].sort()));

for (const name of names)
  for (const scheme of ['light', 'dark'])
    there.scene(`${name} in ${scheme} is free of serious findings`, async () => {
      assert.ok(filled, 'not tried, because there is nothing on the pages');
      await page.emulateMedia({ colorScheme: scheme });
      if (scheme === 'light') await visit(page, there.stage.url, all.get(name));
      else await settled(page);
      assert.equal(await page.evaluate(() => document.documentElement.dataset.mantineColorScheme), scheme);
      assert.deepEqual(await look(), []);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 1, 'the page is wider than the window');
    });

there.scene('the doors are free of serious findings', async () => {
  page = await there.window();
  for (const path of ['/sign-in', '/welcome#token=x', '/welcome'])
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto(there.stage.url + path);
      await page.getByRole('heading').first().waitFor();
      assert.deepEqual(await look(), [], path);
    }
});

for (const name of ['overview', 'live', 'campaign', 'call', 'calendar', 'gaps', 'task_questions', 'settings_webhooks'])
  there.scene(`${name} fits 360 pixels and is free of serious findings`, async () => {
    if (page.viewportSize().width !== 360) page = await there.enter('ann@example.com', { again: true, width: 360, height: 740 });
    await visit(page, there.stage.url, all.get(name));
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 1, 'the page is wider than the window');
    assert.deepEqual(await look(), []);
  });
