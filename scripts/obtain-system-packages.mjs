// Debian packages of the test lanes that need them; only where everything is required, and only as root.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const openstack = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', 'test/yard/openstack/debian-packages.json'), 'utf8'),
);

/** What must be there → packages that bring it. */
const NEEDED = {
  '/usr/sbin/haproxy': ['haproxy'],
  '/usr/bin/chromium': ['chromium'],
  '/usr/sbin/pdns_server': ['pdns-server'],
  '/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql': ['pdns-backend-sqlite3'],
  ...Object.fromEntries(
    Object.entries(openstack.programs).map(([path, name]) => [path, [name, ...openstack.others]]),
  ),
};

/** Debian asks it whether a package may start its service on installation: the yard starts its own. */
const POLICY = '/usr/sbin/policy-rc.d';

export function obtainSystemPackages() {
  const missing = Object.entries(NEEDED).filter(([path]) => !existsSync(path));
  if (missing.length === 0) return;
  const names = [...new Set(missing.flatMap(([, packages]) => packages))];
  if (process.getuid?.() !== 0) {
    process.stderr.write(`These lanes need packages that only root can install: ${names.join(', ')}.\n`);
    return;
  }
  process.stdout.write(`Installing ${names.join(', ')} …\n`);
  withoutServices(() => {
    apt('update', '-qq');
    apt('install', '-y', '-qq', '--no-install-recommends', ...names);
  });
}

/** A policy that is there already is the machine's own and stays. */
function withoutServices(work) {
  const own = existsSync(POLICY);
  if (!own) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    work();
  } finally {
    if (!own) rmSync(POLICY, { force: true });
  }
}

function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const done = spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  if (done.status !== 0)
    process.stderr.write(`apt-get ${args[0]} failed; the lanes that need it will say so.\n`);
}
