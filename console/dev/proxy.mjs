// For development only: serves dist as the engine will, over an engine that has no sign-in of its own.
//
//   node dev/proxy.mjs --engine http://127.0.0.1:8080 --key rm_... [--port 8090] [--base /] [--samples]
//
// It answers /api/session itself and adds the key to what it passes on. With --samples, routes that the engine
// does not know (404) are answered from dev/samples.mjs, so that their pages can be looked at.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sample } from './samples.mjs';

const { values: wish } = parseArgs({
  options: {
    engine: { type: 'string', default: 'http://127.0.0.1:8080' },
    key: { type: 'string', default: process.env.KEY ?? '' },
    port: { type: 'string', default: '8090' },
    base: { type: 'string', default: '/' },
    samples: { type: 'boolean', default: false },
  },
});
const engine = new URL(wish.engine);
const base = wish.base.endsWith('/') ? wish.base : `${wish.base}/`;
const dist = fileURLToPath(new URL('../dist', import.meta.url));
const types = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml', '.json': 'application/json', '.map': 'application/json',
};
const csrf = randomBytes(16).toString('hex');
let signedIn = true;

const session = () => ({
  user: { id: '00000000-0000-7000-8000-000000000001', email: 'demo@ringmaster.example', role: 'operator' },
  csrf_token: csrf,
  expires_at: new Date(Date.now() + 12 * 3600_000).toISOString(),
  installation: { version: 'dev', simulated: true, time_zone: 'America/New_York' },
});

function json(res, status, body) {
  const problem = status >= 400;
  res.writeHead(status, { 'Content-Type': problem ? 'application/problem+json' : 'application/json', 'Cache-Control': 'no-store' });
  res.end(body === undefined ? undefined : JSON.stringify(body));
}
const refuse = (res, status, title, detail) =>
  json(res, status, { type: 'about:blank', title, status, detail, code: 'dev', success: false });

async function readBody(req) {
  const parts = [];
  for await (const part of req) parts.push(part);
  return Buffer.concat(parts);
}

async function answerSession(req, res, path) {
  if (req.method === 'DELETE') {
    signedIn = false;
    res.writeHead(204).end();
    return;
  }
  if (req.method === 'POST') {
    const given = JSON.parse((await readBody(req)).toString() || '{}');
    if (path === '/api/session' && given.password === 'wrong')
      return refuse(res, 401, 'Not signed in', 'This address and password do not belong together.');
    signedIn = true;
  }
  if (!signedIn) return refuse(res, 401, 'Not signed in', 'Sign in first.');
  json(res, 200, session());
}

function pass(req, res, path, body) {
  const headers = { ...req.headers, host: engine.host, authorization: `Bearer ${wish.key}` };
  delete headers.cookie;
  delete headers.origin;
  delete headers.referer;
  if (body) headers['content-length'] = String(body.length);
  const out = request({ hostname: engine.hostname, port: engine.port, path, method: req.method, headers }, async (answer) => {
    if (wish.samples && answer.statusCode === 404) {
      answer.resume();
      const found = sample(req.method, path, body);
      if (found) return json(res, found.status ?? 200, found.body);
      return refuse(res, 404, 'Not found', 'There is no such route.');
    }
    res.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(res);
  });
  out.on('error', () => refuse(res, 502, 'No engine', 'The engine does not answer.'));
  res.on('close', () => out.destroy());
  out.end(body);
}

function serve(res, path) {
  const file = normalize(join(dist, path));
  const asset = file.startsWith(dist) && path !== '/' && extname(path) !== '' && existsSync(file);
  if (!asset && /^\/(assets|scheme\.js|favicon)/.test(path)) return refuse(res, 404, 'Not found', 'There is no such file.');
  const nonce = randomBytes(16).toString('base64');
  const headers = {
    'Content-Security-Policy':
      `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; style-src-attr 'unsafe-inline'; ` +
      `img-src 'self' data:; connect-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'`,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  };
  if (asset) {
    res.writeHead(200, { ...headers, 'Content-Type': types[extname(file)] ?? 'application/octet-stream', 'Cache-Control': 'max-age=31536000, immutable' });
    return res.end(readFileSync(file));
  }
  const page = readFileSync(join(dist, 'index.html'), 'utf8')
    .replace('__CSP_NONCE__', nonce)
    .replace('<base href="/"', `<base href="${base}"`)
    .replace('name="base-path" content="/"', `name="base-path" content="${base}"`);
  res.writeHead(200, { ...headers, 'Content-Type': types['.html'], 'Cache-Control': 'no-cache' });
  res.end(page);
}

createServer(async (req, res) => {
  let path = req.url ?? '/';
  if (base !== '/') {
    if (!path.startsWith(base) && path !== base.slice(0, -1)) return refuse(res, 404, 'Not found', `The console lives below ${base}.`);
    path = path.slice(base.length - 1) || '/';
  }
  const bare = path.split('?')[0];
  try {
    if (bare.startsWith('/api/session')) return await answerSession(req, res, bare);
    if (!bare.startsWith('/api/') && !['/openapi.json', '/readyz', '/healthz', '/metrics'].includes(bare)) return serve(res, bare);
    if (!signedIn) return refuse(res, 401, 'Not signed in', 'Sign in first.');
    const writes = !['GET', 'HEAD'].includes(req.method ?? 'GET');
    if (writes && req.headers['x-csrf-token'] !== csrf)
      return refuse(res, 403, 'Not from this console', 'The X-CSRF-Token is missing or wrong.');
    pass(req, res, path, writes ? await readBody(req) : undefined);
  } catch (e) {
    refuse(res, 500, 'The proxy failed', String(e));
  }
}).listen(Number(wish.port), '127.0.0.1', () => console.log(`console at http://127.0.0.1:${wish.port}${base}`));
