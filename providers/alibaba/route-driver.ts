import type {
  CallOptions,
  RouteCounters,
  RouteMatch,
  RouteMember,
  RouteState,
} from '@springtide/provider-kit';

/** One route of one product. Calls that change it come one at a time. */
export interface RouteDriver {
  read(options: CallOptions): Promise<RouteState>;
  setMembers(group: string, members: readonly RouteMember[], options: CallOptions): Promise<void>;
  setWeights(weights: Readonly<Record<string, number>>, options: CallOptions): Promise<RouteState>;
  setMatches(matches: readonly RouteMatch[], options: CallOptions): Promise<RouteState>;
  counters(options: CallOptions): Promise<readonly RouteCounters[]>;
}
