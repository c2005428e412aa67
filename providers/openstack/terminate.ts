import { asSpringtideError, SpringtideError } from '@springtide/kernel';
import { boundedMap } from './bounded-map.js';
import { marksIn, stateOf, type Server } from './machine-record.js';
import type { At } from './openstack-api.js';
import type { Openstack } from './openstack-session.js';
import { ownershipOf } from './ownership-marks.js';
import { readServers } from './server-search.js';

type Termination = 'terminating' | 'gone' | SpringtideError;

const AT_ONCE = 8;

/** Every id has an answer; one machine that cannot be ended does not keep the others. Nothing of others is touched. */
export async function terminateMachines(
  openstack: Openstack,
  ids: readonly string[],
  at: At,
): Promise<ReadonlyMap<string, Termination>> {
  const found = await readServers(openstack, at, ids);
  const outcomes = await boundedMap([...new Set(ids)], AT_ONCE, async (id) => {
    const server = found.get(id);
    return [id, server === undefined ? absent(openstack, id) : await end(openstack, server, at)] as const;
  });
  return new Map(outcomes);
}

async function end(openstack: Openstack, server: Server, at: At): Promise<Termination> {
  const { id } = server;
  if (ownershipOf(marksIn(server)) === undefined) {
    return new SpringtideError(
      'permission-denied',
      `${id} carries no mark of Springtide’s and was not touched`,
      { nextStep: 'Whoever made it must delete it.' },
    );
  }
  // A cloud that keeps deleted servers for a while still counts them in the quota.
  const kept = server.status === 'SOFT_DELETED';
  if (stateOf(server) === 'terminating' && !kept) return 'terminating';
  try {
    await openstack.api.change(at, {
      service: 'compute',
      path: kept ? `/servers/${id}/action` : `/servers/${id}`,
      method: kept ? 'POST' : 'DELETE',
      ...(kept ? { body: { forceDelete: null } } : {}),
      doing: `the termination of ${id}`,
    });
    openstack.recent.forget(id);
    return 'terminating';
  } catch (thrown) {
    const error = asSpringtideError(thrown);
    if (error.code !== 'not-found') return error;
    openstack.recent.forget(id);
    return 'gone';
  }
}

function absent(openstack: Openstack, id: string): Termination {
  if (openstack.recent.get(id) === undefined) return 'gone';
  return new SpringtideError(
    'conflict',
    `${id} was accepted a moment ago and nova does not show it yet: it runs and costs until it is terminated`,
    { retry: 'same', effect: 'none', retryAfterMs: 1_000 },
  );
}
