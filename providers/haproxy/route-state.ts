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

/** `counters` and the rows' own, summed per group; how long answers took is told of servers that are there. */
export function addCounters(
  counters: readonly RouteCounters[],
  rows: readonly ServerRow[],
): readonly RouteCounters[] {
  const sums = new Map(counters.map(({ group, requests, errors }) => [group, { group, requests, errors }]));
  for (const { group, requests, errors } of rows) {
    const sum = sums.get(group) ?? { group, requests: 0, errors: 0 };
    sums.set(group, { group, requests: sum.requests + requests, errors: sum.errors + errors });
  }
  return [...sums.values()]
    .map((sum) => ({ ...sum, ...answerTimeOf(rows.filter((row) => row.group === sum.group)) }))
    .toSorted((a, b) => (a.group < b.group ? -1 : 1));
}

/** Servers count by the requests that they answered. */
function answerTimeOf(rows: readonly ServerRow[]): Pick<RouteCounters, 'answerTime'> {
  let requests = 0;
  let totalMs = 0;
  for (const row of rows) {
    if (row.answerMs === undefined) continue;
    requests += row.requests;
    totalMs += row.requests * row.answerMs;
  }
  return requests === 0 ? {} : { answerTime: { recentMs: totalMs / requests } };
}
