import type { RouteCounters } from '@springtide/provider-kit';

const REQUESTS = /^traefik_service_requests_total\{(.*)\} (\S+)$/gm;
const SECONDS = /^traefik_service_request_duration_seconds_sum\{(.*)\} (\S+)$/gm;

/**
 * Requests per group from Traefik's Prometheus text, and how long they took. Traefik counts each attempt, so a request
 * that met a dead member and was repeated shows as one error and one success.
 */
export function countersOf(route: string, metrics: string): readonly RouteCounters[] {
  const sums = new Map<string, RouteCounters>();
  for (const { group, labels, value } of samplesOf(route, metrics, REQUESTS)) {
    const sum = sums.get(group) ?? { group, requests: 0, errors: 0 };
    const failed = label(labels, 'code')?.startsWith('5') ? value : 0;
    sums.set(group, { group, requests: sum.requests + value, errors: sum.errors + failed });
  }
  const times = new Map<string, number>();
  for (const { group, value } of samplesOf(route, metrics, SECONDS)) {
    times.set(group, (times.get(group) ?? 0) + value * 1_000);
  }
  return [...sums.values()]
    .map((sum) => ({ ...sum, ...answerTimeOf(times.get(sum.group)) }))
    .toSorted((a, b) => (a.group < b.group ? -1 : 1));
}

type Sample = Readonly<{ group: string; labels: string; value: number }>;

function samplesOf(route: string, metrics: string, series: RegExp): readonly Sample[] {
  return [...metrics.matchAll(series)].flatMap(([, labels = '', text = '']) => {
    const [owner, group] = (label(labels, 'service') ?? '').replace(/@file$/, '').split('_');
    const value = Number(text);
    return owner === route && group !== undefined && Number.isFinite(value) ? [{ group, labels, value }] : [];
  });
}

function answerTimeOf(totalMs: number | undefined): Pick<RouteCounters, 'answerTime'> {
  return totalMs === undefined ? {} : { answerTime: { totalMs } };
}

function label(labels: string, name: string): string | undefined {
  return new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1];
}
