// npm run new:provider -- <id>: a folder that compiles and says honestly what it cannot do yet.
import { spawnSync } from 'node:child_process';

const done = spawnSync(process.execPath, ['scripts/new-provider.mjs', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(done.status ?? 1);
