import { SpringtideError, parseInstant, type Clock } from '@springtide/kernel';
import type { CallOptions, RouteCounters } from '@springtide/provider-kit';
import { request, type Dispatcher } from 'undici';
import type { GatewayRoute } from './account.js';
import { groupOf } from './gateway-objects.js';

const SECONDS = 'request_duration_seconds_sum';
const LINE = /^traefik_service_(requests_total|request_duration_seconds_sum)\{(.*)\} (\S+)$/;
const CODE = /(?:^|,)code="(\d{3})"/;
const MOST_BYTES = 16 << 20;

/** What Traefik counts for the backends of its HTTPRoutes, one series per rule. */
export class TraefikCounters {
  constructor(
    private readonly url: string,
    private readonly dispatcher: Dispatcher,
    private readonly clock: Clock,
  ) {}

  async read(name: string, route: GatewayRoute, options: CallOptions): Promise<readonly RouteCounters[]> {
    return countersOf(name, route, await this.#text(options));
  }

  async #text(options: CallOptions): Promise<string> {
    const leftMs = parseInstant(options.deadline).getTime() - this.clock.now().getTime();
    const signal = AbortSignal.timeout(Math.max(1, leftMs));
    try {
      const answer = await request(this.url, { dispatcher: this.dispatcher, signal });
      const text = await answer.body.text();
      if (answer.statusCode === 200 && text.length <= MOST_BYTES) return text;
      throw new SpringtideError('unavailable', `the metrics at ${this.url} answered ${answer.statusCode}`, {
        effect: 'none',
      });
    } catch (thrown) {
      if (thrown instanceof SpringtideError) throw thrown;
      throw new SpringtideError(
        signal.aborted ? 'timeout' : 'unavailable',
        `the metrics at ${this.url} cannot be read; nothing was changed by asking`,
        { effect: 'none', cause: thrown },
      );
    }
  }
}

/** Series are named `httproute-<namespace>-<route>-gw-…-svc-<namespace>-<service>-<n>@kubernetesgateway`. */
export function countersOf(name: string, route: GatewayRoute, text: string): readonly RouteCounters[] {
  const start = `httproute-${route.namespace}-${name}-gw-`;
  const service = new RegExp(
    `service="${start}[^"]*-svc-${route.namespace}-([a-z0-9-]+)-\\d+@kubernetesgateway"`,
  );
  const found = new Map<string, { requests: number; errors: number; totalMs?: number }>();
  for (const line of text.split('\n')) {
    const [, series, labels = '', value = ''] = LINE.exec(line) ?? [];
    const backend = service.exec(labels)?.[1];
    if (backend === undefined) continue;
    const group = groupOf(name, route, backend);
    const counter = found.get(group) ?? { requests: 0, errors: 0 };
    if (series === SECONDS) counter.totalMs = (counter.totalMs ?? 0) + Number(value) * 1_000;
    else {
      counter.requests += Number(value);
      if (Number(CODE.exec(labels)?.[1] ?? 0) >= 500) counter.errors += Number(value);
    }
    found.set(group, counter);
  }
  return [...found].map(([group, { totalMs, ...counter }]) => ({
    group,
    ...counter,
    ...(totalMs === undefined ? {} : { answerTime: { totalMs } }),
  }));
}
