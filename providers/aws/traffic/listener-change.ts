import { createHash } from 'node:crypto';
import { isIPv4 } from 'node:net';
import type { Action, TargetDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SpringtideError, asSpringtideError, type Clock } from '@springtide/kernel';
import type { RouteMember } from '@springtide/provider-kit';
import type { ListenerRoute } from '../account.js';
import type { AwsApi, AwsScope } from '../aws-api.js';
import type { BalancerApi } from './balancer-api.js';
import {
  GROUP_TAG,
  ROUTE_TAG,
  isLeftover,
  weightsOf,
  type LiveGroup,
  type LiveListener,
} from './listener-state.js';
import { toWeights } from './listener-weights.js';
import { toMemberTags } from './member-tags.js';
import { isInside } from './network-range.js';

/** Elastic Load Balancing forwards to so many target groups in one action. */
const MOST_GROUPS = 5;
const POLL_MS = 200;
/** Kept of the deadline, so that the answer still arrives. */
const RESERVE_MS = 1_000;
/** Where a target is when its address is in no subnet of the load balancer's network. */
const OUTSIDE = 'all';

export type ChangeContext = Readonly<{
  name: string;
  route: ListenerRoute;
  live: LiveListener;
  at: AwsScope;
  leftMs: () => number;
}>;

/** One change of one route, worked out from what was live when it began. */
export class ListenerChange {
  constructor(
    private readonly api: BalancerApi,
    private readonly ec2: AwsApi,
    private readonly clock: Clock,
    private readonly context: ChangeContext,
  ) {}

  /** Every weight in one call; groups that are empty and drained leave with it. */
  async setWeights(shares: Readonly<Record<string, number>>): Promise<void> {
    const { live } = this.context;
    for (const [group, share] of Object.entries(shares)) {
      if (share > 0) await this.#refuseWithoutHealth(group, share);
    }
    const wanted = toWeights(shares);
    const kept = live.groups.filter((group) => group.name in wanted || !isLeftover(group));
    await this.#forward(new Map(kept.map(({ arn, name }) => [arn, wanted[name] ?? 0])));
    for (const group of live.groups.filter((each) => !kept.includes(each))) await this.#delete(group);
  }

  async setMembers(name: string, members: readonly RouteMember[]): Promise<void> {
    const group = await this.#groupFor(name, members.length > 0);
    if (group === undefined) return;
    await this.#writeMembers(group, members);
    const wanted = new Set(members.map(keyOf));
    const leaving = group.targets.filter((each) => !wanted.has(keyOf(each)) && each.health !== 'draining');
    const known = new Set(group.targets.filter(({ health }) => health !== 'draining').map(keyOf));
    const joining = members.filter((each) => !known.has(keyOf(each)));
    if (joining.length > 0) await this.api.register(this.context.at, group.arn, await this.#targets(joining));
    if (members.length === 0) await this.#handOver(group);
    if (leaving.length > 0)
      await this.api.deregister(this.context.at, group.arn, await this.#targets(leaving));
  }

  /** An empty group would answer its share with 503: the others, if there are any, take it first. */
  async #handOver(group: LiveGroup): Promise<void> {
    const weights = weightsOf(this.context.live.actions);
    if ((weights.get(group.arn) ?? 0) === 0) return;
    await this.#forward(
      new Map([...weights].map(([arn, weight]) => [arn, arn === group.arn ? 0 : (weight ?? 0)])),
    );
  }

  async #refuseWithoutHealth(name: string, share: number): Promise<void> {
    const { live, at } = this.context;
    const group = live.groups.find((each) => each.name === name);
    for (;;) {
      const health = group === undefined ? [] : await this.api.targetHealth(at, group.arn);
      const states = health.map(({ TargetHealth }) => TargetHealth?.State);
      if (states.includes('healthy')) return;
      // A target that just came is `initial` until the first checks went well.
      const undecided = states.includes('initial');
      if (!undecided || this.context.leftMs() <= RESERVE_MS + POLL_MS) {
        throw this.#pointsAtNothing(name, share, states.length);
      }
      await this.clock.sleep(POLL_MS);
    }
  }

  #pointsAtNothing(group: string, share: number, members: number): SpringtideError {
    const route = this.context.name;
    return new SpringtideError(
      'failed-precondition',
      `route "${route}" cannot give ${share} % to group "${group}": none of its ${members} members is healthy; the shares stay as they were`,
      {
        effect: 'none',
        retry: 'same',
        retryAfterMs: 1_000,
        nextStep: 'Wait until the load balancer finds a member healthy, or move the share to another group.',
        facts: { route, group, share, members },
      },
    );
  }

  /** The group as it is, or a new one at weight 0, so that its members are checked. Undefined: nothing to make. */
  async #groupFor(name: string, make: boolean): Promise<LiveGroup | undefined> {
    const { live } = this.context;
    const found = live.groups.find((each) => each.name === name);
    if (found !== undefined) {
      if (found.weight === undefined && make) await this.#attach(found.arn);
      return found;
    }
    if (!make) return undefined;
    const arn = await this.#create(name);
    await this.#attach(arn);
    return { name, arn, ours: true, weight: 0, memberTags: new Map(), targets: [] };
  }

  async #attach(arn: string): Promise<void> {
    const weights = weightsOf(this.context.live.actions);
    const leftovers = this.context.live.groups.filter((group) => group.arn !== arn && isLeftover(group));
    for (const leftover of leftovers) weights.delete(leftover.arn);
    if (weights.size >= MOST_GROUPS) throw this.#tooMany();
    await this.#forward(
      new Map([...[...weights].map(([each, weight]) => [each, weight ?? 0] as const), [arn, 0]]),
    );
    for (const leftover of leftovers) await this.#delete(leftover);
  }

  #tooMany(): SpringtideError {
    return new SpringtideError(
      'failed-precondition',
      `route "${this.context.name}" forwards to ${MOST_GROUPS} target groups already, the most that AWS allows; no traffic was moved`,
      { effect: 'none', nextStep: 'Empty a group first, or plan the service on fewer pools.' },
    );
  }

  async #create(group: string): Promise<string> {
    const { name, route, live, at } = this.context;
    const balancer = await this.api.loadBalancer(at, live.loadBalancerArn);
    const { path, intervalSeconds, timeoutSeconds, healthyAfter, unhealthyAfter } = route.healthCheck;
    const id = createHash('sha256')
      .update(`${route.listenerArn} ${name} ${group}`)
      .digest('hex')
      .slice(0, 24);
    // The name makes it idempotent: AWS answers the same request with the same group.
    const arn = await this.api.createTargetGroup(at, {
      Name: `st-${id}`,
      Protocol: 'HTTP',
      Port: 80,
      TargetType: 'ip',
      ...(balancer?.VpcId === undefined ? {} : { VpcId: balancer.VpcId }),
      HealthCheckPath: path,
      HealthCheckIntervalSeconds: intervalSeconds,
      HealthCheckTimeoutSeconds: timeoutSeconds,
      HealthyThresholdCount: healthyAfter,
      UnhealthyThresholdCount: unhealthyAfter,
      Tags: [
        { Key: ROUTE_TAG, Value: name },
        { Key: GROUP_TAG, Value: group },
      ],
    });
    await this.api.setDrainSeconds(at, arn, route.drainSeconds);
    return arn;
  }

  async #writeMembers(group: LiveGroup, members: readonly RouteMember[]): Promise<void> {
    const tags = toMemberTags(members);
    if (tags === undefined) {
      throw new SpringtideError(
        'failed-precondition',
        `group "${group.name}" of route "${this.context.name}" would have ${members.length} members, more than its tags can name; nothing was changed`,
        { effect: 'none', nextStep: 'Plan the service on larger machines or on more pools.' },
      );
    }
    const changed = [...tags].filter(([key, value]) => group.memberTags.get(key) !== value);
    const obsolete = [...group.memberTags.keys()].filter((key) => !tags.has(key));
    const { at } = this.context;
    if (changed.length > 0) {
      await this.api.addTags(
        at,
        group.arn,
        changed.map(([Key, Value]) => ({ Key, Value })),
      );
    }
    if (obsolete.length > 0) await this.api.removeTags(at, group.arn, obsolete);
  }

  async #targets(members: readonly RouteMember[]): Promise<readonly TargetDescription[]> {
    const ranges = await this.#ranges();
    return members.map(({ address, port }) => ({
      Id: address,
      Port: port,
      ...(ranges.length === 0 || isInside(address, ranges) ? {} : { AvailabilityZone: OUTSIDE }),
    }));
  }

  /** Address ranges of the load balancer's network; without the right to ask, AWS will say what it does not take. */
  async #ranges(): Promise<readonly string[]> {
    const { live, at } = this.context;
    const balancer = await this.api.loadBalancer(at, live.loadBalancerArn);
    if (balancer?.VpcId === undefined) return [];
    const found = await this.ec2.describeVpcs(at, [balancer.VpcId]).catch((thrown: unknown) => {
      if (asSpringtideError(thrown).code === 'permission-denied') return { Vpcs: [] };
      throw thrown;
    });
    const sets = found.Vpcs?.flatMap((vpc) => vpc.CidrBlockAssociationSet ?? []) ?? [];
    return sets.flatMap(({ CidrBlock }) =>
      CidrBlock !== undefined && isIPv4(CidrBlock.split('/')[0] ?? '') ? [CidrBlock] : [],
    );
  }

  async #forward(weights: ReadonlyMap<string, number>): Promise<void> {
    const { route, live, at } = this.context;
    const actions = withForward(live.actions, weights);
    if (JSON.stringify(actions) === JSON.stringify(live.actions)) return;
    if (route.ruleArn === undefined) await this.api.modifyListener(at, route.listenerArn, actions);
    else await this.api.modifyRule(at, route.ruleArn, actions);
  }

  /** It forwards to nothing and nothing forwards to it; if AWS still thinks otherwise, the next change tries again. */
  async #delete({ arn }: LiveGroup): Promise<void> {
    try {
      await this.api.deleteTargetGroup(this.context.at, arn);
    } catch (thrown) {
      const { code } = asSpringtideError(thrown);
      if (code !== 'conflict' && code !== 'not-found') throw thrown;
    }
  }
}

/** The actions with the forwarding one sharing like this; what else a listener does, as signing people in, stays. */
function withForward(actions: readonly Action[], weights: ReadonlyMap<string, number>): readonly Action[] {
  const forward = actions.find(({ Type }) => Type === 'forward');
  const before = actions.filter(({ Type }) => Type?.startsWith('authenticate') === true);
  const TargetGroups = [...weights].map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight }));
  const stickiness = forward?.ForwardConfig?.TargetGroupStickinessConfig;
  return [
    ...before,
    {
      Type: 'forward',
      ...(forward?.Order === undefined ? {} : { Order: forward.Order }),
      ForwardConfig: {
        TargetGroups,
        ...(stickiness === undefined ? {} : { TargetGroupStickinessConfig: stickiness }),
      },
    },
  ];
}

function keyOf({ address, port }: Pick<RouteMember, 'address' | 'port'>): string {
  return `${address} ${port}`;
}
