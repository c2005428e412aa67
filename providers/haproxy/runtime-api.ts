import { SpringtideError, parseInstant, type Clock } from '@springtide/kernel';
import type { CallOptions } from '@springtide/provider-kit';
import { RuntimeConnection, type RuntimeAddress } from './runtime-connection.js';

/** HAProxy serves ten runtime connections at once by default, and other tools want some of them. */
const MOST_CONNECTIONS = 4;

/** Connections to one proxy: a fresh one per operation, so that a restart of the proxy is never noticed late. */
export class RuntimeApi {
  #open = 0;
  #closed = false;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly address: RuntimeAddress,
    private readonly clock: Clock,
  ) {}

  async converse<T>(
    options: CallOptions,
    work: (connection: RuntimeConnection, leftMs: () => number) => Promise<T>,
  ): Promise<T> {
    const leftMs = (): number => parseInstant(options.deadline).getTime() - this.clock.now().getTime();
    await this.#takeSlot();
    try {
      this.#refuseWhenOver(leftMs());
      const connection = await RuntimeConnection.open(this.address, leftMs());
      try {
        return await work(connection, leftMs);
      } finally {
        connection.close();
      }
    } finally {
      this.#open -= 1;
      this.#waiting.shift()?.();
    }
  }

  close(): void {
    this.#closed = true;
  }

  async #takeSlot(): Promise<void> {
    while (this.#open >= MOST_CONNECTIONS) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#open += 1;
  }

  #refuseWhenOver(leftMs: number): void {
    if (this.#closed) {
      throw new SpringtideError('cancelled', 'the HAProxy session was closed; nothing was sent', {
        effect: 'none',
      });
    }
    if (leftMs > 0) return;
    throw new SpringtideError('timeout', 'the deadline passed before HAProxy was asked; nothing was sent', {
      effect: 'none',
    });
  }
}
