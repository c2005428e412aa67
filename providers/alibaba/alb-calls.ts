import type { RouteMember } from '@springtide/provider-kit';
import type { z } from 'zod';
import { rulesAnswer, serversAnswer, type WireRule, type WireServer } from './alb-wire.js';
import type { AlibabaApi, Scope } from './api.js';
import { allOf, tokenPages } from './paging.js';
import type { Parameters } from './parameters.js';
import { nothing } from './wire.js';

export const PAGE_SIZE = 100;
/** As many servers as one call may name. */
const SERVERS_PER_CALL = 40;

type ServerAction =
  'AddServersToServerGroup' | 'UpdateServerGroupServersAttribute' | 'RemoveServersFromServerGroup';

export async function rulesOf(api: AlibabaApi, at: Scope, listenerId: string): Promise<readonly WireRule[]> {
  return allOf(
    tokenPages(async (NextToken) => {
      const parameters = { ListenerIds: [listenerId], MaxResults: PAGE_SIZE, NextToken };
      const answer = await ask(api, at, 'ListRules', parameters, rulesAnswer);
      return { items: answer.Rules, next: answer.NextToken };
    }),
  );
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

/** Any number of servers, some at a time; `settled` waits in between, as the product takes one change at a time. */
export async function changeServers(
  api: AlibabaApi,
  at: Scope,
  change: Readonly<{ action: ServerAction; serverGroup: string; weight?: number }>,
  targets: readonly RouteMember[],
  settled: () => Promise<void>,
): Promise<void> {
  const { action, serverGroup: ServerGroupId, weight } = change;
  for (let start = 0; start < targets.length; start += SERVERS_PER_CALL) {
    const Servers = targets.slice(start, start + SERVERS_PER_CALL).map(({ id, address, port }) => ({
      ServerType: 'Ip',
      ServerId: address,
      ServerIp: address,
      Port: port,
      ...(weight === undefined ? {} : { Weight: weight, Description: id }),
    }));
    if (action === 'RemoveServersFromServerGroup') await tell(api, at, action, { ServerGroupId, Servers });
    else await tell(api, at, action, { ServerGroupId }, { Servers });
    await settled();
  }
}

export async function tell(
  api: AlibabaApi,
  at: Scope,
  action: string,
  parameters: Parameters,
  body?: Parameters,
): Promise<void> {
  const call = { product: 'alb' as const, action, parameters, answer: nothing };
  await api.mutate(at, body === undefined ? call : { ...call, body });
}

export function ask<T>(
  api: AlibabaApi,
  at: Scope,
  action: string,
  parameters: Parameters,
  answer: z.ZodType<T>,
): Promise<T> {
  return api.read(at, { product: 'alb', action, parameters, answer });
}
