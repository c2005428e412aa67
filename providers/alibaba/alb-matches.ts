import { SpringtideError } from '@springtide/kernel';
import type { RouteMatch } from '@springtide/provider-kit';
import { tell } from './alb-calls.js';
import type { LiveRoute } from './alb-live.js';
import type { WireRule } from './alb-wire.js';
import type { AlibabaApi, Scope } from './api.js';
import type { Parameter, Parameters } from './parameters.js';
import type { AlbRoute } from './route-settings.js';

/** Our matches live in the thousand places before their route's own rule. */
const PLACES = 1_000;
const MOST_RANGES = 5;
const CONDITIONS_OF_MATCHES = new Set(['Header', 'SourceIp']);

type Known = Readonly<{ rule: WireRule; match: RouteMatch }>;

/** The route's matches in the order in which they are tried. */
export function matchesAmong(live: Pick<LiveRoute, 'rules' | 'groups'>, ruleId: string): readonly Known[] {
  const prefix = prefixOf(ruleId);
  return live.rules
    .filter(({ RuleName }) => RuleName?.startsWith(prefix) === true)
    .toSorted((a, b) => a.Priority - b.Priority)
    .flatMap((rule) => {
      const match = matchOf(rule, (rule.RuleName ?? '').slice(prefix.length), live.groups);
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
  live: LiveRoute,
  wanted: readonly RouteMatch[],
): Promise<void> {
  for (const match of wanted) checkMatch(match);
  const before = matchesAmong(live, route.ruleId);
  const differs = before.findIndex(
    ({ match }, index) => JSON.stringify(match) !== JSON.stringify(wanted[index]),
  );
  const kept = differs === -1 ? before.length : differs;
  const fresh = wanted.slice(kept);
  const outdated = before.slice(kept);
  const first = Math.max(1, live.rule.Priority - PLACES);
  const next = Math.max(first, ...before.map(({ rule }) => rule.Priority + 1));
  const roomBehind = next + fresh.length <= live.rule.Priority;
  if (!roomBehind) await remove(api, at, outdated);
  const start = roomBehind ? next : first + kept;
  if (start + fresh.length > live.rule.Priority) throw noPlace(route, live.rule.Priority);
  for (const [index, match] of fresh.entries()) {
    await tell(api, at, 'CreateRule', toRule(route, live, match, start + index));
  }
  if (roomBehind) await remove(api, at, outdated);
}

async function remove(api: AlibabaApi, at: Scope, outdated: readonly Known[]): Promise<void> {
  for (const { rule } of outdated) await tell(api, at, 'DeleteRule', { RuleId: rule.RuleId });
}

/** The conditions of the route and the match's own together: a match takes nothing from other routes. */
function toRule(route: AlbRoute, live: LiveRoute, match: RouteMatch, Priority: number): Parameters {
  const { name, group, when } = match;
  const condition: Parameter =
    'header' in when
      ? { Type: 'Header', HeaderConfig: { Key: when.header, Values: [when.value] } }
      : { Type: 'SourceIp', SourceIpConfig: { Values: when.sourceRanges } };
  return {
    ListenerId: route.listenerId,
    RuleName: `${prefixOf(route.ruleId)}${name}`,
    Priority,
    RuleConditions: [...(live.rule.RuleConditions as readonly Parameter[]), condition],
    RuleActions: [
      {
        Type: 'ForwardGroup',
        Order: 1,
        ForwardGroupConfig: { ServerGroupTuples: [{ ServerGroupId: live.groups.get(group) }] },
      },
    ],
  };
}

function matchOf(rule: WireRule, name: string, groups: ReadonlyMap<string, string>): RouteMatch | undefined {
  const own = rule.RuleConditions.filter(({ Type }) => CONDITIONS_OF_MATCHES.has(Type ?? '')).at(-1);
  const target = rule.RuleActions[0]?.ForwardGroupConfig?.ServerGroupTuples[0]?.ServerGroupId;
  const group = [...groups].find(([, id]) => id === target)?.[0];
  if (own === undefined || group === undefined) return undefined;
  const [value] = own.HeaderConfig?.Values ?? [];
  if (own.HeaderConfig?.Key !== undefined && value !== undefined) {
    return { name, group, when: { header: own.HeaderConfig.Key, value } };
  }
  return { name, group, when: { sourceRanges: own.SourceIpConfig?.Values ?? [] } };
}

function prefixOf(ruleId: string): string {
  return `springtide-${ruleId}-`;
}

function checkMatch({ name, when }: RouteMatch): void {
  if ('header' in when || when.sourceRanges.length <= MOST_RANGES) return;
  throw new SpringtideError(
    'invalid-argument',
    `match "${name}" has ${when.sourceRanges.length} source ranges, and a rule of a load balancer takes ${MOST_RANGES}; no rule was changed`,
    { nextStep: 'Join ranges, or split the match in two.' },
  );
}

function noPlace({ ruleId }: AlbRoute, priority: number): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `rule ${ruleId} has priority ${priority}, which leaves no place for matches before it; no match was made`,
    { nextStep: 'Give the route’s rule a later place, as 10000.' },
  );
}
