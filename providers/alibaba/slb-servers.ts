import { z } from 'zod';
import type { RouteMember } from '@springtide/provider-kit';
import type { AlibabaApi, Scope } from './api.js';
import type { SlbRoute } from './route-settings.js';
import { nothing, text, wrapped } from './wire.js';

const MARK = 'springtide/';
/** As many servers as one call may name. */
const SERVERS_PER_CALL = 20;

const groupAnswer = z.object({
  BackendServers: wrapped(
    'BackendServer',
    z.object({
      ServerId: z.string(),
      ServerIp: text,
      Port: z.number(),
      Weight: z.number().nullish(),
      Description: text,
    }),
  ),
});
const healthAnswer = z.object({
  BackendServers: wrapped(
    'BackendServer',
    z.object({ ServerId: z.string(), Port: z.number().nullish(), ServerHealthStatus: text }),
  ),
});

/** `group` is undefined for a server that somebody else put there. */
export type SlbServer = RouteMember &
  Readonly<{ group: string | undefined; weight: number; healthy: boolean }>;

export async function readServers(
  api: AlibabaApi,
  at: Scope,
  route: SlbRoute,
): Promise<readonly SlbServer[]> {
  const { BackendServers } = await api.read(at, {
    product: 'slb',
    action: 'DescribeVServerGroupAttribute',
    parameters: { RegionId: at.region, VServerGroupId: route.serverGroupId },
    answer: groupAnswer,
  });
  const health = await api.read(at, {
    product: 'slb',
    action: 'DescribeHealthStatus',
    parameters: { RegionId: at.region, LoadBalancerId: route.loadBalancerId },
    answer: healthAnswer,
  });
  const normal = new Set(
    health.BackendServers.filter(({ ServerHealthStatus }) => ServerHealthStatus === 'normal').map(
      ({ ServerId, Port }) => `${ServerId}:${Port ?? 0}`,
    ),
  );
  return BackendServers.map(({ ServerId, ServerIp, Port, Weight, Description }) => ({
    id: ServerId,
    address: ServerIp ?? '',
    port: Port,
    group: Description?.startsWith(MARK) === true ? Description.slice(MARK.length) : undefined,
    weight: Weight ?? 100,
    healthy: normal.has(`${ServerId}:${Port}`),
  }));
}

type Weighted = RouteMember & Readonly<{ group: string | undefined; weight: number }>;

type Action =
  'AddVServerGroupBackendServers' | 'SetVServerGroupAttribute' | 'RemoveVServerGroupBackendServers';

/** Servers that take requests first: at no moment are all at rest. */
export async function changeServers(
  api: AlibabaApi,
  at: Scope,
  route: SlbRoute,
  action: Action,
  servers: readonly Weighted[],
): Promise<void> {
  const ordered = servers.toSorted((a, b) => b.weight - a.weight);
  for (let start = 0; start < ordered.length; start += SERVERS_PER_CALL) {
    const some = ordered.slice(start, start + SERVERS_PER_CALL);
    const BackendServers = some.map(({ id, address, port, group, weight }) => ({
      ServerId: id,
      Type: 'ecs',
      ServerIp: address,
      Port: String(port),
      Weight: String(weight),
      Description: `${MARK}${group ?? ''}`,
    }));
    await api.mutate(at, {
      product: 'slb',
      action,
      parameters: {
        RegionId: at.region,
        VServerGroupId: route.serverGroupId,
        BackendServers: JSON.stringify(BackendServers),
      },
      answer: nothing,
    });
  }
}
