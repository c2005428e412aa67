// npm run check: everything that guards main and needs no running service.
import { spawnSync } from 'node:child_process';

const bin = (name) => `node_modules/.bin/${name}`;
const node = process.execPath;

/** @type {readonly (readonly [string, string, readonly string[]])[]} */
const CHECKS = [
  ['format', node, ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings']],
  ['types', node, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--noEmit']],
  ['pure types', node, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.pure.json']],
  [
    'console types',
    node,
    ['node_modules/typescript/bin/tsc', '-p', 'apps/console/tsconfig.json', '--noEmit'],
  ],
  [
    'imports',
    node,
    [
      bin('depcruise'),
      'apps',
      'libs',
      'workflows',
      'providers',
      'config',
      '--config',
      '.dependency-cruiser.cjs',
    ],
  ],
  ['unused', node, ['node_modules/knip/bin/knip.js', '--no-progress']],
  ['registry', node, ['scripts/generate-registry.mjs', '--check']],
  ['OpenAPI', node, ['scripts/generate-openapi.mjs', '--check']],
];

let failed = 0;
for (const [name, command, args] of CHECKS) {
  const startedAt = Date.now();
  const done = spawnSync(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  const seconds = Math.round((Date.now() - startedAt) / 100) / 10;
  const ok = done.status === 0;
  process.stdout.write(`${ok ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)\n`);
  if (ok) continue;
  failed += 1;
  process.stdout.write(`${done.error ?? ''}${done.stdout ?? ''}${done.stderr ?? ''}\n`);
}
process.stdout.write(failed === 0 ? 'Every check passed.\n' : `${failed} checks failed.\n`);
process.exit(failed === 0 ? 0 : 1);
