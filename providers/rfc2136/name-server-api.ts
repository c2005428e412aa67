import { randomInt } from 'node:crypto';
import { connect } from 'node:net';
import { SpringtideError, parseInstant, type Clock } from '@springtide/kernel';
import type { CallOptions } from '@springtide/provider-kit';
import { decode, encode, type Answer, type Question } from 'dns-packet';
import { parseServer, type Rfc2136Account } from './account.js';
import { refusalError } from './refusal.js';
import { checkAnswer, sign, type UpdateKey } from './transaction-signature.js';
import { uint16, updateMessage, type Update } from './update-message.js';

const RCODE = 0x0f;
const NAME_ERROR = 3;
const LARGEST_MESSAGE = 65_535;

/** One name server, over TCP: one connection, one message, one answer. */
export class NameServerApi {
  readonly #key: UpdateKey;

  constructor(
    private readonly account: Rfc2136Account,
    private readonly clock: Clock,
  ) {
    this.#key = { name: account.keyName, secret: Buffer.from(account.key, 'base64') };
  }

  /** Contents of the name's records of the type; of several strings in one, all of them joined. */
  async lookUp(name: string, type: 'A' | 'TXT', options: CallOptions): Promise<readonly string[]> {
    const answers = await this.#ask({ name, type, class: 'IN' }, options);
    return answers.flatMap((answer) => (answer.type === type ? [contentOf(answer)] : []));
  }

  /** In the product's own words, where it tells. */
  async product(options: CallOptions): Promise<string | undefined> {
    const question: Question = { name: 'version.bind', type: 'TXT', class: 'CH' };
    const [answer] = await this.#ask(question, options).catch((thrown: unknown) => {
      if (thrown instanceof SpringtideError && thrown.effect === 'none' && thrown.code !== 'unavailable')
        return [];
      throw thrown;
    });
    return answer === undefined ? undefined : contentOf(answer);
  }

  /** Whole or not at all. @throws conflict when the records are not those that were expected. */
  async update(update: Update, options: CallOptions): Promise<void> {
    const atSeconds = Math.floor(this.clock.now().getTime() / 1_000);
    const signed = sign(updateMessage(randomInt(65_536), update), this.#key, atSeconds);
    const answer = await this.#exchange(signed.message, options, true);
    const check = checkAnswer(answer, signed, this.#key);
    const rcode = answer.readUInt16BE(2) & RCODE;
    if (check.refusal !== 0 || rcode !== 0) throw refusalError(update.zone, rcode, check.refusal);
    if (check.valid) return;
    throw new SpringtideError(
      'unknown',
      `the answer of ${this.account.server} is not signed with the key it should be; the name may have been changed`,
      { effect: 'maybe', nextStep: 'Check that nobody sits between Springtide and the name server.' },
    );
  }

  async #ask(question: Question, options: CallOptions): Promise<readonly Answer[]> {
    const query = encode({ type: 'query', id: randomInt(65_536), flags: 0, questions: [question] });
    const answer = await this.#exchange(query, options, false);
    const rcode = answer.readUInt16BE(2) & RCODE;
    if (rcode !== 0 && rcode !== NAME_ERROR) throw refusalError(question.name, rcode, 0);
    return decode(answer).answers ?? [];
  }

  async #exchange(message: Buffer, options: CallOptions, changes: boolean): Promise<Buffer> {
    const leftMs = parseInstant(options.deadline).getTime() - this.clock.now().getTime();
    if (leftMs <= 0) throw this.#broken('timeout', 'was not asked: the deadline had passed', false);
    if (message.length > LARGEST_MESSAGE) {
      throw new SpringtideError(
        'invalid-argument',
        'the change does not fit into one message; nothing was sent',
        {
          effect: 'none',
        },
      );
    }
    const { host = '', port = 0 } = parseServer(this.account.server) ?? {};
    const socket = connect({ host, port });
    let sent = false;
    try {
      return await new Promise<Buffer>((resolve, reject) => {
        let received = Buffer.alloc(0);
        const fail = (code: 'timeout' | 'unavailable', reason: string, cause?: unknown): void =>
          reject(this.#broken(code, reason, changes && sent, cause));
        socket.setTimeout(leftMs, () => fail('timeout', 'did not answer in time'));
        socket.once('error', (cause) => fail('unavailable', `cannot be reached: ${cause.message}`, cause));
        socket.once('close', () => fail('unavailable', 'closed the connection'));
        socket.once('connect', () => {
          sent = true;
          socket.write(Buffer.concat([uint16(message.length), message]));
        });
        socket.on('data', (chunk: Buffer) => {
          received = Buffer.concat([received, chunk]);
          if (received.length < 2 || received.length < received.readUInt16BE(0) + 2) return;
          const answer = received.subarray(2, received.readUInt16BE(0) + 2);
          if (answer.length >= 12 && answer.readUInt16BE(0) === message.readUInt16BE(0)) resolve(answer);
          else fail('unavailable', 'answered something else than what was asked');
        });
      });
    } finally {
      socket.destroy();
    }
  }

  #broken(code: 'timeout' | 'unavailable', reason: string, maybe: boolean, cause?: unknown): SpringtideError {
    return new SpringtideError(
      code,
      `the name server ${this.account.server} ${reason}; ${maybe ? 'the name may have been changed' : 'no traffic was moved'}`,
      {
        effect: maybe ? 'maybe' : 'none',
        retry: 'same',
        cause,
        nextStep: 'Check that the server listens on TCP; every change is absolute and safe to repeat.',
      },
    );
  }
}

function contentOf(answer: Answer): string {
  if (answer.type === 'A') return answer.data;
  if (answer.type !== 'TXT') return '';
  const { data } = answer;
  return Array.isArray(data) ? data.map((part) => part.toString()).join('') : data.toString();
}
