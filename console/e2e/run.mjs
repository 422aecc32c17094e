// Runs the tests of the console against the real engine, and counts them.
//
//   npm run e2e [-- first_minutes axe]        RINGMASTER_BINARY=… CHROMIUM=… RINGMASTER_TEST_KEEP=1
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { binary } from './stage.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const wished = process.argv.slice(2);
const files = readdirSync(here)
  .filter((f) => f.endsWith('.test.mjs') && (wished.length === 0 || wished.some((w) => f.startsWith(w))))
  .sort()
  .map((f) => join(here, f));
process.env.RINGMASTER_BINARY = binary();

const begin = Date.now();
let passed = 0;
let failed = 0;
const count = (good) => (e) => {
  if (e.details?.type === 'suite') return;
  // A file that breaks before its first test is reported as a test of that name.
  if (good && files.includes(e.name)) return;
  if (good) passed += 1;
  else failed += 1;
  console.log(`${good ? 'ok  ' : 'FAIL'} ${e.name} (${Math.round(e.details?.duration_ms ?? 0)} ms)`);
  if (!good) {
    const why = e.details?.error?.cause ?? e.details?.error;
    const said = String(why?.message).startsWith('not tried') ? why.message : String(why?.stack ?? why);
    console.log(`     ${said.split('\n').slice(0, 14).join('\n     ')}`);
  }
};

const play = (some, concurrency) =>
  new Promise((resolve) => {
    if (some.length === 0) return resolve();
    const stream = run({ files: some, concurrency, timeout: 300_000 });
    stream.on('test:pass', count(true));
    stream.on('test:fail', count(false));
    stream.on('test:stdout', (e) => process.stdout.write(e.message));
    stream.on('test:stderr', (e) => process.stderr.write(e.message));
    stream.once('end', resolve);
    stream.resume();
  });
// Two at a time, each with an engine of its own; what is measured is measured alone.
const measures = (f) => f.endsWith('/speed.test.mjs');
await play(files.filter((f) => !measures(f)), 2);
await play(files.filter(measures), 1);
console.log(`${Math.round((Date.now() - begin) / 1000)} s`);
console.log(`tests: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
