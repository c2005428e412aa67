import { connect, type Socket } from 'node:net';
import { SpringtideError } from '@springtide/kernel';
import { errorFromAnswer } from './runtime-errors.js';

export type RuntimeAddress = Readonly<{ host: string; port: number }>;

const PROMPT = '\n> ';

type Waiting = Readonly<{ resolve: (answer: string) => void; reject: (error: SpringtideError) => void }>;

/**
 * One conversation with HAProxy's runtime API in prompt mode: a command is sent when the answer to the one before has
 * come whole, up to the next prompt. An answer cut short by a dying proxy is an error, never a short listing.
 */
export class RuntimeConnection {
  #received = '';
  #waiting: Waiting | undefined;
  #broken: SpringtideError | undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly where: string,
  ) {
    socket.setEncoding('utf8');
    socket.setNoDelay(true);
    socket.on('data', (text: string) => this.#receive(text));
    socket.on('error', (cause) =>
      this.#break('unavailable', `the connection failed: ${cause.message}`, cause),
    );
    socket.on('close', () => this.#break('unavailable', 'the connection was closed'));
  }

  /** @throws unavailable or timeout with `effect: none`: nothing was sent. */
  static async open(address: RuntimeAddress, timeoutMs: number): Promise<RuntimeConnection> {
    const where = `${address.host}:${address.port}`;
    const socket = connect({ host: address.host, port: address.port });
    await connected(socket, where, timeoutMs);
    const connection = new RuntimeConnection(socket, where);
    try {
      await connection.#exchange('prompt', timeoutMs);
    } catch (thrown) {
      socket.destroy();
      throw thrown;
    }
    return connection;
  }

  /** Runs a command that answers with data. */
  async query(command: string, timeoutMs: number): Promise<string> {
    const answer = await this.#exchange(command, timeoutMs);
    if (/^(?:1\n)?#|^[A-Za-z_ -]+: /.test(answer)) return answer;
    throw errorFromAnswer(command, answer);
  }

  /** Runs a command that answers with rows of an address, a key and a value, or with nothing. */
  async rows(command: string, timeoutMs: number): Promise<readonly string[]> {
    const answer = (await this.#exchange(command, timeoutMs)).trim();
    if (answer !== '' && !answer.startsWith('0x')) throw errorFromAnswer(command, answer);
    return answer.split('\n').filter((row) => row !== '');
  }

  /** Runs a command that changes something; `confirms` are the sentences with which HAProxy says so besides silence. */
  async change(command: string, timeoutMs: number, confirms: RegExp = /^$/): Promise<void> {
    const answer = (await this.#exchange(command, timeoutMs)).trim();
    if (answer !== '' && !confirms.test(answer)) throw errorFromAnswer(command, answer);
  }

  close(): void {
    this.#broken ??= new SpringtideError('cancelled', 'the conversation with HAProxy was ended', {
      effect: 'none',
    });
    this.socket.destroy();
  }

  async #exchange(command: string, timeoutMs: number): Promise<string> {
    if (/[;\n\r\\]/.test(command)) {
      throw new SpringtideError('internal', 'a runtime command holds a separator; it was not sent', {
        effect: 'none',
      });
    }
    if (this.#broken) throw this.#broken;
    if (this.#waiting) throw new SpringtideError('internal', 'one command at a time', { effect: 'none' });
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<string>((resolve, reject) => {
        this.#waiting = { resolve, reject };
        timer = setTimeout(
          () => this.#break('timeout', `no complete answer after ${Math.round(timeoutMs)} ms`),
          Math.max(1, timeoutMs),
        );
        this.socket.write(`${command}\n`);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  #receive(text: string): void {
    this.#received += text;
    if (!this.#received.endsWith(PROMPT)) return;
    const answer = this.#received.slice(0, -PROMPT.length);
    this.#received = '';
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(answer);
  }

  #break(code: 'timeout' | 'unavailable', reason: string, cause?: unknown): void {
    this.#broken ??= new SpringtideError(
      code,
      `HAProxy's runtime API at ${this.where}: ${reason}; what had been sent may have been applied`,
      {
        cause,
        nextStep: 'Read the route before changing it again; changes are absolute and safe to repeat.',
      },
    );
    this.socket.destroy();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(this.#broken);
  }
}

async function connected(socket: Socket, where: string, timeoutMs: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const refuse = (code: 'timeout' | 'unavailable', reason: string, cause?: unknown): void => {
      socket.destroy();
      reject(
        new SpringtideError(code, `HAProxy's runtime API at ${where} ${reason}; nothing was sent`, {
          effect: 'none',
          retry: 'same',
          retryAfterMs: 500,
          cause,
          nextStep: 'Check that HAProxy runs and that its stats socket listens on this address.',
        }),
      );
    };
    const timer = setTimeout(() => refuse('timeout', 'does not accept connections'), Math.max(1, timeoutMs));
    socket.once('error', (cause) => {
      clearTimeout(timer);
      refuse('unavailable', `cannot be reached: ${cause.message}`, cause);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve();
    });
  });
}
