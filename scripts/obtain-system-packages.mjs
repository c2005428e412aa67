// Debian packages of the test lanes that need them; only where everything is required, and only as root.
import { spawnSync } from 'node:child_process';

/** Program on PATH → package. */
const PACKAGES = { haproxy: 'haproxy', chromium: 'chromium' };

export function obtainSystemPackages() {
  const missing = Object.entries(PACKAGES).filter(([program]) => spawnSync('which', [program]).status !== 0);
  if (missing.length === 0) return;
  const names = missing.map(([, name]) => name);
  if (process.getuid?.() !== 0) {
    process.stderr.write(`These lanes need packages that only root can install: ${names.join(', ')}.\n`);
    return;
  }
  process.stdout.write(`Installing ${names.join(', ')} …\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...names],
  ]) {
    const done = spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    if (done.status !== 0)
      process.stderr.write(`apt-get ${args[0]} failed; the lanes that need it will say so.\n`);
  }
}
