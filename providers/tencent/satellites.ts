import { SpringtideError } from '@springtide/kernel';
import { collectComplete, type MachineId, type Satellite } from '@springtide/provider-kit';
import { offsetListing } from './offset-listing.js';
import { readByIds } from './read-by-ids.js';
import { openTimers } from './release-timers.js';
import { INSTALLATION_TAG, INTENT_TAG, tagMap } from './tags.js';
import type { TencentApi, TencentScope } from './tencent-api.js';

type SatelliteQuery = Readonly<{ machineIds: readonly MachineId[]; intent: string }>;
type Found = Readonly<{ satellite: Satellite; free: boolean; marked: boolean }>;

const PAGE_SIZE = 100;
const MOST_IDS = 100;

/**
 * What nobody holds any more and still costs: free disks, addresses and interfaces with the whole mark of ours and this
 * intent. Those that are attached end with their machine, or show up here after it. And timers of machines that ended.
 */
export async function listSatellites(
  api: TencentApi,
  at: TencentScope,
  query: SatelliteQuery,
): Promise<readonly Satellite[]> {
  if (query.intent.trim() === '') return [];
  const found = [
    ...(await disks(api, at, query.intent)),
    ...(await addresses(api, at, query.intent)),
    ...(await interfaces(api, at, query.intent)),
  ];
  return [
    ...found
      .filter(({ satellite, free, marked }) => free && marked && satellite.intent === query.intent)
      .map(({ satellite }) => satellite),
    ...(await timersWithoutMachine(api, at, query.machineIds)),
  ];
}

export async function releaseSatellite(
  api: TencentApi,
  at: TencentScope,
  satellite: Satellite,
): Promise<'releasing' | 'gone'> {
  try {
    await release(api, at, satellite);
    return 'releasing';
  } catch (thrown) {
    if (thrown instanceof SpringtideError && thrown.code === 'not-found') return 'gone';
    throw thrown;
  }
}

async function release(api: TencentApi, at: TencentScope, { kind, id }: Satellite): Promise<unknown> {
  switch (kind) {
    case 'disk':
      return api.call('cbs', 'TerminateDisks', at, { DiskIds: [id] });
    case 'address':
      return api.call('vpc', 'ReleaseAddresses', at, { AddressIds: [id] });
    case 'network-interface':
      return api.call('vpc', 'DeleteNetworkInterface', at, { NetworkInterfaceId: id });
    case 'timer':
      return releaseTimer(api, at, id);
    case 'other':
      throw new SpringtideError(
        'unsupported',
        `Tencent Cloud has no satellites of kind ${kind}; ${id} was not touched`,
      );
  }
}

/** The cloud has no word of its own for a timer that is not there, so it is looked for first. */
async function releaseTimer(api: TencentApi, at: TencentScope, id: string): Promise<void> {
  const { ActionTimers = [] } = await api.call('cvm', 'DescribeInstancesActionTimer', at, {
    ActionTimerIds: [id],
  });
  if (ActionTimers.length === 0) throw new SpringtideError('not-found', `there is no timer ${id} any more`);
  await api.call('cvm', 'DeleteInstancesActionTimer', at, { ActionTimerIds: [id] });
}

function disks(api: TencentApi, at: TencentScope, intent: string): Promise<readonly Found[]> {
  return collected('disks', async (Offset, Limit) => {
    const answer = await api.call('cbs', 'DescribeDisks', at, { Offset, Limit, Filters: byIntent(intent) });
    const rows = (answer.DiskSet ?? []).map((disk) =>
      foundAs('disk', disk.DiskId, at.region, disk.DiskState === 'UNATTACHED', tagMap(disk.Tags)),
    );
    return { rows, total: answer.TotalCount ?? 0 };
  });
}

function addresses(api: TencentApi, at: TencentScope, intent: string): Promise<readonly Found[]> {
  return collected('addresses', async (Offset, Limit) => {
    const answer = await api.call('vpc', 'DescribeAddresses', at, {
      Offset,
      Limit,
      Filters: byIntent(intent),
    });
    const rows = (answer.AddressSet ?? []).map((address) =>
      foundAs(
        'address',
        address.AddressId,
        at.region,
        address.AddressStatus === 'UNBIND',
        tagMap(address.TagSet),
      ),
    );
    return { rows, total: answer.TotalCount ?? 0 };
  });
}

function interfaces(api: TencentApi, at: TencentScope, intent: string): Promise<readonly Found[]> {
  return collected('network interfaces', async (Offset, Limit) => {
    const answer = await api.call('vpc', 'DescribeNetworkInterfaces', at, {
      Offset,
      Limit,
      Filters: byIntent(intent),
    });
    const rows = (answer.NetworkInterfaceSet ?? []).map((nic) =>
      foundAs(
        'network-interface',
        nic.NetworkInterfaceId,
        at.region,
        nic.Primary !== true && nic.State === 'AVAILABLE' && !nic.Attachment?.InstanceId,
        tagMap(nic.TagSet),
      ),
    );
    return { rows, total: answer.TotalCount ?? 0 };
  });
}

/** A timer costs nothing and ends nothing once its machine is gone; it is swept so that nothing of ours is left. */
async function timersWithoutMachine(
  api: TencentApi,
  at: TencentScope,
  machineIds: readonly MachineId[],
): Promise<readonly Satellite[]> {
  const satellites: Satellite[] = [];
  for (let start = 0; start < machineIds.length; start += MOST_IDS) {
    const ids = machineIds.slice(start, start + MOST_IDS);
    const living = new Set((await readByIds(api, at, ids)).map(({ InstanceId }) => InstanceId));
    const ended = ids.filter((id) => !living.has(id));
    if (ended.length === 0) continue;
    try {
      const timers = await openTimers(api, at, ended);
      satellites.push(...timers.map((id) => ({ id, kind: 'timer', region: at.region }) as const));
    } catch (thrown) {
      // The cloud's word that it knows no such machine: then it has no timer of it either.
      if (!(thrown instanceof SpringtideError) || thrown.code !== 'not-found') throw thrown;
    }
  }
  return satellites;
}

function byIntent(intent: string): { Name: string; Values: string[] }[] {
  return [{ Name: `tag:${INTENT_TAG}`, Values: [intent] }];
}

async function collected(
  what: string,
  read: (offset: number, limit: number) => Promise<{ rows: readonly Found[]; total: number }>,
): Promise<readonly Found[]> {
  const listing = offsetListing(
    PAGE_SIZE,
    read,
    ({ satellite }) => satellite.id,
    (row) => row,
  );
  return collectComplete(listing, what);
}

function foundAs(
  kind: Satellite['kind'],
  id: string | undefined,
  region: string,
  free: boolean,
  tags: ReadonlyMap<string, string>,
): Found {
  const intent = tags.get(INTENT_TAG);
  return {
    satellite: { id: id ?? '', kind, region, ...(intent === undefined ? {} : { intent }) },
    free,
    marked: Boolean(tags.get(INSTALLATION_TAG)),
  };
}
