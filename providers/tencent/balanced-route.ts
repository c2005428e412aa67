import { SpringtideError, parseInstant, type Clock } from '@springtide/kernel';
import {
  foreignMember,
  refuseOtherWriter,
  refusePointingAtNothing,
  routeState,
  shareWeights,
  sharesGiven,
  sharesOfStaying,
  type LiveMember,
  type RouteMember,
  type RouteState,
} from '@springtide/provider-kit';
import type {
  Backend,
  TargetHealth,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/clb/v20180317/clb_models.js';
import type { BalancedRoute } from './account.js';
import { MOST_WEIGHT, type RouteDriver } from './route-driver.js';
import type { TencentApi, TencentScope } from './tencent-api.js';

/** A task takes from a blink to a few seconds: soon at first, then less often. */
const FIRST_POLL_MS = 50;
const LAST_POLL_MS = 800;
/** Kept of the deadline, so that the last step still gets its answer. */
const RESERVE_MS = 2_000;
const MOST_PER_CALL = 50;
const TASK_DONE = 0;
const TASK_FAILED = 1;

type LiveTarget = LiveMember & Readonly<{ target: TargetName }>;
/** A machine is named by its id, anything else by its address. */
type TargetName = Readonly<{ Port: number; InstanceId?: string; EniIp?: string }>;

/** Targets of one CLB listener or rule. A target's label says whose it is: `<group>/<member id>`. */
export class BalancedRouteDriver implements RouteDriver {
  constructor(
    private readonly name: string,
    private readonly route: BalancedRoute,
    private readonly api: TencentApi,
    private readonly clock: Clock,
  ) {}

  async read(at: TencentScope): Promise<RouteState> {
    return routeState(this.name, this.route.entrance, await this.#live(at));
  }

  async setMembers(group: string, members: readonly RouteMember[], at: TencentScope): Promise<void> {
    const before = await this.#live(at);
    const shares = sharesGiven(before);
    const wanted = new Set(members.map((member) => nameOfMember(group, member)));
    const there = new Set(before.map(({ name }) => name));
    const joining = members.filter((member) => !there.has(nameOfMember(group, member)));
    const leaving = before.filter((each) => each.group === group && !wanted.has(each.name));
    await this.#register(group, joining, at);
    const after = joining.length === 0 ? before : await this.#live(at);
    const gone = new Set(leaving.map(({ name }) => name));
    const staying = after.filter(({ name }) => !gone.has(name));
    const weights = new Map(shareWeights(staying, sharesOfStaying(shares, staying), MOST_WEIGHT));
    for (const name of gone) weights.set(name, 0);
    await this.#setWeights(after, weights, at);
    if (leaving.length === 0) return;
    await this.#drain(leaving, at);
    await this.#deregister(leaving, at);
  }

  async setWeights(shares: Readonly<Record<string, number>>, at: TencentScope): Promise<RouteState> {
    const before = await this.#live(at);
    refusePointingAtNothing(this.name, before, shares);
    await this.#setWeights(before, shareWeights(before, shares, MOST_WEIGHT), at);
    const after = await this.#live(at);
    refuseOtherWriter(this.name, after, shares);
    return routeState(this.name, this.route.entrance, after);
  }

  async #live(at: TencentScope): Promise<readonly LiveTarget[]> {
    const { loadBalancer, listener, rule } = this.route;
    const { Listeners = [] } = await this.api.call('clb', 'DescribeTargets', at, {
      LoadBalancerId: loadBalancer,
      ListenerIds: [listener],
    });
    const found = Listeners.find(({ ListenerId }) => ListenerId === listener);
    const place = rule === undefined ? found : found?.Rules?.find(({ LocationId }) => LocationId === rule);
    if (place === undefined) throw this.#noSuchPlace();
    const health = await this.#health(at);
    return (place.Targets ?? []).map((backend) => this.#liveTarget(backend, health));
  }

  #liveTarget(backend: Backend, health: readonly TargetHealth[]): LiveTarget {
    const { InstanceId: instance = '', Port: port = 0, PrivateIpAddresses, Weight: weight = 0 } = backend;
    const address = PrivateIpAddresses?.[0] ?? '';
    const [, group, id] = /^([a-z0-9-]+)\/(.+)$/.exec(backend.Tag ?? '') ?? [];
    if (group === undefined || id === undefined) {
      throw foreignMember(this.name, `the target ${instance || address}:${port}`);
    }
    const state = health.find(
      ({ TargetId, IP, Port }) => Port === port && (IP === address || (TargetId && TargetId === instance)),
    );
    const member = { id, address, port };
    return {
      name: nameOfMember(group, member),
      group,
      // Where checks are switched off, CLB sends to everybody.
      healthy: state?.HealthStatus === true || state?.HealthStatusDetail === 'Close',
      weight,
      member,
      target: isMachine(instance) ? { InstanceId: instance, Port: port } : { EniIp: address, Port: port },
    };
  }

  async #health(at: TencentScope): Promise<readonly TargetHealth[]> {
    const { loadBalancer, listener, rule } = this.route;
    const { LoadBalancers = [] } = await this.api.call('clb', 'DescribeTargetHealth', at, {
      LoadBalancerIds: [loadBalancer],
      ListenerIds: [listener],
      ...(rule === undefined ? {} : { LocationIds: [rule] }),
    });
    return LoadBalancers.flatMap(({ Listeners }) => Listeners ?? [])
      .filter(({ ListenerId }) => ListenerId === listener)
      .flatMap(({ Rules }) => Rules ?? [])
      .filter(({ LocationId }) => rule === undefined || LocationId === rule)
      .flatMap(({ Targets }) => Targets ?? []);
  }

  /** Without weight: what a group gets is decided when all its members are known. */
  async #register(group: string, members: readonly RouteMember[], at: TencentScope): Promise<void> {
    const targets = members.map(({ id, address, port }) => ({
      ...this.#place(),
      ...(isMachine(id) ? { InstanceId: id } : { EniIp: address }),
      Port: port,
      Weight: 0,
      Tag: `${group}/${id}`,
    }));
    for (const some of parts(targets)) {
      const answer = await this.api.call('clb', 'BatchRegisterTargets', at, {
        LoadBalancerId: this.route.loadBalancer,
        Targets: some,
      });
      await this.#done(answer.RequestId, at);
    }
  }

  async #deregister(leaving: readonly LiveTarget[], at: TencentScope): Promise<void> {
    const targets = leaving.map(({ target }) => ({ ...this.#place(), ...target }));
    for (const some of parts(targets)) {
      const answer = await this.api.call('clb', 'BatchDeregisterTargets', at, {
        LoadBalancerId: this.route.loadBalancer,
        Targets: some,
      });
      await this.#done(answer.RequestId, at);
    }
  }

  /** One call for all of them, so that no request meets half of a decision. */
  async #setWeights(
    live: readonly LiveTarget[],
    weights: ReadonlyMap<string, number>,
    at: TencentScope,
  ): Promise<void> {
    const changed = live.filter(({ name, weight }) => weights.has(name) && weights.get(name) !== weight);
    if (changed.length === 0) return;
    const answer = await this.api.call('clb', 'BatchModifyTargetWeight', at, {
      LoadBalancerId: this.route.loadBalancer,
      ModifyList: parts(changed).map((some) => ({
        ...this.#place(),
        Targets: some.map(({ name, target }) => ({ ...target, Weight: weights.get(name) ?? 0 })),
      })),
    });
    await this.#done(answer.RequestId, at);
  }

  async #drain(leaving: readonly LiveTarget[], at: TencentScope): Promise<void> {
    if (leaving.every(({ weight }) => weight === 0)) return;
    const waitMs = Math.min(this.route.drainMs, this.#leftMs(at) - RESERVE_MS);
    if (waitMs > 0) await this.clock.sleep(waitMs);
  }

  /** CLB answers before it has done anything; what it will say of its task counts. */
  async #done(taskId: string | undefined, at: TencentScope): Promise<void> {
    if (!taskId) return;
    for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(LAST_POLL_MS, pollMs * 2)) {
      const { Status, Message } = await this.api.call('clb', 'DescribeTaskStatus', at, { TaskId: taskId });
      if (Status === TASK_DONE) return;
      if (Status === TASK_FAILED) {
        throw new SpringtideError(
          'conflict',
          `CLB did not carry out a change of route "${this.name}": ${Message ?? 'it gives no reason'}; a part of it may be live`,
          { retry: 'same', effect: 'maybe', nextStep: 'Read the route, then set it again.' },
        );
      }
      if (this.#leftMs(at) <= pollMs) throw this.#stillRunning();
      await this.clock.sleep(pollMs);
    }
  }

  #place(): { ListenerId: string; LocationId?: string } {
    const { listener, rule } = this.route;
    return { ListenerId: listener, ...(rule === undefined ? {} : { LocationId: rule }) };
  }

  #leftMs(at: TencentScope): number {
    return parseInstant(at.deadline).getTime() - this.clock.now().getTime();
  }

  #noSuchPlace(): SpringtideError {
    const { loadBalancer, listener, rule = '' } = this.route;
    return new SpringtideError(
      'not-found',
      `route "${this.name}" leads to ${loadBalancer} ${listener} ${rule}, which is not there; no traffic was moved`,
      { nextStep: 'Correct the route in the account’s settings.' },
    );
  }

  #stillRunning(): SpringtideError {
    return new SpringtideError(
      'timeout',
      `CLB still works on a change of route "${this.name}"; it may become live later`,
      { effect: 'maybe', nextStep: 'Read the route, then set it again.' },
    );
  }
}

function nameOfMember(group: string, { id, port }: Pick<RouteMember, 'id' | 'port'>): string {
  return `${group}/${id}:${port}`;
}

function isMachine(id: string): boolean {
  return /^ins-[0-9a-z]+$/.test(id);
}

function parts<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / MOST_PER_CALL) }, (_, n) =>
    items.slice(n * MOST_PER_CALL, (n + 1) * MOST_PER_CALL),
  );
}
