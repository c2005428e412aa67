import { SpringtideError } from '@springtide/kernel';
import type { RouteMember, RouteState } from '../contract/traffic.js';
import { byGroup, sharesGiven, sharesReceived, type WeighedMember } from './share-weights.js';

/** A member of a route whose product knows weights of single members only, and none of groups. */
export type LiveMember = WeighedMember & Readonly<{ member: RouteMember }>;

const SETTLED_WITHIN = 0.5;

export function routeState(route: string, entrance: string, live: readonly LiveMember[]): RouteState {
  const shares = sharesReceived(live);
  const groups = [...byGroup(live)].map(([group, members]) => ({
    name: group,
    weight: shares[group] ?? 0,
    members: members.map(({ member, healthy, weight }) => ({
      ...member,
      healthy,
      draining: weight === 0 && members.some((sibling) => sibling.weight > 0),
      // No product of this kind counts connections per member in a way that could be read at once.
      activeConnections: null,
    })),
  }));
  return { name: route, entrance, groups };
}

/**
 * The shares among those who stay. A group that is emptied hands its share to the others; were none of them to have one,
 * each gets the same: a route leads nowhere only when nobody is left.
 */
export function sharesOfStaying(
  shares: Readonly<Record<string, number>>,
  staying: readonly WeighedMember[],
): Readonly<Record<string, number>> {
  const led = Object.values(shares).some((share) => share > 0);
  const leads = staying.some(({ group }) => (shares[group] ?? 0) > 0);
  if (!led || leads) return shares;
  return Object.fromEntries(staying.map(({ group }) => [group, 1]));
}

export function refusePointingAtNothing(
  route: string,
  live: readonly WeighedMember[],
  shares: Readonly<Record<string, number>>,
): void {
  for (const [group, share] of Object.entries(shares)) {
    const members = live.filter((each) => each.group === group);
    if (share === 0 || members.some(({ healthy }) => healthy)) continue;
    throw new SpringtideError(
      'failed-precondition',
      `route "${route}" cannot give ${share} % to group "${group}": none of its ${members.length} members is healthy; the shares stay as they were`,
      {
        retry: 'same',
        retryAfterMs: 2_000,
        nextStep: 'Wait until a member is found healthy, or move the share to another group.',
        facts: { route, group, share, members: members.length },
      },
    );
  }
}

/** By the weights that were set, whoever fell ill in between: health is not the caller's doing. */
export function refuseOtherWriter(
  route: string,
  live: readonly WeighedMember[],
  shares: Readonly<Record<string, number>>,
): void {
  const given = sharesGiven(live);
  const holds = Object.entries(given).every(
    ([group, share]) =>
      Math.abs(share - (shares[group] ?? 0)) <= SETTLED_WITHIN || live.some(({ healthy }) => !healthy),
  );
  if (holds) return;
  throw new SpringtideError(
    'conflict',
    `the shares of route "${route}" did not stay as set: somebody else writes its weights`,
    { effect: 'maybe', nextStep: 'Read the route, find the other writer, then set the shares again.' },
  );
}

export function foreignMember(route: string, what: string): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `route "${route}" has ${what} that Springtide did not put there, so no share of it would be true; nothing was changed`,
    { nextStep: 'Move it to another rule or name, or take it out, then let Springtide add it.' },
  );
}
