import { SpringtideError, type Instant } from '@springtide/kernel';
import type {
  AccountReport,
  ProviderManifest,
  RouteCounters,
  RouteMember,
  RouteState,
  TrafficFacet,
} from '@springtide/provider-kit';
import { z } from 'zod';

type Group = { weight: number; members: readonly RouteMember[]; requests: number; errors: number };

/** Asked at every look; the truth of the clouds, not the ledger's. */
export type IsHealthy = (member: RouteMember) => boolean;

const USUAL_MS = 20;
const NO_MACHINES = { supported: false, reason: 'a proxy carries traffic and has no machines' } as const;

/** A proxy in this process: members, health, shares and counters, and a restart that forgets them. */
export class TwinEntrance implements TrafficFacet {
  readonly #routes = new Map<string, Map<string, Group>>();
  /** Share of the requests of a group that fail, while a fault says so. */
  readonly failing = new Map<string, number>();
  /** How long a group takes to answer on average, while a fault says so; the others take no time worth telling. */
  readonly slow = new Map<string, number>();

  constructor(
    routes: readonly string[],
    private readonly isHealthy: IsHealthy,
  ) {
    for (const route of routes) this.#routes.set(route, new Map());
  }

  /** What it keeps over a restart: nothing but its routes. */
  restart(): void {
    for (const groups of this.#routes.values()) groups.clear();
  }

  /** Ground truth: shares as they are set, by route and group. */
  shares(route: string): ReadonlyMap<string, number> {
    return new Map([...this.#groups(route)].map(([name, group]) => [name, group.weight]));
  }

  /** As a proxy applies them: who has nobody healthy gets nothing, and the others get that too. */
  applied(route: string): ReadonlyMap<string, number> {
    const able = [...this.shares(route)].filter(([name]) => this.hasHealthy(route, name));
    const sum = able.reduce((all, [, share]) => all + share, 0);
    return new Map(able.map(([name, share]) => [name, sum === 0 ? 0 : (share / sum) * 100]));
  }

  /** Ground truth: every group as it is set, and how many of its members are healthy. */
  groups(
    route: string,
  ): readonly Readonly<{ name: string; weight: number; members: number; healthy: number }>[] {
    return [...this.#groups(route)].map(([name, { weight, members }]) => ({
      name,
      weight,
      members: members.length,
      healthy: members.filter((member) => this.isHealthy(member)).length,
    }));
  }

  members(route: string, group: string): readonly string[] {
    return (this.#groups(route).get(group)?.members ?? []).map(({ id }) => id);
  }

  hasHealthy(route: string, group: string): boolean {
    return (this.#groups(route).get(group)?.members ?? []).some((member) => this.isHealthy(member));
  }

  async *listRoutes() {
    const items = await Promise.all(
      [...this.#routes.keys()].map(async (route) => await this.readRoute(route)),
    );
    yield { items, complete: true };
  }

  readRoute(route: string): Promise<RouteState> {
    const led = this.applied(route);
    const groups = [...this.#groups(route)].map(([name, { members }]) => ({
      name,
      weight: led.get(name) ?? 0,
      members: members.map((member) => ({
        ...member,
        healthy: this.isHealthy(member),
        draining: false,
        activeConnections: 0,
      })),
    }));
    return Promise.resolve({ name: route, entrance: 'http://127.0.0.1:80', groups });
  }

  setMembers(route: string, name: string, members: readonly RouteMember[]): Promise<void> {
    const groups = this.#groups(route);
    const before = groups.get(name) ?? { weight: 0, requests: 0, errors: 0, members: [] };
    groups.set(name, { ...before, members: [...members] });
    return Promise.resolve();
  }

  async setWeights(route: string, weights: Readonly<Record<string, number>>): Promise<RouteState> {
    const groups = this.#groups(route);
    for (const [name, weight] of Object.entries(weights)) {
      if (weight > 0 && !this.hasHealthy(route, name)) {
        throw new SpringtideError(
          'failed-precondition',
          `group ${name} of ${route} has no healthy member; its shares stay as they are`,
          { effect: 'none' },
        );
      }
    }
    for (const [name, group] of groups) group.weight = weights[name] ?? 0;
    return await this.readRoute(route);
  }

  readCounters(route: string): Promise<readonly RouteCounters[]> {
    const counters = [...this.#groups(route)].map(([group, state]) => {
      state.requests += state.weight * 10;
      state.errors += Math.round(state.weight * 10 * (this.failing.get(group) ?? 0));
      const { requests, errors } = state;
      return { group, requests, errors, answerTime: { recentMs: this.slow.get(group) ?? USUAL_MS } };
    });
    return Promise.resolve(counters);
  }

  #groups(route: string): Map<string, Group> {
    const groups = this.#routes.get(route);
    if (groups !== undefined) return groups;
    throw new SpringtideError('not-found', `the proxy has no route ${route}`, { effect: 'none' });
  }
}

/** The entrance as a provider of traffic. */
export function entranceManifest(entrance: TwinEntrance): ProviderManifest {
  const nothing = z.strictObject({});
  return {
    id: 'twin-entrance',
    title: 'Simulated entrance',
    kind: 'traffic',
    settingsSchema: nothing,
    secretSchema: nothing,
    accountSchema: z.strictObject({ settings: nothing, secret: nothing }),
    endpoints: () => [],
    capabilities: {
      idempotencyToken: NO_MACHINES,
      batchLaunch: NO_MACHINES,
      partialLaunch: NO_MACHINES,
      timeToLive: NO_MACHINES,
      spot: NO_MACHINES,
      stockSignal: NO_MACHINES,
      quotaSignal: NO_MACHINES,
    },
    limits: { launchBatch: 1, describeBatch: 1, terminateBatch: 1, visibilityLagMs: 0, bootMs: 0 },
    rates: { read: { burst: 100, perSecond: 50 }, mutate: { burst: 50, perSecond: 20 } },
    connect: async () =>
      await Promise.resolve({
        traffic: entrance,
        verify: async (at: Instant): Promise<AccountReport> =>
          await Promise.resolve({
            identity: 'twin',
            regions: [],
            permissions: [],
            product: `entrance ${at}`,
          }),
        close: async () => await Promise.resolve(),
      }),
  };
}
