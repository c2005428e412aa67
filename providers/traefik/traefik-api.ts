import { SpringtideError, parseInstant, type Clock, type ErrorCode } from '@springtide/kernel';
import type { CallOptions } from '@springtide/provider-kit';
import { request, type Dispatcher } from 'undici';
import { z } from 'zod';

const serviceSchema = z.object({
  name: z.string(),
  status: z.string().optional(),
  error: z.array(z.string()).optional(),
  weighted: z
    .object({
      services: z
        .array(z.object({ name: z.string(), weight: z.number().default(1) }))
        .nullish()
        .transform((list) => list ?? []),
    })
    .optional(),
  loadBalancer: z
    .object({
      servers: z
        .array(z.object({ url: z.string() }))
        .nullish()
        .transform((list) => list ?? []),
    })
    .optional(),
  serverStatus: z.record(z.string(), z.string()).optional(),
});

/** A service as Traefik runs it now. */
export type LiveService = z.infer<typeof serviceSchema>;

const routersSchema = z.array(
  z.object({
    name: z.string(),
    rule: z.string().default(''),
    priority: z.number().default(0),
    service: z.string().default(''),
    error: z.array(z.string()).optional(),
  }),
);

/** A router as Traefik runs it now. */
export type LiveRouter = z.infer<typeof routersSchema>[number];

const versionSchema = z.object({ Version: z.string().default('unknown'), Codename: z.string().optional() });
const entryPointsSchema = z.array(z.object({ name: z.string(), address: z.string() }));

/** HTTP status → code. Reads have no effect, whatever goes wrong. */
const ERROR_TABLE: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthenticated',
  403: 'permission-denied',
  404: 'not-found',
  429: 'rate-limited',
  502: 'unavailable',
  503: 'unavailable',
  504: 'timeout',
};

const MOST_ROUTERS = 10_000;
/** So long an API that was there a moment ago may be missing. */
const API_ATTEMPTS = 20;
const API_PAUSE_MS = 100;
const MOST_BYTES = 8 << 20;

/** Traefik's own account of what it runs; read only. */
export class TraefikApi {
  constructor(
    private readonly base: string,
    private readonly dispatcher: Dispatcher,
    private readonly clock: Clock,
  ) {}

  /** Undefined while Traefik has no such service. */
  async service(name: string, options: CallOptions): Promise<LiveService | undefined> {
    try {
      return serviceSchema.parse(await this.#json(`/api/http/services/${name}@file`, options));
    } catch (thrown) {
      if (thrown instanceof SpringtideError && thrown.code === 'not-found') return undefined;
      throw thrown;
    }
  }

  /** Routers whose name, rule or service holds `words`. */
  async routers(words: string, options: CallOptions): Promise<readonly LiveRouter[]> {
    const path = `/api/http/routers?search=${encodeURIComponent(words)}&per_page=${MOST_ROUTERS}`;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return routersSchema.parse(await this.#json(path, options));
      } catch (thrown) {
        // A listing exists whenever the API does: right after a start or a reload the API itself may be missing.
        const missing = thrown instanceof SpringtideError && thrown.code === 'not-found';
        if (!missing || attempt === API_ATTEMPTS) throw thrown;
        await this.clock.sleep(API_PAUSE_MS);
      }
    }
  }

  async version(options: CallOptions): Promise<string> {
    const version = versionSchema.parse(await this.#json('/api/version', options));
    return `Traefik ${version.Version}`;
  }

  async entryPoints(options: CallOptions): Promise<readonly string[]> {
    const points = entryPointsSchema.parse(await this.#json('/api/entrypoints', options));
    return points.map(({ name }) => name);
  }

  async metrics(options: CallOptions): Promise<string> {
    return this.#text('/metrics', options);
  }

  async #json(path: string, options: CallOptions): Promise<unknown> {
    const text = await this.#text(path, options);
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new SpringtideError('unknown', `Traefik answered ${path} with something that is no JSON`, {
        effect: 'none',
        cause,
      });
    }
  }

  async #text(path: string, options: CallOptions): Promise<string> {
    const leftMs = parseInstant(options.deadline).getTime() - this.clock.now().getTime();
    const signal = AbortSignal.timeout(Math.max(1, leftMs));
    try {
      const answer = await request(new URL(path, this.base), { dispatcher: this.dispatcher, signal });
      const text = await answer.body.text();
      if (answer.statusCode === 200 && text.length <= MOST_BYTES) return text;
      throw new SpringtideError(
        ERROR_TABLE[answer.statusCode] ?? 'unknown',
        `Traefik's API answered ${answer.statusCode} to ${path}; nothing was changed by asking`,
        { effect: 'none', facts: { status: answer.statusCode } },
      );
    } catch (thrown) {
      if (thrown instanceof SpringtideError) throw thrown;
      const late = signal.aborted;
      throw new SpringtideError(
        late ? 'timeout' : 'unavailable',
        `Traefik's API at ${this.base} ${late ? 'did not answer in time' : 'cannot be reached'}`,
        { effect: 'none', cause: thrown, nextStep: 'Check that Traefik runs with its API enabled.' },
      );
    }
  }
}
