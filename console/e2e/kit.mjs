// What the tests share: a browser, people who sign in, campaigns that may dial at this hour.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { Stage } from './stage.mjs';
import { until } from './until.mjs';

export { until };
export const password = 'four words in a row';
const allDays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** A zone in which it is day now, so that the tests run at any hour. */
export function dayZone() {
  const zones = ['Europe/London', 'America/New_York', 'America/Los_Angeles', 'Pacific/Honolulu', 'Pacific/Auckland', 'Asia/Tokyo', 'Asia/Dubai', 'Asia/Kolkata'];
  const hour = (timeZone) => Number(new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format(new Date()));
  return zones.find((z) => hour(z) >= 10 && hour(z) < 17) ?? zones[0];
}
export const zone = dayZone();

/** Rules under which a campaign may dial now, and at any time. */
export const open = { timezone: zone, allowed_call_start_time: '00:00', allowed_call_end_time: '24:00', allowed_days_of_week: allDays };
/** Rules under which it may not: only the day that is farthest away. */
export function closed() {
  const today = new Intl.DateTimeFormat('en-US', { timeZone: zone, weekday: 'short' }).format(new Date()).toLowerCase();
  return { ...open, allowed_call_start_time: '10:00', allowed_call_end_time: '16:00', allowed_days_of_week: [allDays[(allDays.indexOf(today) + 3) % 7]] };
}
export const script = 'Hello, this is the garage. It is time to change tyres. Would Tuesday suit you?';
export const campaign = (name, more = {}) => ({ name, script, ...open, rate_limit_per_minute: 100, max_attempts: 1, ...more });
export const targets = (count, from = 0) => Array.from({ length: count }, (_, n) => ({ phone_number: `+1415555${String(from + n).padStart(4, '0')}`, contact_name: `Person ${from + n}`, timezone: zone }));

/**
 * A stage with a browser for one file of tests, and a test that shows what went wrong. Where each test goes on from
 * the one before (chained), nothing is tried any more behind one that failed.
 */
export function theatre({ chained = false, ...wish } = {}) {
  const here = { stage: null, browser: null, pages: new Set(), broken: '' };
  before(async () => {
    here.stage = await Stage.open(wish);
    here.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    });
  });
  after(async () => {
    await here.browser?.close();
    await here.stage?.close();
  });
  /** A window of somebody, empty until they sign in. */
  here.window = async ({ dark = false, width = 1280, height = 850, ...more } = {}) => {
    const context = await here.browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce', ...more });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.wrong = [];
    page.on('pageerror', (e) => page.wrong.push(`error on the page: ${e.message}`));
    page.on('console', (m) => {
      if (m.type() === 'error' && !/status of (4|5)\d\d|ERR_(CONNECTION|INCOMPLETE|EMPTY)|net::ERR/.test(m.text())) page.wrong.push(`console: ${m.text().slice(0, 400)}`);
    });
    page.on('request', (r) => {
      if (!r.url().startsWith(here.stage.url) && !/^(data|blob):/.test(r.url())) page.wrong.push(`leaves the origin: ${r.url()}`);
    });
    here.pages.add(page);
    page.once('close', () => here.pages.delete(page));
    return page;
  };
  /** Somebody who signs in: by their one-time link, or in another window by the password that they have (again). */
  here.enter = async (email, { link, again = false, ...look } = {}) => {
    const page = await here.window(look);
    await page.goto(again ? `${here.stage.url}/sign-in` : (link ?? (await here.stage.link(email))));
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password').first().fill(password);
    await button(page, again ? 'Sign in' : 'Begin').click();
    await button(page, 'Your account').waitFor();
    return page;
  };
  here.scene = (name, act) =>
    test(name, async (t) => {
      if (chained && here.broken) throw new Error(`not tried, because this failed: ${here.broken}`);
      try {
        await act(t);
        const wrong = [...here.pages].flatMap((p) => p.wrong.splice(0));
        if (wrong.length > 0) throw new Error(wrong.join('\n'));
      } catch (e) {
        here.broken ||= name;
        let n = 0;
        for (const page of here.pages) {
          const path = join(tmpdir(), `console-e2e-${name.replaceAll(/\W+/g, '-').slice(0, 60)}-${(n += 1)}.png`);
          await page.screenshot({ path }).catch(() => undefined);
          console.log(`     ${page.url()} as it was: ${path}`);
        }
        // Once is enough: what follows is mostly the same.
        if (here.broken === name) console.log(here.stage?.tail().split('\n').slice(-16).join('\n     '));
        throw e;
      }
    });
  return here;
}

export const button = (where, name) => where.getByRole('button', { name, exact: true });
export const dialog = (page) => page.getByRole('dialog').last();
/** A text that is on the screen, the first of them. */
export const sees = (where, text, timeout) => where.getByText(text).first().waitFor(timeout ? { timeout } : {});
/** What a transient message says. */
export const told = (page, text) => page.locator('.mantine-Notification-root').filter({ hasText: text }).first().waitFor();
