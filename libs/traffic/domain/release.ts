import { SpringtideError } from '@springtide/kernel';
import type { Shares } from './shares.js';

type Group = Readonly<{ name: string; share: number }>;
type Release = Readonly<{ groups: readonly Group[]; matches: readonly Readonly<{ name: string }>[] }>;
type Live = readonly Readonly<{ name: string; weight: number }>[];

/** The standing fleet keeps what the released groups do not get. */
export function sharesOfRelease(home: string, { groups }: Pick<Release, 'groups'>): Shares {
  const given = groups.reduce((sum, group) => sum + group.share, 0);
  return { [home]: 100 - given, ...Object.fromEntries(groups.map(({ name, share }) => [name, share])) };
}

/**
 * Groups that carry traffic and are neither home nor of the release: a campaign spreads this route just now.
 * Its shares are not touched; matches beside them may be.
 */
export function groupsOfOthers(home: string, releases: readonly Release[], live: Live): readonly string[] {
  const ours = new Set([home, ...releases.flatMap(({ groups }) => groups.map(({ name }) => name))]);
  return live.filter(({ name, weight }) => weight > 0 && !ours.has(name)).map(({ name }) => name);
}

/** @throws invalid-argument for what no route could be. */
export function checkRelease(home: string, { groups, matches }: Release): void {
  const names = groups.map(({ name }) => name);
  const problem = names.includes(home)
    ? `group "${home}" is the standing fleet and keeps what the others do not get`
    : new Set(names).size < names.length
      ? 'a group is named twice'
      : new Set(matches.map(({ name }) => name)).size < matches.length
        ? 'a match is named twice'
        : groups.reduce((sum, { share }) => sum + share, 0) > 100
          ? 'the shares sum to more than 100 percent'
          : undefined;
  if (problem === undefined) return;
  throw new SpringtideError('invalid-argument', `${problem}; the route was not changed`);
}
