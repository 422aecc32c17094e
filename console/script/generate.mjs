// Makes src/api/schema.d.ts, the types of the API, from the engine's own document.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const from = new URL('../../net/openapi.yaml', import.meta.url);
const to = new URL('../src/api/schema.d.ts', import.meta.url);

const text =
  '// Generated from net/openapi.yaml by `npm run generate`. Not edited, not committed.\n' +
  astToString(await openapiTS(from, { defaultNonNullable: false }));
const path = fileURLToPath(to);
if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
