import { parseInstant, SpringtideError, type Clock, type ErrorCode, type Instant } from '@springtide/kernel';
import { request, type Dispatcher } from 'undici';
import { transportError } from '../soap/transport-errors.js';
import type { Login } from '../vim/vim-session.js';

export type RestCall = Readonly<{
  method: 'GET' | 'POST' | 'DELETE';
  /** Below `/rest`, with its query. */
  path: string;
  body?: unknown;
  deadline: Instant;
}>;

const ROOT = '/rest';
const SESSION = '/com/vmware/cis/session';
const SESSION_HEADER = 'vmware-api-session-id';

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid-argument',
  401: 'unauthenticated',
  403: 'permission-denied',
  404: 'not-found',
  429: 'rate-limited',
  503: 'unavailable',
};
const BY_TYPE: readonly (readonly [ending: string, code: ErrorCode])[] = [
  ['already_exists', 'already-exists'],
  ['unauthorized', 'permission-denied'],
  ['not_found', 'not-found'],
];

/** The part of vCenter that speaks JSON, with a session of its own. No machine depends on it. */
export class RestConnection {
  readonly #origin: string;
  readonly #dispatcher: Dispatcher;
  readonly #clock: Clock;
  readonly #login: Login;
  #session: string | undefined;

  constructor(url: string, dispatcher: Dispatcher, clock: Clock, login: Login) {
    this.#origin = new URL(url).origin;
    this.#dispatcher = dispatcher;
    this.#clock = clock;
    this.#login = login;
  }

  /** The answer's `value`. A session that has ended is replaced once. */
  async call(call: RestCall): Promise<unknown> {
    this.#session ??= await this.#open(call.deadline);
    try {
      return await this.#send(call, { [SESSION_HEADER]: this.#session });
    } catch (thrown) {
      if (!(thrown instanceof SpringtideError) || thrown.code !== 'unauthenticated') throw thrown;
      this.#session = await this.#open(call.deadline);
      return this.#send(call, { [SESSION_HEADER]: this.#session });
    }
  }

  async close(deadline: Instant): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    this.#session = undefined;
    await this.#send({ method: 'DELETE', path: SESSION, deadline }, { [SESSION_HEADER]: session });
  }

  async #open(deadline: Instant): Promise<string> {
    const { user, password } = this.#login;
    const basic = Buffer.from(`${user}:${password}`, 'utf8').toString('base64');
    const headers = { authorization: `Basic ${basic}`, 'vmware-use-header-authn': 'true' };
    const session = await this.#send({ method: 'POST', path: SESSION, deadline }, headers);
    if (typeof session === 'string') return session;
    throw new SpringtideError('unavailable', 'the login of vSphere’s REST interface gave no session', {
      effect: 'none',
    });
  }

  async #send(call: RestCall, headers: Readonly<Record<string, string>>): Promise<unknown> {
    const leftMs = parseInstant(call.deadline).getTime() - this.#clock.now().getTime();
    const what = `${call.method} ${call.path.split('?')[0] ?? ''}`;
    if (leftMs <= 0) {
      throw new SpringtideError('timeout', `${what} was not sent: its deadline has passed`, {
        effect: 'none',
      });
    }
    try {
      const response = await request(`${this.#origin}${ROOT}${call.path}`, {
        method: call.method,
        dispatcher: this.#dispatcher,
        headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        signal: AbortSignal.timeout(Math.ceil(leftMs)),
      });
      return valueOf(response.statusCode, await response.body.text(), what);
    } catch (thrown) {
      if (thrown instanceof SpringtideError) throw thrown;
      throw transportError(thrown, what, call.method === 'GET' ? 'none' : 'maybe');
    }
  }
}

function valueOf(status: number, text: string, what: string): unknown {
  const answer = parsed(text);
  if (status < 300) return fieldOf(answer, 'value');
  const told = fieldOf(answer, 'type');
  const type = typeof told === 'string' ? told : '';
  const code = BY_TYPE.find(([ending]) => type.endsWith(ending))?.[1] ?? BY_STATUS[status] ?? 'unknown';
  throw new SpringtideError(code, `${what} was answered with HTTP ${status} ${type}`.trim());
}

function fieldOf(answer: unknown, name: string): unknown {
  return typeof answer === 'object' && answer !== null
    ? Object.entries(answer).find(([key]) => key === name)?.[1]
    : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Some answers have no body, and a proxy's is no JSON: the status says what there is to say.
    return undefined;
  }
}
