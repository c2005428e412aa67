import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { SpringtideError } from '@springtide/kernel';
import { cacheRoot } from '../tools/python-venv.js';
import { projectRoot } from '../tools/lane.js';
import { databaseUrl, queueUrl } from './configuration.js';
import { sql } from './stores.js';
import { hypervisors, inYard, serviceUrl, type YardPlaces } from './yard-places.js';

const run = promisify(execFile);
export const DATABASES = [
  'keystone',
  'glance',
  'placement',
  'nova_api',
  'nova_cell0',
  'nova_cell1',
  'neutron',
] as const;
/** What an image is made of; the rest of a yard's folder is written at every start. */
const PARTS = ['db', 'keys', 'glance'] as const;
/** Whatever these say decides what an image holds. */
const DEFINITION = ['configuration.ts', 'seed.ts', 'make-image.ts'];

const packagesSchema = z.object({
  programs: z.record(z.string(), z.string()),
  others: z.array(z.string()),
});

export type Availability = Readonly<{ available: true } | { available: false; reason: string }>;

export async function packagesPresent(): Promise<Availability> {
  const missing = Object.entries((await debianPackages()).programs).filter(([file]) => !existsSync(file));
  if (missing.length === 0) return { available: true };
  const names = [...new Set(missing.map(([, name]) => name))].join(', ');
  return { available: false, reason: `these Debian packages are not installed: ${names}` };
}

/**
 * Folder with databases, keys and images of a freshly made cloud. Made once per definition and set of package versions,
 * outside the clone; losing it costs a minute and a half.
 */
export async function imageFolder(places: Pick<YardPlaces, 'computes' | 'hypervisor'>): Promise<string> {
  const hash = createHash('sha256');
  for (const name of DEFINITION) hash.update(await readFile(join(sources(), name)));
  hash.update(await packageVersions());
  hash.update(JSON.stringify([places.computes, places.hypervisor]));
  return join(cacheRoot(), `openstack-yard-${hash.digest('hex').slice(0, 12)}`);
}

/** Two processes may make the same image; the first one to finish wins, and neither sees half of one. */
export async function keepImage(places: YardPlaces, image: string): Promise<void> {
  const draft = `${image}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  for (const part of PARTS) await cp(inYard(places, part), join(draft, part), { recursive: true });
  try {
    await rename(draft, image);
  } catch (thrown) {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(image)) throw thrown;
  }
  await removeOlder(image);
}

export async function unpackImage(image: string, places: YardPlaces): Promise<void> {
  for (const part of PARTS) await cp(join(image, part), inYard(places, part), { recursive: true });
}

/** An image remembers the ports of the yard that it was made in. */
export async function moveToPorts(
  places: YardPlaces,
  publicUrls: Readonly<Record<string, string>>,
): Promise<void> {
  const names = ['keystone', 'glance', 'placement', 'nova', 'neutron'] as const;
  const endpoints = names.map((name) => {
    const direct = serviceUrl(places.ports, name);
    return `update keystone.endpoint e join keystone.service s on s.id = e.service_id
      set e.url = if(e.interface = 'public', '${publicUrls[name] ?? direct}', '${direct}')
      where json_value(s.extra, '$.name') = '${name}'`;
  });
  const cells = ['cell0', 'cell1'].map(
    (
      cell,
    ) => `update nova_api.cell_mappings set database_connection = '${databaseUrl(places, `nova_${cell}`)}'
      ${cell === 'cell1' ? `, transport_url = '${queueUrl(places)}'` : ''} where name = '${cell}'`,
  );
  await sql(places, [...endpoints, ...cells, ...neutronAgents(places)].join(';\n'));
}

/** Neutron binds a port only where it knows an agent; none runs here, so each host gets a row that says so. */
function neutronAgents(places: YardPlaces): string[] {
  const rows = hypervisors(places).map(({ host }, n) => {
    const id = `00000000-0000-4000-8000-${String(n + 1).padStart(12, '0')}`;
    const now = 'utc_timestamp()';
    return `('${id}', 'Open vSwitch agent', 'neutron-openvswitch-agent', 'N/A', '${host}', 1, ${now}, ${now}, ${now},
      '{"bridge_mappings": {}, "tunnel_types": []}', 0)`;
  });
  const columns =
    'id, agent_type, `binary`, topic, host, admin_state_up, created_at, started_at, heartbeat_timestamp, configurations, `load`';
  return ['delete from neutron.agents', `insert into neutron.agents (${columns}) values ${rows.join(', ')}`];
}

async function debianPackages(): Promise<z.infer<typeof packagesSchema>> {
  const text = await readFile(join(sources(), 'debian-packages.json'), 'utf8');
  return packagesSchema.parse(JSON.parse(text));
}

async function packageVersions(): Promise<string> {
  const { programs, others } = await debianPackages();
  const names = [...new Set([...Object.values(programs), ...others])].toSorted();
  const { stdout } = await run('dpkg-query', ['-W', '-f', '${Package} ${Version}\\n', ...names]);
  return stdout;
}

/** The sources, also where this code itself was built: what defines an image is text. */
function sources(): string {
  return join(projectRoot(), 'test', 'yard', 'openstack');
}

async function removeOlder(image: string): Promise<void> {
  const own = basename(image);
  for (const name of await readdir(dirname(image))) {
    const older = /^openstack-yard-[0-9a-f]{12}$/.test(name) && name !== own;
    if (older) await rm(join(dirname(image), name), { recursive: true, force: true });
  }
}

/** Version of nova as its package names it, for those who want to say what they ran against. */
export function novaRelease(): string {
  const status = readFileSync('/var/lib/dpkg/status', 'utf8');
  const version = /^Package: python3-nova\n(?:.+\n)*?Version: (?:\d+:)?([\d.]+)/m.exec(status)?.[1];
  if (version !== undefined) return version;
  throw new SpringtideError('failed-precondition', 'the package python3-nova is not installed');
}
