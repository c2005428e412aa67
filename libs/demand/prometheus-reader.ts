import { SpringtideError, parseInstant, type Instant } from '@springtide/kernel';
import type { EndpointGate } from '@springtide/platform';
import { z } from 'zod';
import type { DemandSample } from './domain/index.js';

/** A Prometheus answers 11,000 points at most. */
const POINTS_PER_CALL = 10_000;

const Point = z.tuple([z.number(), z.string()]);
const Answer = z.union([
  z.object({
    status: z.literal('success'),
    data: z.object({
      result: z.array(z.object({ values: z.array(Point).optional(), value: Point.optional() })),
    }),
  }),
  z.object({ status: z.literal('error'), error: z.string() }),
]);
type PrometheusAnswer = Extract<z.infer<typeof Answer>, { status: 'success' }>;

export type RangeQuery = Readonly<{
  url: string;
  query: string;
  from: Instant;
  to: Instant;
  stepSeconds: number;
}>;

/** Reads metrics over HTTP, through the gate that keeps connections to what the operator allows. */
export class PrometheusReader {
  constructor(private readonly gate: EndpointGate) {}

  /**
   * One series over a period, in as many calls as it takes.
   * @throws invalid-argument when the query answers no series or several, failed-precondition when it is refused.
   */
  async range(query: RangeQuery): Promise<readonly DemandSample[]> {
    const toMs = parseInstant(query.to).getTime();
    const chunkMs = POINTS_PER_CALL * query.stepSeconds * 1_000;
    const samples: DemandSample[] = [];
    for (let at = parseInstant(query.from).getTime(); at <= toMs; at += chunkMs) {
      const parts = {
        query: query.query,
        start: String(at / 1_000),
        end: String(Math.min(toMs, at + chunkMs - query.stepSeconds * 1_000) / 1_000),
        step: String(query.stepSeconds),
      };
      const answer = await this.call(query.url, 'query_range', parts);
      samples.push(...onlySeries(answer, query.query).flatMap((point) => sampleOf(point)));
    }
    return samples;
  }

  /** The one value that the query has now; undefined when it has none. */
  async now(url: string, query: string): Promise<number | undefined> {
    const answer = await this.call(url, 'query', { query });
    return onlySeries(answer, query).flatMap((point) => sampleOf(point))[0]?.value;
  }

  private async call(
    base: string,
    operation: string,
    parts: Readonly<Record<string, string>>,
  ): Promise<PrometheusAnswer> {
    const { origin, pathname } = new URL(base);
    const path = `${pathname.replace(/\/$/, '')}/api/v1/${operation}?${new URLSearchParams(parts).toString()}`;
    const { text, status } = await this.get(origin, path);
    const parsed = Answer.safeParse(jsonOf(text));
    if (!parsed.success) throw notPrometheus(origin, status);
    if (parsed.data.status === 'error') throw refused(parsed.data.error);
    return parsed.data;
  }

  private async get(origin: string, path: string): Promise<Readonly<{ text: string; status: number }>> {
    const dispatcher = this.gate.dispatcher();
    try {
      const answer = await dispatcher.request({ origin, path, method: 'GET' });
      return { text: await answer.body.text(), status: answer.statusCode };
    } catch (thrown) {
      if (thrown instanceof SpringtideError) throw thrown;
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new SpringtideError('unavailable', `${origin} did not answer (${why}); no demand was read`, {
        effect: 'none',
        nextStep: 'Check the address, and that this host may reach it.',
        cause: thrown,
      });
    } finally {
      await dispatcher.close();
    }
  }
}

type PrometheusPoint = z.infer<typeof Point>;

function onlySeries(answer: PrometheusAnswer, query: string): readonly PrometheusPoint[] {
  const { result } = answer.data;
  if (result.length > 1) {
    throw new SpringtideError(
      'invalid-argument',
      `"${query}" answers ${result.length} series, and it is not for us to choose; no demand was read`,
      { nextStep: 'Put sum(…) around it.' },
    );
  }
  const [series] = result;
  return series?.values ?? (series?.value === undefined ? [] : [series.value]);
}

/** NaN and infinities are gaps: they are filled in like missing points. */
function sampleOf([seconds, text]: PrometheusPoint): readonly DemandSample[] {
  const value = Number(text);
  return Number.isFinite(value) ? [{ atMs: seconds * 1_000, value: Math.max(0, value) }] : [];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notPrometheus(origin: string, status: number): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `${origin} answered with status ${status} and nothing a Prometheus would say; no demand was read`,
    { nextStep: 'Give the address under which /api/v1/query_range is served.' },
  );
}

function refused(why: string): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `Prometheus refused the query: ${why.slice(0, 300)}; no demand was read`,
    { nextStep: 'Try the query in its own console.' },
  );
}
