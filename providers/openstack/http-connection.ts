import { parseInstant, SpringtideError, type Clock, type Instant } from '@springtide/kernel';
import type { ProviderContext } from '@springtide/provider-kit';
import { request, type Dispatcher } from 'undici';
import { refusalError } from './error-map.js';
import { transportError, wasCut, type WireCall } from './wire-error.js';

export type HttpCall = Readonly<{
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: unknown;
  deadline: Instant;
}> &
  WireCall;

export type HttpAnswer = Readonly<{ status: number; body: unknown; header(name: string): string }>;

const LARGEST_ANSWER = 128 * 1024 * 1024;

/** JSON over HTTP through the endpoint gate: deadlines, sizes, and errors in our words. Knows no tokens. */
export class HttpConnection {
  readonly #clock: Clock;
  readonly #kept: Dispatcher;
  readonly #fresh: Dispatcher;

  constructor(gate: ProviderContext['gate'], clock: Clock, caPem: string | undefined) {
    const trust = caPem === undefined ? {} : { ca: caPem };
    this.#clock = clock;
    this.#kept = gate.dispatcher(trust);
    // Changes never go over a kept connection: one that the server closes meanwhile would leave open what happened.
    this.#fresh = gate.dispatcher(trust);
  }

  /**
   * @throws for every answer that is no success, and when there is none. A read that was cut is sent once more, over a new
   * connection: the others that are kept have been idle for as long.
   */
  async send(call: HttpCall): Promise<HttpAnswer> {
    try {
      return await this.#sendOnce(call, call.mutates);
    } catch (thrown) {
      if (call.mutates || !(thrown instanceof SpringtideError) || !wasCut(thrown)) throw thrown;
      return await this.#sendOnce(call, true);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#kept.close(), this.#fresh.close()]);
  }

  async #sendOnce(call: HttpCall, fresh: boolean): Promise<HttpAnswer> {
    const answer = await this.#exchange(call, fresh);
    if (answer.status < 300) {
      return { status: answer.status, body: readJson(answer.text, call), header: answer.header };
    }
    const retryAfter = answer.header('retry-after');
    throw refusalError({ status: answer.status, body: answer.text, retryAfter }, call);
  }

  async #exchange(call: HttpCall, fresh: boolean) {
    const leftMs = parseInstant(call.deadline).getTime() - this.#clock.now().getTime();
    if (leftMs <= 0) {
      const message = `OpenStack: ${call.doing} was not sent, because its deadline has passed; nothing was changed`;
      throw new SpringtideError('timeout', message, { effect: 'none' });
    }
    try {
      const response = await request(call.url, {
        method: call.method,
        dispatcher: fresh ? this.#fresh : this.#kept,
        reset: fresh,
        headers: {
          accept: 'application/json',
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...call.headers,
        },
        body: call.body === undefined ? null : JSON.stringify(call.body),
        signal: AbortSignal.timeout(Math.ceil(leftMs)),
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      const header = (name: string): string => [response.headers[name] ?? ''].flat()[0] ?? '';
      return { status: response.statusCode, text: await readText(response.body), header };
    } catch (thrown) {
      throw transportError(thrown, call);
    }
  }
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > LARGEST_ANSWER) throw new Error(`the answer is longer than ${LARGEST_ANSWER} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function readJson(text: string, call: WireCall): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new SpringtideError(
      'unknown',
      `OpenStack: ${call.doing} was answered with something that is no JSON`,
      {
        effect: call.mutates ? 'maybe' : 'none',
      },
    );
  }
}
