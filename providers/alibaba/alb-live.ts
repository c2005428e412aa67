import { SpringtideError } from '@springtide/kernel';
import type { RouteMember } from '@springtide/provider-kit';
import { ask, rulesOf, serversOf } from './alb-calls.js';
import type { AlbGroups } from './alb-groups.js';
import { healthAnswer, type WireRule, type WireServer } from './alb-wire.js';
import type { AlibabaApi, Scope } from './api.js';
import type { AlbRoute } from './route-settings.js';

/** What the product says now: the route's rule, all rules of the listener, the servers, and which fail their checks. */
export type LiveRoute = Readonly<{
  rule: WireRule;
  rules: readonly WireRule[];
  /** Server group by group. */
  groups: ReadonlyMap<string, string>;
  servers: ReadonlyMap<string, readonly WireServer[]>;
  /** `<server group>/<address>:<port>` */
  failing: ReadonlySet<string>;
}>;

/** @throws failed-precondition when the rule of the settings is not there. */
export async function readLive(
  api: AlibabaApi,
  at: Scope,
  route: AlbRoute,
  groupsOf: AlbGroups,
): Promise<LiveRoute> {
  const { listenerId, ruleId } = route;
  const rules = await rulesOf(api, at, listenerId);
  const rule = rules.find(({ RuleId }) => RuleId === ruleId);
  if (rule === undefined) throw noRule(route);
  const groups = await groupsOf.all(at);
  const servers = new Map<string, readonly WireServer[]>();
  for (const id of groups.values()) servers.set(id, await serversOf(api, at, id));
  return { rule, rules, groups, servers, failing: await readFailing(api, at, route) };
}

async function readFailing(api: AlibabaApi, at: Scope, route: AlbRoute): Promise<ReadonlySet<string>> {
  const parameters = { ListenerId: route.listenerId, IncludeRule: true };
  const { RuleHealthStatus } = await ask(api, at, 'GetListenerHealthStatus', parameters, healthAnswer);
  const ours = RuleHealthStatus.filter(({ RuleId }) => RuleId === route.ruleId);
  return new Set(
    ours
      .flatMap(({ ServerGroupInfos }) => ServerGroupInfos)
      .flatMap(({ ServerGroupId, NonNormalServers }) =>
        NonNormalServers.map((each) =>
          serverKey(ServerGroupId, each.ServerIp ?? each.ServerId ?? '', each.Port ?? 0),
        ),
      ),
  );
}

/** The rule's weights by server group, in its own numbers; a single group may have none. */
export function weightsOf({ RuleActions }: WireRule): Map<string, number> {
  const tuples = RuleActions.find(({ Type }) => Type === 'ForwardGroup')?.ForwardGroupConfig
    ?.ServerGroupTuples;
  return new Map((tuples ?? []).map(({ ServerGroupId, Weight }) => [ServerGroupId, Weight ?? 100]));
}

/** Server groups with a member that takes requests. */
export function healthyGroups(live: LiveRoute): ReadonlySet<string> {
  return new Set(
    [...live.servers]
      .filter(([id, servers]) => servers.some((each) => each.Weight !== 0 && isHealthy(live, id, each)))
      .map(([id]) => id),
  );
}

export function toMember(server: WireServer): RouteMember {
  return {
    id: server.Description ?? server.ServerId,
    address: server.ServerIp ?? server.ServerId,
    port: server.Port,
  };
}

/** The product names those that fail; of a group that the rule does not know it names none, and knows nothing. */
export function isHealthy(live: LiveRoute, serverGroup: string, server: WireServer): boolean {
  return (
    weightsOf(live.rule).has(serverGroup) &&
    (server.Status === 'Available' || server.Status === 'Configuring') &&
    !live.failing.has(serverKey(serverGroup, server.ServerIp ?? server.ServerId, server.Port))
  );
}

function serverKey(serverGroup: string, address: string, port: number): string {
  return `${serverGroup}/${address}:${port}`;
}

function noRule({ ruleId, listenerId }: AlbRoute): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `listener ${listenerId} has no forwarding rule ${ruleId}; no traffic was moved`,
    { nextStep: 'Correct the route in the account’s settings.' },
  );
}
