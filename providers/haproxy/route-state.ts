import { sharesReceived, type RouteCounters, type RouteState } from '@springtide/provider-kit';
import { weighed } from './member-changes.js';
import type { ServerRow } from './server-table.js';

/** The route as HAProxy applies it now; members that drain still show, but take no share. */
export function toRouteState(route: string, entrance: string, rows: readonly ServerRow[]): RouteState {
  const shares = sharesReceived(weighed(rows));
  const names = [...new Set(rows.map((row) => row.group))].toSorted();
  return {
    name: route,
    entrance,
    groups: names.map((name) => ({
      name,
      weight: shares[name] ?? 0,
      members: rows
        .filter((row) => row.group === name)
        .map((row) => ({
          id: row.memberId,
          address: row.address,
          port: row.port,
          healthy: row.healthy,
          draining: row.draining,
          activeConnections: row.activeConnections,
        })),
    })),
  };
}

/** `counters` and the rows' own, summed per group. */
export function addCounters(
  counters: readonly RouteCounters[],
  rows: readonly ServerRow[],
): readonly RouteCounters[] {
  const sums = new Map(counters.map((counter) => [counter.group, counter]));
  for (const { group, requests, errors } of rows) {
    const sum = sums.get(group) ?? { group, requests: 0, errors: 0 };
    sums.set(group, { group, requests: sum.requests + requests, errors: sum.errors + errors });
  }
  return [...sums.values()].toSorted((a, b) => (a.group < b.group ? -1 : 1));
}
