// The real thing for tests: the engine with its private PostgreSQL and the carrier simulator, in a folder of
// their own, started and ended as processes. Nobody is called, and only these processes are ended.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Over, until } from './until.mjs';

export const consoleFolder = fileURLToPath(new URL('../dist', import.meta.url));
const repository = fileURLToPath(new URL('../..', import.meta.url));

/** The program under test: RINGMASTER_BINARY, or where script/build puts it. */
export function binary() {
  const places = [process.env.RINGMASTER_BINARY, join(repository, 'build/release/ringmaster'), join(repository, 'build/dev/ringmaster')];
  const found = places.find((p) => p && existsSync(p));
  if (!found) throw new Error('no ringmaster to test: build it, or name it in RINGMASTER_BINARY');
  return found;
}

const account = { sid: `AC${'0123456789abcdef'.repeat(2)}`, token: '0123456789abcdef'.repeat(2), from: '+14155550199' };

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const alive = new Set();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGTERM');
});

/** A program that runs beside the tests, and what it said. */
class Program {
  said = '';
  ended = false;
  constructor(words, { env = {}, folder }) {
    const passed = Object.fromEntries(['PATH', 'HOME', 'LANG', 'TMPDIR', 'TZDIR'].filter((n) => process.env[n]).map((n) => [n, process.env[n]]));
    this.child = spawn(binary(), words, { env: { ...passed, ...env }, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    alive.add(this.child);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        this.said = (this.said + text).slice(-200_000);
      });
    }
    this.gone = new Promise((resolve) => {
      const over = (code) => {
        this.ended = true;
        alive.delete(this.child);
        resolve(code);
      };
      this.child.once('exit', over);
      this.child.once('error', (e) => {
        this.said += String(e);
        over(-1);
      });
    });
  }
  async line(pattern, within = 30_000) {
    return until(
      () => {
        const found = pattern.exec(this.said);
        if (!found && this.ended) throw new Over(`it ended: ${this.said.slice(-3000)}`);
        return found;
      },
      `a line like ${pattern}`,
      within,
    );
  }
  async end(patience = 20_000) {
    if (this.ended) return this.gone;
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), patience);
    const code = await this.gone;
    clearTimeout(late);
    return code;
  }
  async kill() {
    this.child.kill('SIGKILL');
    return this.gone;
  }
}

export class Stage {
  /** @param wish flags of the simulator, settings of the engine. */
  static async open({ carrier = [], settings = {}, scale = 12 } = {}) {
    if (!existsSync(join(consoleFolder, 'index.html'))) throw new Error('there is no dist; run `npm run build` first');
    const s = new Stage();
    s.folder = mkdtempSync(join(tmpdir(), 'ringmaster-console-'));
    // Started by root, the private server runs as another user, who has to get through to its own folder.
    chmodSync(s.folder, 0o711);
    try {
      s.carrierProgram = new Program(
        ['carrier', '--listen', '127.0.0.1:0', '--account-sid', account.sid, '--auth-token', account.token, '--from', account.from, '--log', 'none', '--seed', '7', '--time-scale', String(scale), ...carrier],
        { folder: s.folder },
      );
      s.carrierUrl = (await s.carrierProgram.line(/listening on (http:\/\/\S+)/))[1];
      s.port = await freePort();
      s.url = `http://127.0.0.1:${s.port}`;
      const all = {
        HTTP_LISTEN: `127.0.0.1:${s.port}`, HTTP_PUBLIC_URL: s.url, DATA_DIRECTORY: join(s.folder, 'var'), CONSOLE_DIRECTORY: consoleFolder,
        CARRIER_BASE_URL: s.carrierUrl, CARRIER_ACCOUNT_SID: account.sid, CARRIER_AUTH_TOKEN: account.token, CARRIER_FROM: account.from,
        CARRIER_CALLS_PER_SECOND: '0', CARRIER_RECONCILE_AFTER: '1s', CARRIER_RECONCILE_AGAIN: '1s', CARRIER_RECONCILE_GIVE_UP: '3s', CARRIER_POLL_SILENCE: '3s',
        CALLING_MIN_GAP: '1s', CALLING_RETRY_BUSY: '1s', CALLING_RETRY_NO_ANSWER: '1s', CALLING_RETRY_VOICEMAIL: '1s', CALLING_RETRY_FAILED: '1s', LIMITS_DRAIN_TIMEOUT: '2s',
        LIMITS_CONNECTIONS_PER_ADDRESS: '1000', LOG_LEVEL: 'info',
        ...settings,
      };
      s.environment = Object.fromEntries(Object.entries(all).map(([name, value]) => [`RINGMASTER_${name}`, String(value)]));
      await s.start();
    } catch (e) {
      await s.close();
      throw e;
    }
    return s;
  }

  async start() {
    this.engine = new Program(['serve'], { env: this.environment, folder: this.folder });
    await this.engine.line(/listening on http:\/\//);
    await until(async () => (await fetch(`${this.url}/readyz`).catch(() => null))?.status === 200, 'the engine to be ready', 30_000);
  }
  /** As if the machine lost it: nothing is put away, the database goes on running. */
  async killEngine() {
    await this.engine.kill();
  }
  /** The one-time link of a first start. */
  welcome() {
    return readFileSync(join(this.folder, 'var/welcome'), 'utf8').trim();
  }
  async command(words) {
    const run = new Program(words, { env: this.environment, folder: this.folder });
    if ((await run.gone) !== 0) throw new Error(`ringmaster ${words.join(' ')}: ${run.said}`);
    return run.said;
  }
  /** An account with a key, as an operator of the machine makes them. */
  async user(email, { add = true } = {}) {
    if (add) await this.command(['user', 'add', email]);
    const said = await this.command(['key', 'create', '--user', email, '--json']);
    const key = said.split('\n').flatMap((line) => {
      try {
        return JSON.parse(line).key ?? [];
      } catch {
        return [];
      }
    })[0];
    return new Api(this.url, key);
  }
  /** A link with which a password is set, once. */
  async link(email) {
    return /http\S+\/welcome#token=\S+/.exec(await this.command(['user', 'link', email]))[0];
  }
  /** Changes who answers which number while it runs. */
  async scenario(change) {
    const answer = await fetch(`${this.carrierUrl}/simulator/scenario`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(change) });
    if (!answer.ok) throw new Error(`the simulator: ${answer.status} ${await answer.text()}`);
  }
  tail() {
    return `engine:\n${(this.engine?.said ?? '').slice(-3000)}\ncarrier:\n${(this.carrierProgram?.said ?? '').slice(-600)}`;
  }
  async close() {
    if (this.engine?.ended && existsSync(join(this.folder, 'var/postgres/postmaster.pid'))) {
      // A killed engine leaves its database behind; only an engine ends it in order.
      await this.start().catch(() => undefined);
    }
    await this.engine?.end();
    await this.carrierProgram?.end();
    if (!process.env.RINGMASTER_TEST_KEEP) rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** The API by key: what tests prepare, and what they look at beside the page. */
export class Api {
  constructor(url, key) {
    this.url = url;
    this.key = key;
  }
  async call(method, path, body, headers = {}) {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await fetch(this.url + path, {
      method,
      headers: { Authorization: `Bearer ${this.key}`, ...(text === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(text === undefined ? {} : { body: text }),
    });
    const said = await answer.text();
    let document;
    try {
      document = JSON.parse(said);
    } catch {
      document = said;
    }
    return { status: answer.status, document };
  }
  async must(method, path, body, headers) {
    const { status, document } = await this.call(method, path, body, headers);
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(document).slice(0, 800)}`);
    return document;
  }
  get(path) {
    return this.must('GET', path);
  }
  post(path, body = {}) {
    return this.must('POST', path, body);
  }
  patch(path, body) {
    return this.must('PATCH', path, body);
  }
  put(path, body) {
    return this.must('PUT', path, body);
  }
}
