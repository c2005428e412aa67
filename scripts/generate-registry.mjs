// Writes providers/registry.generated.ts from the folder listing: one entry per providers/<id>/index.ts.
// With --check nothing is written; the exit status is 1 when the file is not what would be written.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../providers/', import.meta.url);
const file = new URL('registry.generated.ts', folder);

const ids = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/index.ts`, folder)))
  .map((entry) => entry.name)
  .toSorted();

const entry = (id) => `  ${/^[a-z]+$/.test(id) ? id : `'${id}'`}: async () => import('./${id}/index.js'),`;
const text = `// Written by scripts/generate-registry.mjs from the folders here; do not edit.
import type { ProviderManifest } from '@springtide/provider-kit';

/** A provider is loaded, with its SDK, only when an account of it is used. */
export const providers: Readonly<Record<string, () => Promise<Readonly<{ manifest: ProviderManifest }>>>> = {
${ids.map(entry).join('\n')}
};
`;

const current = existsSync(file) ? readFileSync(file, 'utf8') : '';
if (current === text) {
  console.log(`provider registry: ${ids.join(', ')}`);
} else if (process.argv.includes('--check')) {
  console.error(
    'providers/registry.generated.ts does not match the folders; run scripts/generate-registry.mjs',
  );
  process.exitCode = 1;
} else {
  writeFileSync(file, text);
  console.log(`wrote ${fileURLToPath(file)}: ${ids.join(', ')}`);
}
