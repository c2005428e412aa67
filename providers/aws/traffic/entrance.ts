import type { CallOptions, RouteMatch, RouteMember, RouteState } from '@springtide/provider-kit';

/** One route of the account, whatever product of AWS carries it. Changes of one entrance never overlap. */
export interface Entrance {
  read(options: CallOptions): Promise<RouteState>;
  setMembers(group: string, members: readonly RouteMember[], options: CallOptions): Promise<void>;
  setWeights(shares: Readonly<Record<string, number>>, options: CallOptions): Promise<void>;
  setMatches(matches: readonly RouteMatch[], options: CallOptions): Promise<void>;
}
