import { SpringtideError } from '@springtide/kernel';
import type { Page } from '@springtide/provider-kit';
import { z } from 'zod';
import { boundedMap } from './bounded-map.js';
import { isGone, serverSchema, type Server } from './machine-record.js';
import type { At, OpenstackApi } from './openstack-api.js';

const AT_ONCE = 8;
/** Up to so many ids are asked for one by one; beyond it one list of everything is cheaper. */
const ASKED_SINGLY = 6;

/** Servers of the project; with tags, those that carry them all. */
export async function* serverPages(
  api: OpenstackApi,
  at: At,
  tags: readonly string[],
  pageSize: number,
): AsyncGenerator<Page<Server>> {
  const call = {
    service: 'compute',
    path: '/servers/detail',
    key: 'servers',
    doing: 'the list of servers',
    pageSize,
    ...(tags.length === 0 ? {} : { query: [['tags', tags.join(',')] as const] }),
  } as const;
  for await (const { items, complete } of api.pages(at, call, serverSchema)) {
    yield { items: items.filter((server) => !isGone(server)), complete };
  }
}

export async function findServers(
  api: OpenstackApi,
  at: At,
  tags: readonly string[],
  pageSize: number,
): Promise<readonly Server[]> {
  const servers: Server[] = [];
  for await (const page of serverPages(api, at, tags, pageSize)) servers.push(...page.items);
  return servers;
}

/** The servers of these ids; one that is not in the answer does not exist, by nova's word about that very id. */
export async function readServers(
  api: OpenstackApi,
  at: At,
  ids: readonly string[],
  pageSize: number,
): Promise<ReadonlyMap<string, Server>> {
  const found = new Map<string, Server>();
  if (ids.length > ASKED_SINGLY) {
    const wanted = new Set(ids);
    for (const server of await findServers(api, at, [], pageSize)) {
      // Why a server failed is told only to those who ask for it by id.
      if (wanted.has(server.id) && server.status !== 'ERROR') found.set(server.id, server);
    }
  }
  const rest = [...new Set(ids)].filter((id) => !found.has(id));
  await boundedMap(rest, AT_ONCE, async (id) => {
    const server = await readServer(api, at, id);
    if (server !== undefined) found.set(id, server);
  });
  return found;
}

async function readServer(api: OpenstackApi, at: At, id: string): Promise<Server | undefined> {
  try {
    const { server } = await api.get(
      at,
      { service: 'compute', path: `/servers/${encodeURIComponent(id)}`, doing: `the look at server ${id}` },
      z.object({ server: serverSchema }),
    );
    return isGone(server) ? undefined : server;
  } catch (thrown) {
    if (
      thrown instanceof SpringtideError &&
      thrown.code === 'not-found' &&
      thrown.facts['httpStatus'] === 404
    ) {
      return undefined;
    }
    throw thrown;
  }
}
