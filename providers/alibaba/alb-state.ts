import type { RouteMatch, RouteMemberState, RouteState } from '@springtide/provider-kit';
import { isHealthy, toMember, weightsOf, type LiveRoute } from './alb-live.js';
import { matchesAmong } from './alb-matches.js';
import type { WireServer } from './alb-wire.js';
import type { AlbRoute } from './route-settings.js';

export function toRouteState(name: string, route: AlbRoute, live: LiveRoute): RouteState {
  const weights = weightsOf(live.rule);
  const sum = [...weights.values()].reduce((total, weight) => total + weight, 0);
  const groups = [...live.groups].map(([group, id]) => ({
    name: group,
    weight: sum === 0 ? 0 : ((weights.get(id) ?? 0) * 100) / sum,
    members: (live.servers.get(id) ?? []).map((server) => toMemberState(live, id, server)),
  }));
  const matches: readonly RouteMatch[] = matchesAmong(live, route.ruleId).map(({ match }) => match);
  return { name, entrance: route.entrance, groups, matches };
}

function toMemberState(live: LiveRoute, serverGroup: string, server: WireServer): RouteMemberState {
  return {
    ...toMember(server),
    healthy: isHealthy(live, serverGroup, server),
    draining: server.Weight === 0,
    // The product does not count connections by server.
    activeConnections: null,
  };
}
