import type { RouteCounters } from '@springtide/provider-kit';

const REQUESTS = /^traefik_service_requests_total\{(.*)\} (\S+)$/gm;

/**
 * Requests per group from Traefik's Prometheus text. Traefik counts each attempt, so a request that met a dead member
 * and was repeated shows as one error and one success.
 */
export function countersOf(route: string, metrics: string): readonly RouteCounters[] {
  const sums = new Map<string, RouteCounters>();
  for (const [, labels = '', value = ''] of metrics.matchAll(REQUESTS)) {
    const [owner, group] = (label(labels, 'service') ?? '').replace(/@file$/, '').split('_');
    const requests = Number(value);
    if (owner !== route || group === undefined || !Number.isFinite(requests)) continue;
    const sum = sums.get(group) ?? { group, requests: 0, errors: 0 };
    const failed = label(labels, 'code')?.startsWith('5') ? requests : 0;
    sums.set(group, { group, requests: sum.requests + requests, errors: sum.errors + failed });
  }
  return [...sums.values()].toSorted((a, b) => (a.group < b.group ? -1 : 1));
}

function label(labels: string, name: string): string | undefined {
  return new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1];
}
