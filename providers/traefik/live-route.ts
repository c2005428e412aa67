import type { CallOptions, RouteState } from '@springtide/provider-kit';
import { memberUrl, type DesiredMember, type DesiredRoute } from './desired-route.js';
import { matchPrefix, routeServices, type RouteServices } from './dynamic-configuration.js';
import type { LiveRouter, LiveService, TraefikApi } from './traefik-api.js';

/** Desired and live side by side, read at one moment. */
export type LiveRoute = Readonly<{
  desired: DesiredRoute;
  services: RouteServices;
  live: ReadonlyMap<string, LiveService>;
  /** Routers of matches, as Traefik runs them. */
  routers: readonly LiveRouter[];
  /** Traefik has checked every member since the last change of any route. */
  settled: boolean;
}>;

export async function readLive(
  api: TraefikApi,
  route: string,
  desired: DesiredRoute,
  settled: boolean,
  options: CallOptions,
): Promise<LiveRoute> {
  const services = routeServices(route, desired);
  // First: a listing is there whenever the API is, so that a missing service below is really missing.
  const routers = (await api.routers(route, options)).filter(({ name }) => {
    return name.startsWith(matchPrefix(route));
  });
  const names = [services.name, ...services.loadBalancers.map(({ name }) => name)];
  const found = await Promise.all(
    names.map(async (name) => [name, await api.service(name, options)] as const),
  );
  const live = new Map<string, LiveService>();
  for (const [name, service] of found) if (service) live.set(name, service);
  return { desired, services, live, routers, settled };
}

/** Traefik runs exactly what the file says. */
export function agrees({ services, live, routers }: LiveRoute): boolean {
  const shares = live.get(services.name)?.weighted?.services ?? [];
  const isLive = live.has(services.name) && same(shares.map(weightText), services.weighted.map(weightText));
  return (
    isLive &&
    same(routers.map(routerText), services.matches.map(routerText)) &&
    services.loadBalancers.every(({ name, urls }) => {
      const servers = live.get(name)?.loadBalancer?.servers ?? [];
      return same(
        servers.map(({ url }) => url),
        urls,
      );
    })
  );
}

/** What Traefik finds wrong with the configuration, in its own words. */
export function complaints({ live, routers }: LiveRoute): readonly string[] {
  return [...live.values(), ...routers].flatMap(({ error }) => error ?? []);
}

export function isHealthy(route: LiveRoute, group: string, member: DesiredMember): boolean {
  if (!route.settled && !member.proven) return false;
  const url = memberUrl(member);
  return route.services.loadBalancers.some(({ name, group: owner, urls }) => {
    return owner === group && urls.includes(url) && route.live.get(name)?.serverStatus?.[url] === 'UP';
  });
}

/** Shares as Traefik applies them: over the groups that are in the weighted service with a member that is up. */
export function toRouteState(route: LiveRoute, entrance: string): RouteState {
  const applied = new Map<string, number>();
  for (const { name, weight } of route.live.get(route.services.name)?.weighted?.services ?? []) {
    const service = route.services.loadBalancers.find((candidate) => candidate.name === bare(name));
    const up = Object.values(route.live.get(bare(name))?.serverStatus ?? {}).includes('UP');
    if (service && up) applied.set(service.group, weight);
  }
  const sum = [...applied.values()].reduce((total, weight) => total + weight, 0);
  return {
    name: route.services.name,
    entrance,
    matches: route.services.matches.map(({ match }) => match),
    groups: route.desired.groups.map((group) => ({
      name: group.name,
      weight: sum === 0 ? 0 : Math.round(((applied.get(group.name) ?? 0) / sum) * 1e8) / 1e6,
      members: group.members.map((member) => ({
        id: member.id,
        address: member.address,
        port: member.port,
        healthy: isHealthy(route, group.name, member),
        draining: false,
        activeConnections: null,
      })),
    })),
  };
}

function weightText({ name, weight }: { name: string; weight: number }): string {
  return `${bare(name)}=${weight}`;
}

function routerText({ name, rule, priority, service }: Omit<LiveRouter, 'error'>): string {
  return `${bare(name)} ${priority} ${bare(service)} ${rule}`;
}

function bare(name: string): string {
  return name.replace(/@file$/, '');
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.toSorted().join('\n') === b.toSorted().join('\n');
}
