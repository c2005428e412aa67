import { parseInstant, type Clock } from '@springtide/kernel';
import type { CallOptions, RouteMatch, RouteMember, RouteState } from '@springtide/provider-kit';
import type { ListenerRoute } from '../account.js';
import type { AwsApi, AwsScope } from '../aws-api.js';
import type { BalancerApi } from './balancer-api.js';
import type { Entrance } from './entrance.js';
import { ListenerChange } from './listener-change.js';
import { readMatches, setMatches } from './listener-matches.js';
import { isLeftover, readListener, type LiveListener } from './listener-state.js';
import { toShares } from './listener-weights.js';

/** A listener of an Application Load Balancer: what is asked is written there, and what it says is read back. */
export class ListenerEntrance implements Entrance {
  constructor(
    private readonly name: string,
    private readonly route: ListenerRoute,
    private readonly ec2: AwsApi,
    private readonly api: BalancerApi,
    private readonly clock: Clock,
  ) {}

  async read(options: CallOptions): Promise<RouteState> {
    const live = await this.#live(options);
    const shares = toShares(Object.fromEntries(live.groups.map(({ arn, weight }) => [arn, weight ?? 0])));
    const groups = live.groups.filter((group) => !isLeftover(group));
    return {
      name: this.name,
      entrance: this.route.entrance ?? (await this.#ownName(live, options)),
      groups: groups.map(({ name: group, arn, targets }) => ({
        name: group,
        weight: shares[arn] ?? 0,
        members: targets.map(({ id, address, port, health }) => {
          const draining = health === 'draining';
          return { id, address, port, healthy: health === 'healthy', draining, activeConnections: null };
        }),
      })),
      matches: readMatches(this.name, live),
    };
  }

  async setMembers(group: string, members: readonly RouteMember[], options: CallOptions): Promise<void> {
    await (await this.#change(options)).setMembers(group, members);
  }

  async setWeights(shares: Readonly<Record<string, number>>, options: CallOptions): Promise<void> {
    await (await this.#change(options)).setWeights(shares);
  }

  async setMatches(matches: readonly RouteMatch[], options: CallOptions): Promise<void> {
    const { name, route } = this;
    const live = await this.#live(options);
    await setMatches(this.api, { name, route, live, at: this.#at(options) }, matches);
  }

  async #change(options: CallOptions): Promise<ListenerChange> {
    const { name, route } = this;
    const leftMs = (): number => parseInstant(options.deadline).getTime() - this.clock.now().getTime();
    const live = await this.#live(options);
    const context = { name, route, live, at: this.#at(options), leftMs };
    return new ListenerChange(this.api, this.ec2, this.clock, context);
  }

  async #live(options: CallOptions): Promise<LiveListener> {
    return readListener(this.api, this.name, this.route, this.#at(options));
  }

  async #ownName(live: LiveListener, options: CallOptions): Promise<string> {
    const balancer = await this.api.loadBalancer(this.#at(options), live.loadBalancerArn);
    const scheme = live.protocol === 'HTTPS' ? 'https' : 'http';
    return `${scheme}://${balancer?.DNSName ?? 'unknown'}:${live.port}`;
  }

  #at({ deadline }: CallOptions): AwsScope {
    return { region: this.route.region, deadline };
  }
}
