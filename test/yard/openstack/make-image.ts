import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { RunningProcess } from '../tools/process.js';
import { databaseUrl, writeConfiguration } from './configuration.js';
import { seedContent, seedIdentity } from './seed.js';
import { awaitAnswer, awaitComputes, startIdentity, startServices, stopAll } from './services.js';
import { createDatabaseFiles, openDatabaseToServices, sql, startDatabase, startQueue } from './stores.js';
import { DATABASES, imageFolder, keepImage, moveToPorts } from './yard-image.js';
import { inYard, PASSWORD, REGION, serviceUrl, type YardPlaces } from './yard-places.js';

const run = promisify(execFile);
const LOCK_LOOK_MS = 500;

/**
 * Makes the image of a fresh cloud where this machine has none yet: schemas, users, and a cloud's usual content. What
 * is at `places` is used up by it.
 */
export async function ensureImage(
  places: YardPlaces,
  onProgress: ((message: string) => void) | undefined,
): Promise<string> {
  const image = await imageFolder(places);
  const running: RunningProcess[] = [];
  let release = async (): Promise<void> => undefined;
  try {
    if (existsSync(image)) return image;
    release = await takeLock(`${image}.lock`);
    if (existsSync(image)) return image;
    onProgress?.('making the databases of a fresh OpenStack; this takes a minute or two, once');
    await writeConfiguration(places);
    await createDatabaseFiles(places);
    running.push(await startDatabase(places));
    await openDatabaseToServices(places);
    await makeSchemas(places);
    running.push(...(await startQueue(places)), ...(await startIdentity(places)));
    await awaitAnswer(places, 'keystone');
    await seedIdentity(places);
    await moveToPorts(places, {});
    running.push(...(await startServices(places)));
    for (const name of ['nova', 'neutron', 'glance'] as const) await awaitAnswer(places, name);
    await manage(places, 'nova-manage', ['cell_v2', 'discover_hosts']);
    await awaitComputes(places);
    await seedContent(places);
    await stopAll(running.splice(0));
    await keepImage(places, image);
    return image;
  } finally {
    await stopAll(running);
    await rm(places.folder, { recursive: true, force: true });
    await release();
  }
}

/** Several test processes want the same image at once; one makes it. */
async function takeLock(path: string): Promise<() => Promise<void>> {
  await mkdir(dirname(path), { recursive: true });
  for (;;) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx' });
      return async () => rm(path, { force: true });
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    }
    if (await isStale(path)) await rm(path, { force: true });
    else await wait(LOCK_LOOK_MS);
  }
}

async function isStale(lock: string): Promise<boolean> {
  const owner = Number(await readFile(lock, 'utf8').catch(() => ''));
  // One that is just being written names nobody yet; a signal to ourselves asks nobody else.
  if (!Number.isInteger(owner) || owner <= 0) return false;
  try {
    process.kill(owner, 0);
    return false;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

async function makeSchemas(places: YardPlaces): Promise<void> {
  await sql(places, DATABASES.map((name) => `create database ${name} character set utf8`).join('; '));
  const user = userInfo().username;
  const owner = ['--keystone-user', user, '--keystone-group', user];
  const identity = async (): Promise<void> => {
    await manage(places, 'keystone-manage', ['db_sync']);
    await manage(places, 'keystone-manage', ['fernet_setup', ...owner]);
    await manage(places, 'keystone-manage', ['credential_setup', ...owner]);
    const url = serviceUrl(places.ports, 'keystone');
    const sides = ['admin', 'public', 'internal'].flatMap((side) => [`--bootstrap-${side}-url`, url]);
    const bootstrap = [
      'bootstrap',
      '--bootstrap-password',
      PASSWORD,
      '--bootstrap-region-id',
      REGION,
      ...sides,
    ];
    await manage(places, 'keystone-manage', bootstrap);
    await manage(places, 'glance-manage', ['db_sync']);
    await manage(places, 'placement-manage', ['db', 'sync']);
  };
  const compute = async (): Promise<void> => {
    await manage(places, 'nova-manage', ['api_db', 'sync']);
    const cell0 = ['cell_v2', 'map_cell0', '--database_connection', databaseUrl(places, 'nova_cell0')];
    await manage(places, 'nova-manage', cell0);
    await manage(places, 'nova-manage', ['db', 'sync']);
    await manage(places, 'nova-manage', ['cell_v2', 'create_cell', '--name', 'cell1']);
  };
  const network = manage(places, 'neutron-db-manage', ['upgrade', 'heads']);
  await Promise.all([identity(), compute(), network]);
}

async function manage(places: YardPlaces, program: string, args: readonly string[]): Promise<void> {
  const service = program.split('-')[0] ?? '';
  const file = inYard(
    places,
    'etc',
    service === 'placement' ? 'placement/placement.conf' : `${service}.conf`,
  );
  await run(`/usr/bin/${program}`, ['--config-file', file, ...args], {
    env: { ...process.env, OS_PLACEMENT_CONFIG_DIR: inYard(places, 'etc', 'placement') },
    maxBuffer: 64 << 20,
  });
}
