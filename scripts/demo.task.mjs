// npm start: builds what changed and runs the flash sale, end to end. See README.md for the options.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from './build.mjs';

build();
const root = join(import.meta.dirname, '..');
const demo = spawn(
  process.execPath,
  ['--enable-source-maps', join(root, 'dist/apps/demo/src/main.js'), ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
process.on('SIGINT', () => {});
process.on('SIGTERM', () => demo.kill('SIGTERM'));
demo.on('exit', (code) => process.exit(code ?? 1));
