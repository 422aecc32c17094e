// Takes the pictures of docs/console: every page of the console, over the real engine with the simulated carrier and
// the demo's people. Nobody is called.
//
//   npm run pictures [-- call,gaps]        RINGMASTER_BINARY=… CHROMIUM=…
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { fill, places, settled, visit } from '../e2e/places.mjs';
import { Stage } from '../e2e/stage.mjs';
import { until } from '../e2e/until.mjs';

const docs = fileURLToPath(new URL('../../docs/console/', import.meta.url));
const only = (process.argv[2] ?? '').split(',').filter(Boolean);
const most = 200_000;
const dentist = '+14155550180';
const password = 'four words in a row';

// What each shows, in the order in which they stand in the README.
const texts = {
  overview: ['Overview', 'What goes on, what waits for you, how the day went, and how the engine is.'],
  live: ['Live calls', 'Each call with its words as they are spoken; you can say something, whisper to the assistant, hand it over or hang up.'],
  campaigns: ['Campaigns', 'All of them with status, progress and window.'],
  campaign_new: ['A new campaign', 'Script, list, window and pace; nothing dials before it is started.'],
  campaign: ['A campaign', 'How far it is, why it does or does not dial now, and what came of each number.'],
  campaign_calls: ['Its calls', 'Over time with the calling window shaded, by outcome, and one by one.'],
  campaign_rules: ['Its rules', 'And what its calls say.'],
  campaign_activity: ['Its activity', 'Who did what, the engine among them.'],
  campaign_start: ['The start', 'The only button that makes a campaign dial says first what it means.'],
  campaign_edit: ['Editing', 'Of a draft, or while it is paused.'],
  tasks: ['Tasks', 'One thing each to get done by phone; those that wait for you come first.'],
  task_new: ['A new task', 'A wish in your own words, and what bounds it.'],
  task_questions: ['Questions', 'What is missing is asked before anybody is called.'],
  task: ['A task', 'Its plan, its calls and what they came to.'],
  calls: ['Call history', 'Every call with what came of it.'],
  call: ['A call', 'Transcript on its timeline; each value shows the words that it rests on.'],
  gaps: ['Knowledge gaps', 'What was asked and could not be answered, grouped.'],
  gap: ['One gap', 'Answered once, and asked again at once.'],
  knowledge: ['Knowledge base', 'What agents know; a question can be tried without a trace.'],
  knowledge_piece: ['One piece of it', 'Only people write it.'],
  profile: ['Business profile', 'The second source of what agents say.'],
  ask: ['Asking an agent', 'It answers from its sources, or says that it does not know.'],
  calendar: ['Calendar', 'Agents propose, you decide.'],
  contacts: ['Contacts', 'The people whom tasks call.'],
  contact: ['A contact', 'With the hours by which it may be called.'],
  suppressions: ['Never call', 'Numbers that nothing ever dials.'],
  settings_assistant: ['Settings', 'How the assistant speaks, what it may agree to, and when it may call.'],
  settings_identity: ['About you', 'What proves that you are you, sealed, and which of it may be spoken.'],
  settings_carrier: ['Carrier', 'As it is set up, with a trial that dials nobody.'],
  settings_models: ['Models', 'In the order in which they are asked, each with a trial.'],
  settings_credentials: ['Own keys', 'Kept sealed, used by the engine alone.'],
  settings_usage: ['Costs', 'What models cost, by day and by what they did.'],
  settings_keys: ['API keys', 'By scope, shown once.'],
  settings_webhooks: ['Webhooks', 'Signed news for other programs, with a log and replay.'],
  settings_users: ['Users', 'For operators.'],
  audit: ['Audit trail', 'Every step with who took it; its chain can be checked.'],
  actors: ['Actors', 'The engine from the inside, for operators.'],
  actor: ['One actor', 'State, last messages, buckets; restart and stop by typing its name.'],
  palette: ['Ctrl-K', 'Everything by its name.'],
  help: ['Keys', 'All of them, by ?.'],
  notifications: ['Notifications', 'What the engine told you.'],
  stop: ['The stop', 'One button ends all dialing; it holds over restarts.'],
  docs: ['API reference', 'Swagger UI, from the engine itself, without the internet.'],
  not_found: ['Nowhere', 'A way back.'],
  sign_in: ['Sign-in', ''],
  welcome: ['The first start', 'The one-time link that the engine prints leads here.'],
  overview_dark: ['Overview, dark', ''],
  campaign_calls_dark: ['Calls of a campaign, dark', ''],
  call_dark: ['A call, dark', ''],
  actors_dark: ['Actors, dark', ''],
  live_narrow: ['Live calls at 360 pixels', ''],
  calendar_narrow: ['Approvals at 360 pixels', ''],
  task_narrow: ['A task at 360 pixels', ''],
};

function store(name, png) {
  const path = `${docs}${name}.png`;
  writeFileSync(path, png);
  // A palette makes them a third as large; without ImageMagick they stay as they are.
  const small = spawnSync('convert', [path, '-strip', '+dither', '-colors', '128', '-define', 'png:compression-level=9', `PNG8:${path}`]);
  const size = statSync(path).size;
  console.log(`${name}: ${Math.round(size / 1000)} kB${small.status === 0 ? '' : ', not reduced'}`);
  if (size > most) throw new Error(`${name} is too large for the repository`);
}

mkdirSync(docs, { recursive: true });
const people = readFileSync(new URL('../../config/demo/targets.csv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(1, 25)
  .map((line) => line.split(','));
const head = readFileSync(new URL('../../config/demo/targets.csv', import.meta.url), 'utf8').split('\n')[0].trim().split(',');
const targets = people.map((cells) => ({ phone_number: cells[head.indexOf('phone_number')].trim(), contact_name: cells[head.indexOf('contact_name')].trim() }));

const stage = await Stage.open({
  scale: 12,
  carrier: ['--mix', 'answered=8,busy=2,no-answer=2,voicemail=1', '--ring', '1s..4s', '--persona', `${dentist}=dentist`, '--persona-mix', 'shop=2,curious=2,slow-talker=2,wrong-number=1,angry-opt-out=1'],
});
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
try {
  const api = await stage.user('desk@garage.example');
  await fill(api, { dentist, people: targets });
  const open = async ({ width = 1280, height = 800, dark = false } = {}) => {
    const page = await (await browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' })).newPage();
    page.setDefaultTimeout(20_000);
    return page;
  };
  const wide = await open();
  const wants = (name) => only.length === 0 || only.includes(name);
  const shoot = async (page, name) => wants(name) && store(name, await page.screenshot());
  await wide.goto(`${stage.url}/sign-in`);
  await settled(wide);
  await shoot(wide, 'sign_in');
  await wide.goto(await stage.link('desk@garage.example'));
  await settled(wide);
  await shoot(wide, 'welcome');
  await wide.getByLabel('Email').fill('desk@garage.example');
  await wide.getByLabel('Password').first().fill(password);
  await wide.getByRole('button', { name: 'Begin' }).click();
  await wide.getByRole('button', { name: 'Your account' }).waitFor();
  const all = await places(api);
  const state = await wide.context().storageState();
  const other = async (look) => {
    const page = await open(look);
    await page.context().addCookies(state.cookies);
    return page;
  };
  // On only while nothing happens that it would be told of.
  const [hook] = (await api.get('/api/webhooks')).webhooks;
  const switchWebhook = (active) => api.patch(`/api/webhooks/${hook.id}`, { active });
  await switchWebhook(true);
  for (const place of all) {
    if (!wants(place[0]) || place[0] === 'live') continue;
    await visit(wide, stage.url, place);
    if (place[0] === 'settings_carrier' || place[0] === 'settings_models') {
      const test = wide.getByRole('button', { name: /^Test/ }).first();
      if ((await test.count()) > 0) {
        await test.click();
        await wide.getByRole('status').filter({ hasText: /./ }).last().waitFor();
        await settled(wide);
      }
    }
    await shoot(wide, place[0]);
  }
  await switchWebhook(false);
  const byName = new Map(all.map((p) => [p[0], p]));
  if (['live', 'live_narrow'].some(wants)) {
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
    const { campaign } = await api.post('/api/campaigns', { name: 'Brakes', script: 'Hello, this is Harbor Garage. It is time to look at your brakes. Would Tuesday suit you?', timezone: 'UTC', allowed_call_start_time: '00:00', allowed_call_end_time: '24:00', allowed_days_of_week: days, max_attempts: 1, targets: Array.from({ length: 40 }, (_, n) => ({ phone_number: `+1415556${String(1000 + n)}` })), rate_limit_per_minute: 100 });
    const narrow = await other({ width: 360, height: 740 });
    await wide.goto(`${stage.url}/live`);
    await narrow.goto(`${stage.url}/live`);
    await api.patch(`/api/campaigns/${campaign.id}`, { action: 'start' });
    const talks = (page) => page.locator('article', { hasText: 'Callee' }).count();
    await until(async () => (await talks(wide)) >= 3, 'calls that are talked on', 60_000);
    await shoot(wide, 'live');
    await shoot(narrow, 'live_narrow');
    await api.patch(`/api/campaigns/${campaign.id}`, { action: 'cancel' });
  }
  const dark = await other({ dark: true });
  for (const name of ['overview', 'campaign_calls', 'call', 'actors']) {
    if (!wants(`${name}_dark`)) continue;
    await visit(dark, stage.url, byName.get(name));
    await shoot(dark, `${name}_dark`);
  }
  const narrow = await other({ width: 360, height: 740 });
  for (const [name, from] of [['calendar_narrow', 'calendar'], ['task_narrow', 'task']]) {
    if (!wants(name)) continue;
    await visit(narrow, stage.url, byName.get(from));
    await shoot(narrow, name);
  }
  const lines = Object.entries(texts).map(([name, [title, text]]) => `## ${title}\n\n${text ? `${text}\n\n` : ''}![${title}](${name}.png)\n`);
  writeFileSync(
    `${docs}README.md`,
    `# The console in pictures\n\nEvery page, over the real engine with the simulated carrier and fictitious people. Made by \`npm run pictures\` in\n\`console/\`; the console itself is described in [console/README.md](../../console/README.md).\n\n${lines.join('\n')}`,
  );
} finally {
  await browser.close();
  await stage.close();
}
