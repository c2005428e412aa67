// Runs on any Node >= 18 with no dependency: installs the locked packages, then hands over to the pinned Node 24.
// Usage: node scripts/bootstrap.mjs <task> [arguments]; tasks are the files scripts/<task>.task.mjs.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules', '.lock-hash');
const pinned = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');

function installLocked() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  process.stdout.write('Installing the locked packages …\n');
  const done = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (done.status !== 0) {
    process.stderr.write('npm ci failed. Nothing was started. Is the npm registry reachable?\n');
    process.exit(done.status ?? 1);
  }
  writeFileSync(stamp, hash);
}

/** The Node that the project is built for: the running one when it is new enough, else the locked one. */
function nodeToUse() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 24 || (major === 24 && minor >= 15)) return process.execPath;
  if (existsSync(pinned)) return pinned;
  process.stderr.write(
    `This machine has Node ${process.versions.node}; Springtide needs 24.15 or newer, and no locked build exists for ${process.platform}-${process.arch}. Install Node 24 and try again.\n`,
  );
  process.exit(1);
}

const [task, ...rest] = process.argv.slice(2);
const file = join(root, 'scripts', `${task}.task.mjs`);
if (!task || !existsSync(file)) {
  process.stderr.write(`There is no task "${task ?? ''}".\n`);
  process.exit(2);
}
installLocked();
const node = nodeToUse();
const child = spawn(node, [file, ...rest], {
  cwd: root,
  // The channel tells the task when this process is gone, however it went.
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  env: { ...process.env, PATH: `${dirname(node)}:${join(root, 'node_modules', '.bin')}:${process.env.PATH}` },
});
// This process only waits for the task to end in its own way.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
// npm that is ended by its pid tells nobody: what it started would go on without end.
const starter = process.ppid;
function endWithNpm() {
  if (process.ppid !== starter) child.kill('SIGTERM');
}
if (process.env.npm_lifecycle_event) setInterval(endWithNpm, 1_000).unref();
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
