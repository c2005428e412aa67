import type { Rule, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SpringtideError } from '@springtide/kernel';
import type { RouteMatch } from '@springtide/provider-kit';
import type { ListenerRoute } from '../account.js';
import type { AwsScope } from '../aws-api.js';
import type { BalancerApi } from './balancer-api.js';
import { weightsOf, type LiveListener } from './listener-state.js';

/**
 * A rule of AWS has no name and its tags cannot be read with it, so the name rides in a condition that every request
 * fulfils: the path matches `*`, or a pattern that holds the name and that nobody asks for.
 */
const NAMED = /^\/\.springtide\/([a-z0-9-]+)\/([a-z0-9-]+)$/;
/** AWS takes so many values over all conditions of a rule; two are ours. */
const MOST_VALUES = 5;
const FIRST_PRIORITY = 100;

type MatchContext = Readonly<{ name: string; route: ListenerRoute; live: LiveListener; at: AwsScope }>;

export function readMatches(name: string, { rules, groups }: LiveListener): readonly RouteMatch[] {
  return ownRules(name, rules).flatMap(({ match, rule }) => {
    const [arn] = weightsOf(rule.Actions ?? []).keys();
    const group = groups.find((each) => each.arn === arn)?.name;
    const when = whenOf(rule.Conditions ?? []);
    return group === undefined || when === undefined ? [] : [{ name: match, group, when }];
  });
}

/**
 * Makes the rules of this route exactly these. What is new comes before what is obsolete goes, and a rule that stays is not
 * touched but for its place, so that no request that always matched slips through meanwhile.
 */
export async function setMatches(
  api: BalancerApi,
  context: MatchContext,
  matches: readonly RouteMatch[],
): Promise<void> {
  const { name, route, live, at } = context;
  if (route.ruleArn !== undefined) {
    throw new SpringtideError(
      'unsupported',
      `route "${name}" is a rule of a listener, and AWS has no rules inside rules; nothing was changed`,
      { effect: 'none', nextStep: 'Register the whole listener as the route.' },
    );
  }
  for (const match of matches) refuse(context, match);
  const before = ownRules(name, live.rules);
  const isLive = (match: RouteMatch) => readMatches(name, live).find((one) => sameMatch(one, match));
  const kept = new Set(matches.filter((match) => isLive(match) !== undefined).map((match) => match.name));
  const priorities = freePriorities(live.rules, matches.length);
  const arns: string[] = [];
  for (const [index, match] of matches.entries()) {
    const known = kept.has(match.name) ? before.find((one) => one.match === match.name) : undefined;
    arns.push(known?.rule.RuleArn ?? (await createRule(api, context, match, priorities[index] ?? 0)));
  }
  for (const { rule } of before) {
    if (!arns.includes(rule.RuleArn ?? '')) await api.deleteRule(at, rule.RuleArn ?? '');
  }
  if (!inOrder(arns, before)) {
    const places = arns.map((RuleArn, index) => ({ RuleArn, Priority: priorities[index] ?? 0 }));
    const moving = places.filter(({ RuleArn }) => before.some(({ rule }) => rule.RuleArn === RuleArn));
    if (moving.length > 0) await api.setPriorities(at, moving);
  }
}

async function createRule(
  api: BalancerApi,
  { name, route, live, at }: MatchContext,
  match: RouteMatch,
  priority: number,
): Promise<string> {
  const group = live.groups.find((each) => each.name === match.group);
  const made = await api.createRule(at, {
    ListenerArn: route.listenerArn,
    Priority: priority,
    Conditions: [conditionOf(match), nameCondition(name, match.name)],
    Actions: [{ Type: 'forward', TargetGroupArn: group?.arn ?? '' }],
  });
  return made.Rules?.[0]?.RuleArn ?? '';
}

/** Places that no rule of the listener has now, ours included: rules come before others leave theirs. */
function freePriorities(rules: readonly Rule[], count: number): readonly number[] {
  const taken = new Set(rules.map(priorityOf));
  const free: number[] = [];
  for (let next = FIRST_PRIORITY; free.length < count; next += 1) if (!taken.has(next)) free.push(next);
  return free;
}

/** Nothing was made, and what stayed stands in this order already. */
function inOrder(arns: readonly string[], before: ReturnType<typeof ownRules>): boolean {
  const places = arns.map((arn) => before.findIndex(({ rule }) => rule.RuleArn === arn));
  return places.every((place, index) => place >= 0 && (index === 0 || place > (places[index - 1] ?? -1)));
}

function sameMatch(a: RouteMatch, b: RouteMatch): boolean {
  return a.name === b.name && a.group === b.group && JSON.stringify(a.when) === JSON.stringify(b.when);
}

function refuse({ name, live }: MatchContext, match: RouteMatch): void {
  const group = live.groups.find((each) => each.name === match.group);
  const values = 'header' in match.when ? 1 : match.when.sourceRanges.length;
  if (values + 2 > MOST_VALUES) {
    throw new SpringtideError(
      'invalid-argument',
      `match "${match.name}" of route "${name}" names ${values} ranges, and a rule of AWS takes ${MOST_VALUES - 2}; nothing was changed`,
      { effect: 'none', nextStep: 'Join ranges, or make two matches of it.' },
    );
  }
  if (group?.targets.some(({ health }) => health === 'healthy') === true) return;
  throw new SpringtideError(
    'failed-precondition',
    `match "${match.name}" of route "${name}" would send requests to group "${match.group}", which has no healthy member; nothing was changed`,
    { effect: 'none', retry: 'same', retryAfterMs: 1_000 },
  );
}

function conditionOf({ when }: RouteMatch): RuleCondition {
  return 'header' in when
    ? {
        Field: 'http-header',
        HttpHeaderConfig: { HttpHeaderName: when.header, Values: [when.value] },
      }
    : { Field: 'source-ip', SourceIpConfig: { Values: [...when.sourceRanges] } };
}

function nameCondition(route: string, match: string): RuleCondition {
  return { Field: 'path-pattern', PathPatternConfig: { Values: ['*', `/.springtide/${route}/${match}`] } };
}

function whenOf(conditions: readonly RuleCondition[]): RouteMatch['when'] | undefined {
  for (const { HttpHeaderConfig: header, SourceIpConfig: source } of conditions) {
    if (header !== undefined) return { header: header.HttpHeaderName ?? '', value: header.Values?.[0] ?? '' };
    if (source !== undefined) return { sourceRanges: source.Values ?? [] };
  }
  return undefined;
}

function ownRules(route: string, rules: readonly Rule[]): readonly Readonly<{ match: string; rule: Rule }>[] {
  return rules
    .flatMap((rule) => {
      const patterns =
        rule.Conditions?.flatMap(({ PathPatternConfig }) => PathPatternConfig?.Values ?? []) ?? [];
      const named = patterns.map((pattern) => NAMED.exec(pattern)).find((found) => found?.[1] === route);
      return named?.[2] === undefined ? [] : [{ match: named[2], rule }];
    })
    .toSorted((a, b) => priorityOf(a.rule) - priorityOf(b.rule));
}

function priorityOf({ Priority }: Rule): number {
  return Priority === 'default' ? Infinity : Number(Priority);
}
