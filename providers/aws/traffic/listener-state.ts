import type { Action, Rule, TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SpringtideError } from '@springtide/kernel';
import type { RouteMember } from '@springtide/provider-kit';
import type { ListenerRoute } from '../account.js';
import type { AwsScope } from '../aws-api.js';
import type { BalancerApi } from './balancer-api.js';
import { fromMemberTags, isMemberTag } from './member-tags.js';

export const ROUTE_TAG = 'springtide:route';
export const GROUP_TAG = 'springtide:group';

export type LiveTarget = RouteMember & Readonly<{ health: string }>;

export type LiveGroup = Readonly<{
  name: string;
  arn: string;
  /** Made by Springtide, which may delete it. */
  ours: boolean;
  /** As the forward action says; undefined while it is in none. */
  weight: number | undefined;
  memberTags: ReadonlyMap<string, string>;
  targets: readonly LiveTarget[];
}>;

/** A listener or rule of AWS with everything behind it, read at one moment. */
export type LiveListener = Readonly<{
  loadBalancerArn: string;
  port: number;
  protocol: string;
  /** All actions; the last forwards or answers. */
  actions: readonly Action[];
  rules: readonly Rule[];
  groups: readonly LiveGroup[];
}>;

export async function readListener(
  api: BalancerApi,
  name: string,
  route: ListenerRoute,
  at: AwsScope,
): Promise<LiveListener> {
  const listener = await api.listener(at, route.listenerArn);
  if (listener === undefined) throw gone(name, `listener ${route.listenerArn}`);
  const rules = await api.rules(at, route.listenerArn);
  const rule = rules.find(({ RuleArn }) => RuleArn === route.ruleArn);
  if (route.ruleArn !== undefined && rule === undefined) throw gone(name, `rule ${route.ruleArn}`);
  const actions = rule?.Actions ?? listener.DefaultActions ?? [];
  const weights = weightsOf(actions);
  for (const own of Object.values(route.targetGroups)) if (!weights.has(own)) weights.set(own, undefined);
  const tags = await api.tags(at, [...weights.keys()]);
  const groups = await Promise.all(
    [...weights].map(async ([arn, weight]) => {
      const own = new Map((tags.get(arn) ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
      const configured = Object.entries(route.targetGroups).find(([, each]) => each === arn)?.[0];
      const ours = configured === undefined && own.get(ROUTE_TAG) === name;
      const memberTags = new Map([...own].filter(([key]) => isMemberTag(key)));
      const targets = namedTargets(await api.targetHealth(at, arn), fromMemberTags(memberTags));
      const group =
        configured ?? (ours ? own.get(GROUP_TAG) : undefined) ?? `other-${arn.split('/').at(-1) ?? ''}`;
      return { name: group, arn, ours, weight, memberTags, targets };
    }),
  );
  const { LoadBalancerArn: loadBalancerArn = '', Port: port = 80, Protocol: protocol = 'HTTP' } = listener;
  return { loadBalancerArn, port, protocol, actions, rules, groups };
}

/** Ours, without weight, without anybody in it or leaving it: as good as gone, and deleted with the next change. */
export function isLeftover({ ours, weight, targets }: LiveGroup): boolean {
  return ours && (weight ?? 0) === 0 && targets.length === 0;
}

/** Target groups of the forwarding action with their weights; one alone has all. */
export function weightsOf(actions: readonly Action[]): Map<string, number | undefined> {
  const forward = actions.find(({ Type }) => Type === 'forward');
  const tuples = forward?.ForwardConfig?.TargetGroups ?? [];
  if (tuples.length > 0) {
    return new Map(tuples.map(({ TargetGroupArn = '', Weight = 1 }) => [TargetGroupArn, Weight]));
  }
  return new Map(forward?.TargetGroupArn === undefined ? [] : [[forward.TargetGroupArn, 1]]);
}

/** A target that nobody of ours registered goes by its address. */
function namedTargets(
  described: readonly TargetHealthDescription[],
  members: readonly RouteMember[],
): readonly LiveTarget[] {
  const idOf = new Map(members.map(({ id, address, port }) => [`${address} ${port}`, id]));
  return described.map(({ Target, TargetHealth }) => {
    const address = Target?.Id ?? '';
    const port = Target?.Port ?? 0;
    const id = idOf.get(`${address} ${port}`) ?? `${address}:${port}`;
    return { id, address, port, health: TargetHealth?.State ?? 'unknown' };
  });
}

function gone(name: string, what: string): SpringtideError {
  return new SpringtideError(
    'not-found',
    `route "${name}" cannot be found in AWS: there is no ${what}; no traffic was moved`,
    { nextStep: 'Correct the route in the account’s settings.' },
  );
}
