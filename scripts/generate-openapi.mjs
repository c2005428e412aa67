// Writes openapi.json from the route table. With --check nothing is written; the exit status is 1 when the file is not
// what would be written, and a change that breaks existing callers is named.
import './typescript-hooks.mjs';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const { openApiDocument } = await import('../apps/api/src/openapi/document.ts');

const file = new URL('../openapi.json', import.meta.url);
const text = `${JSON.stringify(openApiDocument(), null, 2)}\n`;
const current = existsSync(file) ? readFileSync(file, 'utf8') : '';

if (current === text) {
  console.log('openapi.json is up to date');
} else if (process.argv.includes('--check')) {
  console.error('openapi.json does not match the route table; run scripts/generate-openapi.mjs');
  for (const gone of removedOperations(current, text)) console.error(`  breaks callers: ${gone} is gone`);
  process.exitCode = 1;
} else {
  writeFileSync(file, text);
  console.log(`wrote ${fileURLToPath(file)}`);
}

function removedOperations(before, after) {
  const known = operationsOf(after);
  return operationsOf(before).filter((operation) => !known.includes(operation));
}

function operationsOf(json) {
  const { paths = {} } = JSON.parse(json || '{}');
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
}
