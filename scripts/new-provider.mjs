// npm run new:provider -- <id> [--sdk name@version]: a folder under providers/ that compiles and says honestly what it
// does not do yet, its entry in the generated registry and, with an SDK, a line in package.json. Nothing else is touched.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { filesOf } from './new-provider-files.mjs';

const { positionals, values } = parseArgs({ allowPositionals: true, options: { sdk: { type: 'string' } } });
const [id = ''] = positionals;
const sdk = /^(@?[a-z0-9][\w./-]*)@(\d+\.\d+\.\d+[\w.-]*)$/.exec(values.sdk ?? '');
const folder = new URL(`../providers/${id}/`, import.meta.url);

if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) {
  fail(`a provider id has lower-case letters, digits and hyphens, like "open-stack"; "${id}" does not`);
} else if (existsSync(folder)) {
  fail(`providers/${id} is already there; nothing was written`);
} else if (values.sdk !== undefined && sdk === null) {
  fail(
    `an SDK is named with its exact version, like "@vendor/sdk@1.2.3"; "${values.sdk}" is not; nothing was written`,
  );
} else {
  const name = id.replace(/(?:^|-)([a-z0-9])/g, (_, first) => first.toUpperCase());
  mkdirSync(folder);
  for (const [path, text] of Object.entries(filesOf(id, name))) {
    mkdirSync(dirname(fileURLToPath(new URL(path, folder))), { recursive: true });
    writeFileSync(new URL(path, folder), text);
  }
  const prettier = fileURLToPath(new URL('../node_modules/prettier/bin/prettier.cjs', import.meta.url));
  execFileSync(process.execPath, [prettier, '--log-level', 'warn', '--write', fileURLToPath(folder)]);
  const generator = fileURLToPath(new URL('generate-registry.mjs', import.meta.url));
  execFileSync(process.execPath, [generator], { stdio: 'inherit' });
  if (sdk !== null) addDependency(sdk[1], sdk[2]);
  console.log(`providers/${id} is there; its README says what belongs where.`);
}

/** In its place among the others; `npm install` fetches it. */
function addDependency(name, version) {
  const file = new URL('../package.json', import.meta.url);
  const described = JSON.parse(readFileSync(file, 'utf8'));
  const all = Object.entries({ ...described.dependencies, [name]: version });
  described.dependencies = Object.fromEntries(all.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify(described, null, 2)}\n`);
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
