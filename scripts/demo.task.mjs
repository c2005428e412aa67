// npm start: builds what changed and runs the flash sale, end to end. npm start -- --help lists the options.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from './build.mjs';

build();
const root = join(import.meta.dirname, '..');
const demo = spawn(
  process.execPath,
  ['--enable-source-maps', join(root, 'dist/apps/demo/src/main.js'), ...process.argv.slice(2)],
  // The channel tells the demo when this process is gone, however it went.
  { cwd: root, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => demo.kill(signal));
process.on('disconnect', () => demo.kill('SIGTERM'));
demo.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
