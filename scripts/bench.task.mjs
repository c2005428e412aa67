// npm run bench -- planner,effects [options]: JSON lines {name, value, unit, baseline, ratio}.
import { spawnSync } from 'node:child_process';

const done = spawnSync(
  process.execPath,
  [
    '--enable-source-maps',
    '--import',
    './scripts/typescript-hooks.mjs',
    'test/bench/bench.main.ts',
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
);
process.exit(done.status ?? 1);
