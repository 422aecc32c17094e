// Holds dist against its budgets: what a browser loads to sign in and to see the overview, and each
// further page. Exit 1 above them.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const kilo = 1000;
const firstLoadMost = 200 * kilo; // script of sign-in and overview together
const stylesMost = 45 * kilo;
const pageMost = 100 * kilo; // script of one page beyond the first load, with the parts that pages share
const heavy = /docs_page|swagger/i; // the API reference: Swagger UI, only when it is opened

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const manifestPath = join(dist, '.vite/manifest.json');
if (!existsSync(manifestPath)) {
  console.error('budget: there is no dist; run `npm run build` first');
  process.exit(1);
}
const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));
const sizes = new Map();
const sizeOf = (file) => {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(join(dist, file)), { level: 9 }).length);
  return sizes.get(file);
};

/** All chunks that are loaded with one, itself among them. */
function reach(key, into = new Set()) {
  if (into.has(key)) return into;
  into.add(key);
  for (const next of manifest[key]?.imports ?? []) reach(next, into);
  return into;
}
const scriptsOf = (keys) => new Set([...keys].map((k) => manifest[k].file).filter((f) => f.endsWith('.js')));
const stylesOf = (keys) => new Set([...keys].flatMap((k) => manifest[k].css ?? []));
const sum = (files) => [...files].reduce((all, file) => all + sizeOf(file), 0);
const show = (bytes) => `${(bytes / kilo).toFixed(1)} kB`;

const entries = Object.keys(manifest).filter((k) => manifest[k].isEntry);
const first = new Set();
for (const key of entries) reach(key, first);
for (const key of Object.keys(manifest).filter((k) => /(sign_in_page|overview_page)\.tsx$/.test(k)))
  reach(key, first);
// Plain scripts of public/ that index.html names.
const plain = readdirSync(dist).filter((f) => f.endsWith('.js') && statSync(join(dist, f)).isFile());

let wrong = 0;
const judge = (name, bytes, most) => {
  const good = bytes <= most;
  if (!good) wrong += 1;
  console.log(`${good ? 'ok  ' : 'OVER'} ${name}: ${show(bytes)} gzipped of ${show(most)}`);
};

const firstScripts = scriptsOf(first);
judge('first load, script', sum(firstScripts) + sum(plain), firstLoadMost);
judge('first load, styles', sum(stylesOf(first)), stylesMost);
for (const key of Object.keys(manifest).filter((k) => manifest[k].isDynamicEntry)) {
  const more = [...scriptsOf(reach(key))].filter((f) => !firstScripts.has(f));
  if (more.length === 0) continue;
  if (heavy.test(key)) console.log(`     ${key}: ${show(sum(more))} gzipped, loaded only there`);
  else judge(key, sum(more), pageMost);
}
process.exit(wrong === 0 ? 0 : 1);
