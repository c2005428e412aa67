// npm run simulate -- --seed N | --seeds K [--from N]: whole campaigns in virtual time, under faults that the seed chooses.
import { spawnSync } from 'node:child_process';

const done = spawnSync(
  process.execPath,
  [
    '--enable-source-maps',
    '--import',
    './scripts/typescript-hooks.mjs',
    'test/simulation/simulate.main.ts',
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
);
process.exit(done.status ?? 1);
