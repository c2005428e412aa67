// Builds what changed: the programs by the Nest CLI, the workflow bundle, the console. Callable as a task too.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const SKIPPED = new Set(['node_modules', 'dist', 'var', '.git']);

/** A hash over every source that the build reads, so that an unchanged tree is not built again. */
function hashOf(folders) {
  const hash = createHash('sha256');
  const visit = (path) => {
    if (SKIPPED.has(path.split('/').at(-1))) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).toSorted()) visit(join(path, name));
      return;
    }
    hash.update(relative(root, path)).update(readFileSync(path));
  };
  for (const folder of folders) if (existsSync(join(root, folder))) visit(join(root, folder));
  return hash.digest('hex');
}

function run(title, command, args) {
  const startedAt = Date.now();
  process.stdout.write(`${title} …`);
  const done = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  if (done.status !== 0) {
    process.stdout.write(' failed\n');
    process.stderr.write(`${done.stdout}${done.stderr}\n${title} failed.\n`);
    process.exit(done.status ?? 1);
  }
  process.stdout.write(` ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`);
}

/** Runs `work` unless its inputs are those of the last time. */
function whenChanged(name, folders, work) {
  const stamp = join(root, 'dist', `.${name}.hash`);
  const hash = hashOf([...folders, 'package-lock.json', 'tsconfig.json', 'nest-cli.json']);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  work();
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, hash);
}

export function build() {
  const sources = [
    'apps/api',
    'apps/worker',
    'apps/cli',
    'apps/demo',
    'libs',
    'workflows',
    'providers',
    'config',
    'test/yard',
    'test/bench',
    'tsconfig.build.json',
  ];
  whenChanged('programs', sources, () => {
    // All programs in one pass: they share most of their sources.
    run('Building the programs', process.execPath, ['node_modules/@nestjs/cli/bin/nest.js', 'build', 'all']);
    run('Bundling workflows', process.execPath, ['scripts/bundle-workflows.mjs']);
  });
  if (existsSync(join(root, 'apps/console/vite.config.ts'))) {
    whenChanged('console', ['apps/console', 'libs/contracts', 'libs/kernel'], () => {
      run('Building the console', process.execPath, [
        'node_modules/vite/bin/vite.js',
        'build',
        'apps/console',
      ]);
    });
  }
}

if (process.argv[1] === import.meta.filename) build();
