import type { RouteMatch, RouteMemberState, RouteState } from '@springtide/provider-kit';
import { serverKey, type LiveListener } from './alb-listener.js';
import type { WireListener, WireServer } from './alb-wire.js';
import type { AlbRoute } from './route-settings.js';

/** The listener's weights by server group, in its own numbers. */
export function weightsOf({ DefaultActions }: WireListener): Map<string, number> {
  const tuples = DefaultActions[0]?.ForwardGroupConfig?.ServerGroupTuples ?? [];
  return new Map(tuples.map(({ ServerGroupId, Weight }) => [ServerGroupId, Weight ?? 100]));
}

/** Server groups with a member that takes requests. */
export function healthyGroups(route: AlbRoute, live: LiveListener): ReadonlySet<string> {
  return new Set(
    Object.values(route.groups).filter((id) =>
      (live.servers.get(id) ?? []).some((server) => server.Weight !== 0 && isHealthy(live, id, server)),
    ),
  );
}

export function toRouteState(
  name: string,
  route: AlbRoute,
  live: LiveListener,
  matches: readonly RouteMatch[],
): RouteState {
  const weights = weightsOf(live.listener);
  const sum = [...weights.values()].reduce((total, weight) => total + weight, 0);
  const groups = Object.entries(route.groups).map(([group, id]) => ({
    name: group,
    weight: sum === 0 ? 0 : ((weights.get(id) ?? 0) * 100) / sum,
    members: (live.servers.get(id) ?? []).map((server) => toMemberState(live, id, server)),
  }));
  return { name, entrance: route.entrance, groups, matches };
}

function toMemberState(live: LiveListener, serverGroup: string, server: WireServer): RouteMemberState {
  return {
    id: server.Description ?? server.ServerId,
    address: server.ServerIp ?? server.ServerId,
    port: server.Port,
    healthy: isHealthy(live, serverGroup, server),
    draining: server.Weight === 0,
    // The product does not count connections by server.
    activeConnections: null,
  };
}

/** The product names those that fail; of a group that the listener does not know it names none, and knows nothing. */
function isHealthy(live: LiveListener, serverGroup: string, server: WireServer): boolean {
  return (
    weightsOf(live.listener).has(serverGroup) &&
    server.Status === 'Available' &&
    !live.failing.has(serverKey(serverGroup, server.ServerIp ?? server.ServerId, server.Port))
  );
}
