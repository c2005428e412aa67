import { isIP } from 'node:net';
import { SpringtideError } from '@springtide/kernel';
import type { RouteMatch, RouteMember } from '../contract/traffic.js';

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
/** A token of RFC 9110. */
const HEADER = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
const SUM_TOLERANCE = 1e-6;

/** Routes and groups become parts of proxy object names, so they keep to what every proxy accepts. */
export function checkRouteName(what: 'route' | 'group' | 'match', name: string): void {
  if (NAME.test(name)) return;
  throw new SpringtideError(
    'invalid-argument',
    `${what} name ${JSON.stringify(name)} is not 1–40 lower-case letters, digits and inner hyphens; the route was not changed`,
  );
}

/** @throws invalid-argument for an address that is no IP literal, a bad port, or an id that occurs twice. */
export function checkRouteMembers(group: string, members: readonly RouteMember[]): void {
  checkRouteName('group', group);
  const seen = new Set<string>();
  for (const member of members) {
    const problem = memberProblem(member, seen);
    if (problem !== undefined) {
      throw new SpringtideError(
        'invalid-argument',
        `member ${JSON.stringify(member.id)} of group "${group}" ${problem}; the route was not changed`,
      );
    }
    seen.add(member.id);
  }
}

/**
 * Shares in percent per group, summing to 100.
 * @throws invalid-argument for a share outside 0…100, or another sum.
 */
export function checkRouteShares(shares: Readonly<Record<string, number>>): void {
  let sum = 0;
  for (const [group, share] of Object.entries(shares)) {
    checkRouteName('group', group);
    if (!Number.isFinite(share) || share < 0 || share > 100) {
      throw new SpringtideError(
        'invalid-argument',
        `the share of group "${group}" is ${share}, but a share is 0 … 100 percent; the route was not changed`,
      );
    }
    sum += share;
  }
  if (Math.abs(sum - 100) > SUM_TOLERANCE) {
    throw new SpringtideError(
      'invalid-argument',
      `the shares sum to ${sum} percent, not 100; the route was not changed`,
    );
  }
}

/** @throws invalid-argument for a name that is taken, no range or a bad one, or a header that no request can have. */
export function checkRouteMatches(matches: readonly RouteMatch[]): void {
  const seen = new Set<string>();
  for (const match of matches) {
    checkRouteName('match', match.name);
    checkRouteName('group', match.group);
    const problem = seen.has(match.name) ? 'is named twice' : conditionProblem(match.when);
    if (problem !== undefined) {
      throw new SpringtideError(
        'invalid-argument',
        `match ${JSON.stringify(match.name)} ${problem}; the route was not changed`,
      );
    }
    seen.add(match.name);
  }
}

function conditionProblem(when: RouteMatch['when']): string | undefined {
  if ('header' in when) {
    if (!HEADER.test(when.header))
      return `has header ${JSON.stringify(when.header)}, which no request can have`;
    if (!/^[\x20-\x7e]{1,255}$/.test(when.value))
      return 'has a value that is not 1–255 printable ASCII characters';
    return undefined;
  }
  if (when.sourceRanges.length === 0) return 'has no source range, so it would never fit';
  const wrong = when.sourceRanges.find((range) => !isRange(range));
  return wrong === undefined ? undefined : `has "${wrong}", which is no address range like 192.0.2.0/24`;
}

function isRange(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return rest.length === 0 && length !== undefined && /^\d{1,3}$/.test(length) && Number(length) <= bits;
}

function memberProblem(member: RouteMember, seen: ReadonlySet<string>): string | undefined {
  if (!/^[\x21-\x7e]{1,128}$/.test(member.id))
    return 'has an id that is not 1–128 printable ASCII characters';
  if (isIP(member.address) === 0) return `has address "${member.address}", which is no IP literal`;
  if (!Number.isInteger(member.port) || member.port < 1 || member.port > 65_535) {
    return `has port ${member.port}, which is not 1 … 65535`;
  }
  return seen.has(member.id) ? 'is named twice' : undefined;
}
