import type { z } from 'zod';
import type { RouteMember } from '@springtide/provider-kit';
import {
  healthAnswer,
  listenerAnswer,
  rulesAnswer,
  serversAnswer,
  type WireListener,
  type WireRule,
  type WireServer,
} from './alb-wire.js';
import type { AlibabaApi, Scope } from './api.js';
import { allOf, tokenPages } from './paging.js';
import type { Parameters } from './parameters.js';
import type { AlbRoute } from './route-settings.js';
import { nothing } from './wire.js';

const PAGE_SIZE = 100;
/** As many servers as one call may name. */
const SERVERS_PER_CALL = 40;
/** Every server of a group gets the same; the shares are between the groups. */
export const SERVER_WEIGHT = 100;

/** What the product says now: the listener's shares, the servers of its groups, and which of them fail their checks. */
export type LiveListener = Readonly<{
  listener: WireListener;
  servers: ReadonlyMap<string, readonly WireServer[]>;
  /** `<server group>/<address>:<port>` */
  failing: ReadonlySet<string>;
}>;

export async function readListener(api: AlibabaApi, at: Scope, route: AlbRoute): Promise<LiveListener> {
  const { listenerId: ListenerId } = route;
  const listener = await ask(api, at, 'GetListenerAttribute', { ListenerId }, listenerAnswer);
  const failing = new Set<string>();
  const health = await ask(api, at, 'GetListenerHealthStatus', { ListenerId }, healthAnswer);
  for (const { ServerGroupInfos } of health.ListenerHealthStatus) {
    for (const { ServerGroupId, NonNormalServers } of ServerGroupInfos) {
      for (const each of NonNormalServers) {
        failing.add(serverKey(ServerGroupId, each.ServerIp ?? each.ServerId ?? '', each.Port ?? 0));
      }
    }
  }
  const servers = new Map<string, readonly WireServer[]>();
  for (const id of Object.values(route.groups)) servers.set(id, await serversOf(api, at, id));
  return { listener, servers, failing };
}

export function serverKey(serverGroup: string, address: string, port: number): string {
  return `${serverGroup}/${address}:${port}`;
}

export async function serversOf(
  api: AlibabaApi,
  at: Scope,
  ServerGroupId: string,
): Promise<readonly WireServer[]> {
  return allOf(
    tokenPages(async (NextToken) => {
      const parameters = { ServerGroupId, MaxResults: PAGE_SIZE, NextToken };
      const answer = await ask(api, at, 'ListServerGroupServers', parameters, serversAnswer);
      return { items: answer.Servers, next: answer.NextToken };
    }),
  );
}

export async function rulesOf(api: AlibabaApi, at: Scope, route: AlbRoute): Promise<readonly WireRule[]> {
  return allOf(
    tokenPages(async (NextToken) => {
      const parameters = { ListenerIds: [route.listenerId], MaxResults: PAGE_SIZE, NextToken };
      const answer = await ask(api, at, 'ListRules', parameters, rulesAnswer);
      return { items: answer.Rules, next: answer.NextToken };
    }),
  );
}

/** Replaces the listener's whole default action; stickiness stays as it was. */
export async function forwardTo(
  api: AlibabaApi,
  at: Scope,
  route: AlbRoute,
  live: WireListener,
  weights: ReadonlyMap<string, number>,
): Promise<void> {
  const sticky = live.DefaultActions[0]?.ForwardGroupConfig?.ServerGroupStickySession;
  const { Enabled, Timeout } = sticky ?? {};
  await change(api, at, 'UpdateListenerAttribute', {
    ListenerId: route.listenerId,
    DefaultActions: [
      {
        Type: 'ForwardGroup',
        ForwardGroupConfig: {
          ServerGroupTuples: [...weights].map(([ServerGroupId, Weight]) => ({ ServerGroupId, Weight })),
          ...(Enabled === true
            ? { ServerGroupStickySession: { Enabled, Timeout: Timeout ?? undefined } }
            : {}),
        },
      },
    ],
  });
}

type ServerAction =
  'AddServersToServerGroup' | 'UpdateServerGroupServersAttribute' | 'RemoveServersFromServerGroup';

type ServerTarget = Pick<RouteMember, 'id' | 'address' | 'port'>;

/** One action for any number of servers. */
export async function changeServers(
  api: AlibabaApi,
  at: Scope,
  action: ServerAction,
  ServerGroupId: string,
  targets: readonly ServerTarget[],
  weight: number | undefined,
): Promise<void> {
  for (let start = 0; start < targets.length; start += SERVERS_PER_CALL) {
    const Servers = targets.slice(start, start + SERVERS_PER_CALL).map(({ id, address, port }) => ({
      ServerType: 'Ip',
      ServerId: address,
      ServerIp: address,
      Port: port,
      ...(weight === undefined ? {} : { Weight: weight, Description: id }),
    }));
    const inBody = action !== 'RemoveServersFromServerGroup';
    await change(
      api,
      at,
      action,
      inBody ? { ServerGroupId } : { ServerGroupId, Servers },
      inBody ? { Servers } : undefined,
    );
  }
}

export async function change(
  api: AlibabaApi,
  at: Scope,
  action: string,
  parameters: Parameters,
  body?: Parameters,
): Promise<void> {
  const call = { product: 'alb' as const, action, parameters, answer: nothing };
  await api.mutate(at, body === undefined ? call : { ...call, body });
}

function ask<T>(
  api: AlibabaApi,
  at: Scope,
  action: string,
  parameters: Parameters,
  answer: z.ZodType<T>,
): Promise<T> {
  return api.read(at, { product: 'alb', action, parameters, answer });
}
