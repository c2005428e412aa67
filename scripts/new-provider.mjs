// npm run new:provider -- <id>: a folder under providers/ that compiles and says honestly what it does not do yet,
// and its entry in the generated registry. Nothing else is touched; an SDK is added to package.json by npm.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { filesOf } from './new-provider-files.mjs';

const id = process.argv[2] ?? '';
const folder = new URL(`../providers/${id}/`, import.meta.url);

if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) {
  fail(`a provider id has lower-case letters, digits and hyphens, like "open-stack"; "${id}" does not`);
} else if (existsSync(folder)) {
  fail(`providers/${id} is already there; nothing was written`);
} else {
  const name = id.replace(/(?:^|-)([a-z0-9])/g, (_, first) => first.toUpperCase());
  mkdirSync(folder);
  for (const [path, text] of Object.entries(filesOf(id, name))) writeFileSync(new URL(path, folder), text);
  const prettier = fileURLToPath(new URL('../node_modules/prettier/bin/prettier.cjs', import.meta.url));
  execFileSync(process.execPath, [prettier, '--log-level', 'warn', '--write', fileURLToPath(folder)]);
  const generator = fileURLToPath(new URL('generate-registry.mjs', import.meta.url));
  execFileSync(process.execPath, [generator], { stdio: 'inherit' });
  console.log(`providers/${id} is there; its README says what belongs where.`);
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
