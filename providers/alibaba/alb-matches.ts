import { SpringtideError } from '@springtide/kernel';
import type { RouteMatch } from '@springtide/provider-kit';
import { change, rulesOf } from './alb-listener.js';
import type { WireRule } from './alb-wire.js';
import type { AlibabaApi, Scope } from './api.js';
import type { Parameters } from './parameters.js';
import type { AlbRoute } from './route-settings.js';

const RULE_PREFIX = 'springtide-';
/** Rules that people made come first or last as they like; ours live here. */
const FIRST_PRIORITY = 1_000;
const LAST_PRIORITY = 10_000;
const MOST_RANGES = 5;

/** Our rules of the listener in the order in which they are tried. */
export async function readMatches(
  api: AlibabaApi,
  at: Scope,
  route: AlbRoute,
): Promise<readonly Readonly<{ rule: WireRule; match: RouteMatch }>[]> {
  const rules = (await rulesOf(api, at, route)).toSorted((a, b) => a.Priority - b.Priority);
  return rules.flatMap((rule) => {
    const match = matchOf(rule, route);
    return match === undefined ? [] : [{ rule, match }];
  });
}

/**
 * What is there and right stays. What is new is made behind it, and only then the rest is taken away, so that no request
 * finds a moment without its match.
 */
export async function writeMatches(
  api: AlibabaApi,
  at: Scope,
  route: AlbRoute,
  wanted: readonly RouteMatch[],
): Promise<void> {
  for (const match of wanted) checkMatch(match);
  const before = await readMatches(api, at, route);
  const kept = samePrefix(
    before.map(({ match }) => match),
    wanted,
  );
  const after = Math.max(FIRST_PRIORITY - 1, ...before.map(({ rule }) => rule.Priority));
  const fresh = wanted.slice(kept);
  const outdated = before.slice(kept);
  const roomy = after + fresh.length <= LAST_PRIORITY;
  if (!roomy) await remove(api, at, outdated);
  const start = roomy ? after + 1 : FIRST_PRIORITY + kept;
  for (const [index, match] of fresh.entries()) {
    await change(api, at, 'CreateRule', toRule(route, match, start + index));
  }
  if (roomy) await remove(api, at, outdated);
}

async function remove(
  api: AlibabaApi,
  at: Scope,
  outdated: readonly Readonly<{ rule: WireRule }>[],
): Promise<void> {
  for (const { rule } of outdated) await change(api, at, 'DeleteRule', { RuleId: rule.RuleId });
}

function samePrefix(before: readonly RouteMatch[], wanted: readonly RouteMatch[]): number {
  const differs = before.findIndex((match, index) => JSON.stringify(match) !== JSON.stringify(wanted[index]));
  return differs === -1 ? before.length : differs;
}

function toRule(route: AlbRoute, { name, group, when }: RouteMatch, Priority: number): Parameters {
  const condition =
    'header' in when
      ? { Type: 'Header', HeaderConfig: { Key: when.header, Values: [when.value] } }
      : { Type: 'SourceIp', SourceIpConfig: { Values: when.sourceRanges } };
  return {
    ListenerId: route.listenerId,
    RuleName: `${RULE_PREFIX}${name}`,
    Priority,
    RuleConditions: [condition],
    RuleActions: [
      {
        Type: 'ForwardGroup',
        Order: 1,
        ForwardGroupConfig: { ServerGroupTuples: [{ ServerGroupId: route.groups[group] }] },
      },
    ],
  };
}

function matchOf(rule: WireRule, route: AlbRoute): RouteMatch | undefined {
  if (rule.RuleName?.startsWith(RULE_PREFIX) !== true) return undefined;
  const [condition] = rule.RuleConditions;
  const target = rule.RuleActions[0]?.ForwardGroupConfig?.ServerGroupTuples[0]?.ServerGroupId;
  const group = Object.keys(route.groups).find((name) => route.groups[name] === target);
  if (condition === undefined || group === undefined) return undefined;
  const { HeaderConfig, SourceIpConfig } = condition;
  const name = rule.RuleName.slice(RULE_PREFIX.length);
  const [value] = HeaderConfig?.Values ?? [];
  if (HeaderConfig?.Key !== undefined && value !== undefined) {
    return { name, group, when: { header: HeaderConfig.Key, value } };
  }
  return { name, group, when: { sourceRanges: SourceIpConfig?.Values ?? [] } };
}

function checkMatch({ name, when }: RouteMatch): void {
  if ('header' in when || when.sourceRanges.length <= MOST_RANGES) return;
  throw new SpringtideError(
    'invalid-argument',
    `match "${name}" has ${when.sourceRanges.length} source ranges, and a rule of a load balancer takes ${MOST_RANGES}; no rule was changed`,
    { nextStep: 'Join ranges, or split the match in two.' },
  );
}
