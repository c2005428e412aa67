import { z } from 'zod';
import type { LiveMember, RouteMember } from '@springtide/provider-kit';
import type { AlibabaApi, Scope } from './api.js';
import type { SlbRoute } from './route-settings.js';
import { nothing, text, wrapped } from './wire.js';

const MARK = 'springtide/';
/** As many servers as one call may name. */
const SERVERS_PER_CALL = 20;
/** What a server has whose weight the answer leaves out. */
const MOST_WEIGHT = 100;

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

/** Where servers are shown that somebody else put there. */
export const OTHERS = 'others';

export type SlbServer = LiveMember;

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
  return BackendServers.map(({ ServerId, ServerIp, Port, Weight, Description }) =>
    liveServer(
      { id: ServerId, address: ServerIp ?? '', port: Port },
      Description?.startsWith(MARK) === true ? Description.slice(MARK.length) : OTHERS,
      { weight: Weight ?? MOST_WEIGHT, healthy: normal.has(`${ServerId}:${Port}`) },
    ),
  );
}

/** Within a server group, a machine's port is one server. */
export function liveServer(
  member: RouteMember,
  group: string,
  state: Readonly<{ weight: number; healthy: boolean }>,
): SlbServer {
  return { name: `${group}/${member.id}:${member.port}`, group, member, ...state };
}

type Action =
  'AddVServerGroupBackendServers' | 'SetVServerGroupAttribute' | 'RemoveVServerGroupBackendServers';

/** Servers that take requests first: at no moment are all at rest. */
export async function changeServers(
  api: AlibabaApi,
  at: Scope,
  route: SlbRoute,
  action: Action,
  servers: readonly SlbServer[],
): Promise<void> {
  const ordered = servers.toSorted((a, b) => b.weight - a.weight);
  for (let start = 0; start < ordered.length; start += SERVERS_PER_CALL) {
    const some = ordered.slice(start, start + SERVERS_PER_CALL);
    const BackendServers = some.map(({ member: { id, address, port }, group, weight }) => ({
      ServerId: id,
      Type: 'ecs',
      ServerIp: address,
      Port: String(port),
      Weight: String(weight),
      Description: `${MARK}${group}`,
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
