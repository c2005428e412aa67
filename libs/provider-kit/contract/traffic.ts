import type { CallOptions, Page } from './compute.js';

export type RouteMember = Readonly<{
  /** Springtide's machine id; stable, unique in its group. */
  id: string;
  address: string;
  port: number;
}>;

/** `healthy` and `activeConnections` are the proxy's own view, read back; null where the product does not count per member. */
export type RouteMemberState = RouteMember &
  Readonly<{ healthy: boolean; draining: boolean; activeConnections: number | null }>;

export type RouteGroupState = Readonly<{
  name: string;
  /** Share of the traffic in percent, as the proxy applies it now. */
  weight: number;
  members: readonly RouteMemberState[];
}>;

/**
 * Requests that go to one group whatever the shares are: a new version for testers, a branch of offices, one partner.
 * The first match that fits wins; what fits none is spread by the shares.
 */
export type RouteMatch = Readonly<{
  /** Unique on its route; 1–40 lower-case letters, digits and inner hyphens. */
  name: string;
  group: string;
  /** Ranges as `192.0.2.0/24`, any of them; or a header (its name in any case) with exactly this value. */
  when: Readonly<{ sourceRanges: readonly string[] }> | Readonly<{ header: string; value: string }>;
}>;

/** What is live, read from the product that carries the traffic. */
export type RouteState = Readonly<{
  name: string;
  /** `http://host:port` under which clients reach the route. */
  entrance: string;
  groups: readonly RouteGroupState[];
  /** In the order in which they are tried; absent where the product cannot match. */
  matches?: readonly RouteMatch[];
}>;

/** Cumulative counters per group since the proxy started; callers take differences, and take a fall as a restart of 0. */
export type RouteCounters = Readonly<{
  group: string;
  requests: number;
  /** Answers with 5xx and failed connections. */
  errors: number;
  /** Absent where the product does not measure it, or has measured nothing yet. */
  answerTime?: AnswerTime;
}>;

/** How long answers took: added up since the proxy started, or on average of the latest requests, in milliseconds. */
export type AnswerTime = Readonly<{ totalMs: number }> | Readonly<{ recentMs: number }>;

export interface TrafficFacet {
  listRoutes(options: CallOptions): AsyncIterable<Page<RouteState>>;
  /** @throws not-found when the proxy knows no such route. */
  readRoute(route: string, options: CallOptions): Promise<RouteState>;
  /**
   * Makes the group's membership exactly this. New members take no traffic before the proxy finds them healthy;
   * removed members are drained: they get no new requests. Idempotent. A group that did not exist starts at weight 0.
   */
  setMembers(
    route: string,
    group: string,
    members: readonly RouteMember[],
    options: CallOptions,
  ): Promise<void>;
  /**
   * Sets the share of every group, absolutely; the shares sum to 100. Idempotent.
   * @throws failed-precondition when a share above 0 would point at a group without a healthy member; nothing changes.
   */
  setWeights(
    route: string,
    weights: Readonly<Record<string, number>>,
    options: CallOptions,
  ): Promise<RouteState>;
  /**
   * Makes the matches of the route exactly these, in this order. Idempotent. Only where `capabilities.matchBySource` or
   * `matchByHeader` is supported.
   * @throws failed-precondition when a match would point at a group without a healthy member; unsupported for a kind of
   * match that the product cannot do; nothing changes.
   */
  setMatches?(route: string, matches: readonly RouteMatch[], options: CallOptions): Promise<RouteState>;
  readCounters(route: string, options: CallOptions): Promise<readonly RouteCounters[]>;
}
