import { Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** What the product measures of itself. Labels are bounded sets: codes, providers, operations; never ids of machines. */
export class Metrics {
  readonly registry: Registry;
  readonly cloudCallSeconds: Histogram<'provider' | 'operation' | 'code'>;
  readonly httpSeconds: Histogram<'method' | 'route' | 'status'>;
  readonly outboxLag: Gauge;
  readonly scheduleAge: Gauge<'schedule'>;
  readonly invariantViolations: Gauge<'invariant'>;
  readonly invariantJudged: Gauge<'invariant'>;

  constructor(app: string) {
    this.registry = new Registry();
    this.registry.setDefaultLabels({ app });
    const registers = [this.registry];
    this.cloudCallSeconds = new Histogram({
      name: 'springtide_cloud_call_seconds',
      help: 'Duration of calls to clouds by provider, operation and result code (ok or an error code).',
      labelNames: ['provider', 'operation', 'code'],
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers,
    });
    this.httpSeconds = new Histogram({
      name: 'springtide_http_request_seconds',
      help: 'Duration of API requests by method, route pattern and status.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    });
    this.outboxLag = new Gauge({
      name: 'springtide_outbox_lag_seconds',
      help: 'Age of the oldest undelivered outbox entry; 0 when there is none.',
      registers,
    });
    this.scheduleAge = new Gauge({
      name: 'springtide_schedule_age_seconds',
      help: 'Seconds since a standing schedule last began; one that is paused or hangs grows old.',
      labelNames: ['schedule'],
      registers,
    });
    this.invariantViolations = new Gauge({
      name: 'springtide_invariant_violations',
      help: 'Violations of an invariant that the last look of the verifier found; 0 is well.',
      labelNames: ['invariant'],
      registers,
    });
    this.invariantJudged = new Gauge({
      name: 'springtide_invariant_judged',
      help: 'Whether the last look of the verifier could judge an invariant: 1, or 0 when something was not shown.',
      labelNames: ['invariant'],
      registers,
    });
  }

  /** Process figures (memory, event loop); not in tests, where they keep timers. */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Fits `CallObserver` of the provider kit. */
  observe(call: Readonly<{ provider: string; operation: string; code: string; durationMs: number }>): void {
    const { provider, operation, code } = call;
    this.cloudCallSeconds.observe({ provider, operation, code }, call.durationMs / 1_000);
  }

  async text(): Promise<Readonly<{ contentType: string; body: string }>> {
    return { contentType: this.registry.contentType, body: await this.registry.metrics() };
  }
}
