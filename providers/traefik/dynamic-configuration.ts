import type { TraefikAccount, TraefikRoute } from './account.js';
import type { RouteMatch } from '@springtide/provider-kit';
import {
  memberUrl,
  takesTraffic,
  type DesiredGroup,
  type DesiredMember,
  type DesiredRoute,
} from './desired-route.js';

type Weighted = Readonly<{ name: string; weight: number }>;
export type LoadBalancer = Readonly<{ name: string; group: string; urls: readonly string[]; live: boolean }>;

/** The services that a route consists of in Traefik, as the read-back must show them. */
export type RouteServices = Readonly<{
  name: string;
  weighted: readonly Weighted[];
  loadBalancers: readonly LoadBalancer[];
  matches: readonly MatchRouter[];
}>;

/** A router in front of the route's own, as Traefik must show it. */
export type MatchRouter = Readonly<{
  name: string;
  rule: string;
  priority: number;
  service: string;
  match: RouteMatch;
}>;

/** Above any rule that Traefik would rank by its length. */
const FIRST_PRIORITY = 1_000_000;

const RETRY_ATTEMPTS = 3;

/**
 * A group with a share is a service of its proven members in the route's weighted service; one that is only matched is
 * such a service behind its match. Everything else is parked:
 * behind a router that no client meets, so that Traefik checks it without sending it traffic. (A child of weight 0
 * would be checked as well, but one that recovers while all others are down makes Traefik search for ever.)
 */
export function routeServices(route: string, desired: DesiredRoute): RouteServices {
  const loadBalancers = desired.groups.flatMap((group) =>
    groupServices(route, group, takesTraffic(desired, group)),
  );
  const weightOf = new Map(desired.groups.map(({ name, weight }) => [name, weight]));
  const weighted = loadBalancers
    .filter(({ live, group }) => live && (weightOf.get(group) ?? 0) > 0)
    .map(({ name, group }) => ({ name, weight: integerWeight(weightOf.get(group) ?? 0, desired) }));
  return { name: route, weighted, loadBalancers, matches: matchRouters(route, desired, loadBalancers) };
}

/** Body of the dynamic file; JSON is YAML. */
export function dynamicConfiguration(
  services: RouteServices,
  route: TraefikRoute,
  account: TraefikAccount,
): unknown {
  const { name, weighted, loadBalancers, matches } = services;
  const retry = `${name}_retry`;
  const entrance = {
    entryPoints: [route.entryPoint],
    rule: 'PathPrefix(`/`)',
    service: name,
    middlewares: [retry],
  };
  const matched = matches.map(({ name: router, rule, priority, service }) => [
    router,
    { entryPoints: [route.entryPoint], rule, priority, service, middlewares: [retry] },
  ]);
  const parked = loadBalancers
    .filter(({ live }) => !live)
    .map((service) => [
      `${service.name}_parked`,
      {
        entryPoints: [account.parkingEntryPoint],
        rule: `Host(\`${service.name.replaceAll('_', '.')}.parked.invalid\`)`,
        service: service.name,
      },
    ]);
  return {
    http: {
      routers: { [name]: entrance, ...Object.fromEntries(matched), ...Object.fromEntries(parked) },
      middlewares: { [retry]: { retry: { attempts: RETRY_ATTEMPTS, initialInterval: '10ms' } } },
      services: {
        [name]: { weighted: { healthCheck: {}, services: weighted } },
        ...Object.fromEntries(loadBalancers.map((service) => [service.name, loadBalancer(service, account)])),
      },
    },
  };
}

/** A match whose group has nobody left would answer nobody: its requests are spread by the shares. */
function matchRouters(
  route: string,
  desired: DesiredRoute,
  loadBalancers: readonly LoadBalancer[],
): readonly MatchRouter[] {
  return desired.matches.flatMap((match, place) => {
    const target = loadBalancers.find(({ group, live }) => live && group === match.group);
    if (target === undefined) return [];
    const name = `${matchPrefix(route)}${match.name}`;
    return [{ name, rule: ruleOf(match), priority: FIRST_PRIORITY - place, service: target.name, match }];
  });
}

/** No route's name holds an underscore, so no other router begins like this. */
export function matchPrefix(route: string): string {
  return `${route}_match_`;
}

/** Strings in a rule are Go's, and those of JSON are among them for printable ASCII. */
function ruleOf({ when }: RouteMatch): string {
  if ('header' in when) return `Header(${JSON.stringify(when.header)}, ${JSON.stringify(when.value)})`;
  return when.sourceRanges.map((range) => `ClientIP(${JSON.stringify(range)})`).join(' || ');
}

function groupServices(route: string, group: DesiredGroup, used: boolean): readonly LoadBalancer[] {
  const live = `${route}_${group.name}`;
  const joining = `${live}_joining`;
  if (!used) return [service(live, group, group.members, false)];
  const proven = group.members.filter((member) => member.proven);
  const others = group.members.filter((member) => !member.proven);
  return [service(live, group, proven, true), service(joining, group, others, false)].filter(
    ({ urls }) => urls.length > 0,
  );
}

function service(
  name: string,
  group: DesiredGroup,
  members: readonly DesiredMember[],
  live: boolean,
): LoadBalancer {
  return { name, group: group.name, urls: members.map(memberUrl), live };
}

function loadBalancer({ urls }: LoadBalancer, account: TraefikAccount): unknown {
  const { checkPath, checkIntervalMs } = account;
  return {
    loadBalancer: {
      servers: urls.map((url) => ({ url })),
      healthCheck: { path: checkPath, interval: `${checkIntervalMs}ms`, timeout: `${checkIntervalMs}ms` },
    },
  };
}

/** Traefik's weights are integers: whole percents as they are, finer shares in thousandths. */
function integerWeight(share: number, desired: DesiredRoute): number {
  const whole = desired.groups.every(({ weight }) => Number.isInteger(weight));
  return whole ? share : Math.max(1, Math.round(share * 1_000));
}
