import { SpringtideError } from '@springtide/kernel';
import type { Satellite } from '@springtide/provider-kit';
import { z } from 'zod';
import { listLapsedLocks, lockPrefix, removeKeypair } from './launch-lock.js';
import type { At } from './openstack-api.js';
import type { Openstack } from './openstack-session.js';
import { tagOf } from './ownership-marks.js';
import { readServers } from './server-search.js';

type Query = Readonly<{ region: string; machineIds: readonly string[]; intent: string }>;

const portSchema = z.object({ id: z.string(), device_id: z.string().default('') });
const floatingSchema = z.object({ id: z.string(), port_id: z.string().nullish() });
const volumeSchema = z.object({
  id: z.string(),
  status: z.string(),
  metadata: z.record(z.string(), z.string()).default({}),
});
/** Ids per question: a query grows with them. */
const IDS_PER_CALL = 40;
/** Written by whoever makes a volume for a machine of ours: nova gives its own volumes no metadata. */
const VOLUME_MARK = 'springtide.intent';

/**
 * Ports that nova left behind when the work of a create call broke off, and ports, addresses and volumes with the mark of
 * the intent that nobody holds any more; and launch locks that outlived their launch.
 */
export async function readSatellites(
  openstack: Openstack,
  query: Query,
  at: At,
): Promise<readonly Satellite[]> {
  const { intent, region } = query;
  const owned = intent.trim() === '' ? [] : await ofIntent(openstack, intent, at);
  const all = [...(await leakedPorts(openstack, query.machineIds, at)), ...owned];
  const satellites = all.map((each) => ({ ...each, region, ...(intent === '' ? {} : { intent }) }));
  return [...new Map(satellites.map((each) => [`${each.kind} ${each.id}`, each])).values()];
}

export async function releaseSatellite(
  openstack: Openstack,
  satellite: Satellite,
  at: At,
): Promise<'releasing' | 'gone'> {
  const { id } = satellite;
  switch (satellite.kind) {
    case 'network-interface':
      return remove(openstack, at, 'network', `/ports/${id}`);
    case 'address':
      return remove(openstack, at, 'network', `/floatingips/${id}`);
    case 'disk':
      return remove(openstack, at, 'volume', `/volumes/${id}`);
    case 'other':
      return removeKeypair(openstack.api, at, id);
    case 'timer':
      throw new SpringtideError('unsupported', `OpenStack has no timers; ${id} was not touched`);
  }
}

async function ofIntent(
  openstack: Openstack,
  intent: string,
  at: At,
): Promise<readonly Omit<Satellite, 'region'>[]> {
  const tags = [['tags', tagOf('intent', intent)]] as const;
  const [ports, addresses, disks, locks] = await Promise.all([
    list(openstack, at, 'ports', portSchema, tags),
    list(openstack, at, 'floatingips', floatingSchema, tags),
    freeVolumes(openstack, intent, at),
    lapsedLocks(openstack, intent, at),
  ]);
  return [
    ...ports
      .filter((port) => port.device_id === '')
      .map(({ id }) => ({ id, kind: 'network-interface' }) as const),
    ...addresses.filter(({ port_id: port }) => !port).map(({ id }) => ({ id, kind: 'address' }) as const),
    ...disks.map(({ id }) => ({ id, kind: 'disk' }) as const),
    ...locks.map(({ name }) => ({ id: name, kind: 'other' }) as const),
  ];
}

/** Ports that name a server which does not exist. */
async function leakedPorts(
  openstack: Openstack,
  machineIds: readonly string[],
  at: At,
): Promise<readonly Omit<Satellite, 'region'>[]> {
  const ports: z.infer<typeof portSchema>[] = [];
  for (let from = 0; from < machineIds.length; from += IDS_PER_CALL) {
    const some = machineIds.slice(from, from + IDS_PER_CALL);
    const devices = some.map((id) => ['device_id', id] as const);
    ports.push(...(await list(openstack, at, 'ports', portSchema, devices)));
  }
  const holders = [...new Set(ports.map((port) => port.device_id))];
  const alive = await readServers(openstack, at, holders);
  return ports
    .filter((port) => !alive.has(port.device_id) && openstack.recent.get(port.device_id) === undefined)
    .map((port) => ({ id: port.id, kind: 'network-interface', machineId: port.device_id }));
}

async function freeVolumes(openstack: Openstack, intent: string, at: At) {
  if (!(await openstack.api.has(at, 'volume'))) return [];
  const volumes = await openstack.api.all(
    at,
    {
      service: 'volume',
      path: '/volumes/detail',
      key: 'volumes',
      pageSize: openstack.account.pageSize,
      doing: 'the list of volumes',
    },
    volumeSchema,
  );
  return volumes.filter(
    (volume) => ['available', 'error'].includes(volume.status) && volume.metadata[VOLUME_MARK] === intent,
  );
}

/** A lock that still holds is no leftover: its launch may be under way. */
async function lapsedLocks(
  openstack: Openstack,
  intent: string,
  at: At,
): Promise<readonly { name: string }[]> {
  return (await listLapsedLocks(openstack.api, at, openstack.clock.now())).filter(({ name }) =>
    name.startsWith(lockPrefix(intent)),
  );
}

async function list<T extends { id: string }>(
  openstack: Openstack,
  at: At,
  key: 'ports' | 'floatingips',
  schema: z.ZodType<T>,
  query: readonly (readonly [string, string])[],
): Promise<readonly T[]> {
  const { pageSize } = openstack.account;
  const call = {
    service: 'network',
    path: `/${key}`,
    key,
    pageSize,
    query,
    doing: `the list of ${key}`,
  } as const;
  return openstack.api.all(at, call, schema);
}

async function remove(
  openstack: Openstack,
  at: At,
  service: 'network' | 'volume',
  path: string,
): Promise<'releasing' | 'gone'> {
  try {
    await openstack.api.change(at, { service, path, method: 'DELETE', doing: `the deletion of ${path}` });
    return 'releasing';
  } catch (thrown) {
    if (thrown instanceof SpringtideError && thrown.code === 'not-found') return 'gone';
    throw thrown;
  }
}
