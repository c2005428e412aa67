import { SpringtideError, msBetween, parseInstant, toInstant, type Instant } from '@springtide/kernel';
import type { ProviderContext } from '@springtide/provider-kit';
import { z } from 'zod';
import { endpointOf, type AlibabaAccount } from './account.js';
import { mapFailure, mapRefusal, type AlibabaCall } from './error-map.js';
import { flatten, type Parameters } from './parameters.js';
import type { AlibabaPort, WireAnswer, WireRequest } from './port.js';
import { API_VERSIONS, type Product } from './products.js';

/** Where and until when. */
export type Scope = Readonly<{ region: string; deadline: Instant }>;

type RpcCall<T> = Readonly<{
  product: Product;
  action: string;
  parameters: Parameters;
  /** Parameters that the vendor takes in the body. */
  body?: Parameters;
  answer: z.ZodType<T>;
}>;

type RoaCall<T> = Readonly<{
  product: Product;
  action: string;
  method: WireRequest['method'];
  path: string;
  query?: Parameters;
  json?: unknown;
  answer: z.ZodType<T>;
}>;

const refusalSchema = z.looseObject({
  Code: z.coerce.string().optional(),
  Message: z.coerce.string().optional(),
  code: z.coerce.string().optional(),
  message: z.coerce.string().optional(),
});
const GOOD_CODES = new Set(['200', 'OK', 'Success', 'success']);

/**
 * Every call goes out once, is given up at its deadline, and fails with our errors; retries and rates belong to the
 * caller. What comes back is parsed: an answer of another shape is an error, not a surprise three files later.
 */
export class AlibabaApi {
  #skewMs: number | undefined;

  constructor(
    private readonly account: AlibabaAccount,
    private readonly port: AlibabaPort,
    private readonly clock: ProviderContext['clock'],
  ) {}

  /** Cloud clock minus ours as of the last answer; undefined before one. */
  get clockSkewMs(): number | undefined {
    return this.#skewMs;
  }

  read<T>(at: Scope, call: RpcCall<T>): Promise<T> {
    return this.#rpc(at, call, false);
  }

  mutate<T>(at: Scope, call: RpcCall<T>): Promise<T> {
    return this.#rpc(at, call, true);
  }

  /** ROA style: Kubernetes clusters. Everything but GET changes something. */
  async roa<T>(at: Scope, call: RoaCall<T>): Promise<T> {
    const { product, action, method, path, json } = call;
    const request = {
      ...this.#wire(at, product, action),
      style: 'roa' as const,
      method,
      path,
      query: flatten(call.query ?? {}),
      ...(json === undefined ? {} : { json }),
    };
    return this.#send({ action, region: at.region, mutates: method !== 'GET' }, request, call.answer);
  }

  close(): Promise<void> {
    return this.port.close();
  }

  async #rpc<T>(at: Scope, call: RpcCall<T>, mutates: boolean): Promise<T> {
    const { product, action, body } = call;
    const request = {
      ...this.#wire(at, product, action),
      style: 'rpc' as const,
      method: 'POST' as const,
      path: '/',
      query: flatten(call.parameters),
      ...(body === undefined ? {} : { form: flatten(body) }),
    };
    return this.#send({ action, region: at.region, mutates }, request, call.answer);
  }

  #wire(at: Scope, product: Product, action: string) {
    if (!this.account.regions.includes(at.region)) {
      throw new SpringtideError(
        'invalid-argument',
        `the Alibaba Cloud account is not registered for region ${at.region}; nothing was sent`,
        { nextStep: `Add ${at.region} to the account's regions.` },
      );
    }
    const timeoutMs = msBetween(toInstant(this.clock.now()), at.deadline);
    if (timeoutMs <= 0) {
      throw new SpringtideError('timeout', `Alibaba Cloud ${action} was not sent: its deadline has passed`, {
        effect: 'none',
      });
    }
    const endpoint = endpointOf(this.account, product, at.region);
    return { product, action, version: API_VERSIONS[product], endpoint, timeoutMs };
  }

  async #send<T>(call: AlibabaCall, request: WireRequest, schema: z.ZodType<T>): Promise<T> {
    const answer = await this.port.send(request).catch((thrown: unknown) => {
      throw mapFailure(call, thrown);
    });
    this.#watchClock(answer);
    const refusal = refusalIn(answer);
    if (refusal !== undefined) throw mapRefusal(call, refusal);
    const parsed = schema.safeParse(answer.body);
    if (parsed.success) return parsed.data;
    throw strangeAnswer(call, parsed.error);
  }

  #watchClock({ date }: WireAnswer): void {
    if (date === undefined) return;
    const told = Date.parse(date);
    // The header has whole seconds; half a second is the middle of what it may mean.
    if (!Number.isNaN(told)) this.#skewMs = told + 500 - this.clock.now().getTime();
  }
}

/** Milliseconds until then, on this clock. */
export function leftMs(clock: ProviderContext['clock'], deadline: Instant): number {
  return parseInstant(deadline).getTime() - clock.now().getTime();
}

function refusalIn({
  status,
  body,
}: WireAnswer): { code: string; message: string; status: number } | undefined {
  const parsed = refusalSchema.safeParse(body);
  if (!parsed.success) {
    // A list is a good answer of some ROA calls.
    if (status < 400 && Array.isArray(body)) return undefined;
    return { code: 'NoJson', message: `an answer with HTTP ${status} that is no JSON object`, status };
  }
  const { Code, Message, code, message } = parsed.data;
  const said = Code ?? code;
  if (status < 400 && (said === undefined || GOOD_CODES.has(said))) return undefined;
  return { code: said ?? `HTTP ${status}`, message: Message ?? message ?? '', status };
}

function strangeAnswer(call: AlibabaCall, error: z.ZodError): SpringtideError {
  const fields = error.issues.slice(0, 3).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  const consequence = call.mutates ? 'what it asked for may have happened' : 'nothing was changed';
  return new SpringtideError(
    'internal',
    `Alibaba Cloud ${call.action} in ${call.region} answered in a shape that is not known, ${consequence}: ${fields.join('; ')}`,
    {
      effect: call.mutates ? 'maybe' : 'none',
      nextStep: 'Check the deployment’s version against the README.',
    },
  );
}
