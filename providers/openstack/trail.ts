import { asSpringtideError, toInstant } from '@springtide/kernel';
import type { Deed, TrailQuery } from '@springtide/provider-kit';
import { z } from 'zod';
import { boundedMap } from './bounded-map.js';
import type { At } from './openstack-api.js';
import type { Openstack } from './openstack-session.js';

const AT_ONCE = 5;
/** The cloud's clock may be behind ours. */
const CLOCKS_MS = 60_000;

const actions = z.object({
  instanceActions: z.array(
    z.object({ action: z.string(), user_id: z.string().nullish(), start_time: z.string() }),
  ),
});

/**
 * From nova's own record of what was asked for each server, which outlives the server. It names users by id: their names are
 * keystone's, and closed to projects.
 */
export async function readTrail({ api }: Openstack, query: TrailQuery, at: At): Promise<readonly Deed[]> {
  const since = new Date(query.since).getTime() - CLOCKS_MS;
  const deeds = await boundedMap(query.machines, AT_ONCE, async ({ id }) => deedsOf(api, at, id));
  return deeds
    .flat()
    .filter((deed) => new Date(deed.at).getTime() >= since)
    .toSorted((a, b) => b.at.localeCompare(a.at));
}

async function deedsOf(api: Openstack['api'], at: At, machineId: string): Promise<readonly Deed[]> {
  const call = {
    service: 'compute',
    path: `/servers/${encodeURIComponent(machineId)}/os-instance-actions`,
    doing: `reading what was done to server ${machineId}`,
  } as const;
  try {
    const { instanceActions } = await api.get(at, call, actions);
    return instanceActions.flatMap(({ action, user_id: user, start_time: time }) =>
      user ? [{ machineId, who: `user ${user}`, what: action, at: toInstant(new Date(`${time}Z`)) }] : [],
    );
  } catch (thrown) {
    // Nova forgets servers that its operators have purged.
    if (asSpringtideError(thrown).code === 'not-found') return [];
    throw thrown;
  }
}
