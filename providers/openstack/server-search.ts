import { SpringtideError } from '@springtide/kernel';
import type { Page } from '@springtide/provider-kit';
import { z } from 'zod';
import { boundedMap } from './bounded-map.js';
import { isGone, serverSchema, type Server } from './machine-record.js';
import type { At, OpenstackApi } from './openstack-api.js';
import type { Openstack } from './openstack-session.js';

const AT_ONCE = 8;
/** Up to so many ids are asked for one by one; beyond it one list of everything is cheaper. */
const ASKED_SINGLY = 6;
const SCHEDULING_LOOK_MS = 300;

type Reading = Pick<Openstack, 'api' | 'account' | 'clock'>;

type ServerPage = Readonly<{ items: readonly Server[]; next: string | undefined; sure: boolean }>;

/**
 * Servers of the project; with tags, those that carry them all.
 *
 * Nova lists from two tables at once while servers are being scheduled, and drops what is in both only after it has
 * counted: such a page can be short, without a link, and not the last one. What looks like that is called complete
 * only after the next page has turned out to be empty.
 */
export async function* serverPages(
  openstack: Reading,
  at: At,
  tags: readonly string[],
): AsyncGenerator<Page<Server>> {
  const seen = new Set<string>();
  let held: readonly Server[] | undefined;
  let marker: string | undefined;
  for (;;) {
    const page = await settledPage(openstack, at, tags, marker);
    const fresh = page.items.filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    const items = fresh.filter((server) => !isGone(server));
    const last = page.next === undefined || page.next === marker;
    if (held !== undefined) {
      const over = last && items.length === 0;
      yield { items: held, complete: over };
      if (over) return;
      held = undefined;
    }
    if (last || page.sure) yield { items, complete: last };
    else held = items;
    if (last) return;
    marker = page.next;
  }
}

/**
 * A page that does not end with a server on its way from one table to the other: as a marker, it would make nova leave
 * out others. That way takes a second or two.
 */
async function settledPage(
  openstack: Reading,
  at: At,
  tags: readonly string[],
  marker: string | undefined,
): Promise<ServerPage> {
  const { api, account, clock } = openstack;
  const { pageSize } = account;
  const query = tags.length === 0 ? [] : [['tags', tags.join(',')] as const];
  const doing = 'the list of servers';
  const call = {
    service: 'compute',
    path: '/servers/detail',
    key: 'servers',
    doing,
    pageSize,
    query,
  } as const;
  for (;;) {
    const { items, next } = await api.page(at, call, serverSchema, marker);
    const building = items.filter(({ status }) => status === 'BUILD').length;
    const sure = next !== undefined || items.length + building < pageSize;
    const last = items.at(-1);
    if (last === undefined) return { items, next: undefined, sure: true };
    if (sure && next === undefined) return { items, next, sure };
    if (!isBeingScheduled(last)) return { items, next: next ?? last.id, sure };
    await clock.sleep(SCHEDULING_LOOK_MS);
  }
}

function isBeingScheduled(server: Server): boolean {
  return server.status === 'BUILD' && server.hostId === '';
}

export async function findServers(
  openstack: Reading,
  at: At,
  tags: readonly string[],
): Promise<readonly Server[]> {
  const servers: Server[] = [];
  for await (const page of serverPages(openstack, at, tags)) servers.push(...page.items);
  return servers;
}

/** The servers of these ids; one that is not in the answer does not exist, by nova's word about that very id. */
export async function readServers(
  openstack: Reading,
  at: At,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Server>> {
  const found = new Map<string, Server>();
  if (ids.length > ASKED_SINGLY) {
    const wanted = new Set(ids);
    for (const server of await findServers(openstack, at, [])) {
      // Why a server failed is told only to those who ask for it by id.
      if (wanted.has(server.id) && server.status !== 'ERROR') found.set(server.id, server);
    }
  }
  const rest = [...new Set(ids)].filter((id) => !found.has(id));
  await boundedMap(rest, AT_ONCE, async (id) => {
    const server = await readServer(openstack.api, at, id);
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
