// Puts a .gz and a .br beside every file of dist that gets smaller by it; the engine serves them as they are.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
// index.html is filled in by the engine for each request.
const skipped = /\/\.vite\/|(^|\/)index\.html$|\.(gz|br|png|woff2)$/;

function* files(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else yield path;
  }
}

for (const path of [...files(dist)].filter((p) => !skipped.test(p))) {
  const plain = readFileSync(path);
  const gzip = gzipSync(plain, { level: 9 });
  const brotli = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  if (gzip.length < plain.length * 0.95) writeFileSync(`${path}.gz`, gzip);
  if (brotli.length < plain.length * 0.95) writeFileSync(`${path}.br`, brotli);
}
