import { SpringtideError } from '@springtide/kernel';
import type { CallOptions } from '@springtide/provider-kit';
import type { SimulatedAccount } from './account.js';
import { answerSchemas, type AnswerOf, type Operation, type RequestOf } from './cloud/index.js';
import { PortError, type CloudPort, type PortAnswer } from './cloud.port.js';
import { codeOf, errorOfAnswer, errorOfPort } from './error-map.js';

/** Typed calls over a port, with a session that is renewed when the cloud has ended it. */
export class CloudApi {
  readonly #port: CloudPort;
  readonly #secret: SimulatedAccount['secret'];
  #session: string | undefined;
  #login: Promise<void> | undefined;

  constructor(port: CloudPort, secret: SimulatedAccount['secret']) {
    this.#port = port;
    this.#secret = secret;
  }

  /** A call refused for its session was not carried out, so it can be sent again. */
  async call<K extends Operation>(
    operation: K,
    request: RequestOf<K>,
    options: CallOptions,
  ): Promise<AnswerOf<K>> {
    if (this.#session === undefined) await this.#renew(options);
    let answer = await this.#send(operation, request, options);
    if (codeOf(answer) === 'SessionExpired') {
      await this.#renew(options);
      answer = await this.#send(operation, request, options);
    }
    return this.#parsed(operation, answer);
  }

  async close(): Promise<void> {
    await this.#port.close();
  }

  /** Calls that find the session ended at the same time share one login. */
  async #renew(options: CallOptions): Promise<void> {
    this.#login ??= this.#logIn(options).finally(() => {
      this.#login = undefined;
    });
    await this.#login;
  }

  async #logIn(options: CallOptions): Promise<void> {
    const answer = await this.#send('Login', this.#secret, options, true);
    this.#session = this.#parsed('Login', answer).session;
  }

  async #send(
    operation: Operation,
    request: unknown,
    options: CallOptions,
    isLogin = false,
  ): Promise<PortAnswer> {
    try {
      return await this.#port.send(operation, request, isLogin ? undefined : this.#session, options);
    } catch (thrown) {
      if (!(thrown instanceof PortError)) throw thrown;
      const error = errorOfPort(operation, thrown);
      throw isLogin ? withoutEffect(error) : error;
    }
  }

  #parsed<K extends Operation>(operation: K, answer: PortAnswer): AnswerOf<K> {
    if (answer.status !== 200) throw errorOfAnswer(operation, answer);
    const parsed = answerSchemas[operation].safeParse(answer.body);
    if (parsed.success) return parsed.data as AnswerOf<K>;
    throw new SpringtideError('unknown', `the answer to ${operation} is not one of a simulated cloud`);
  }
}

/** A lost login changes nothing for machines and money. */
function withoutEffect(error: SpringtideError): SpringtideError {
  return new SpringtideError(error.code, error.message, { effect: 'none' });
}
