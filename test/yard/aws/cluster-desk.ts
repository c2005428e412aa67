import type { WireAnswer, WireCall } from './query-protocol.js';
import type { Upstream } from './upstream.js';

/**
 * EKS, one change at a time: of two node groups of one name that are made in the same moment the emulator keeps one and
 * counts two, and never lets go of the cluster again.
 */
export class ClusterDesk {
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly upstream: Upstream) {}

  answer(call: WireCall): Promise<WireAnswer> {
    if (call.method === 'GET') return this.upstream.forward(call);
    const turn = this.#last.then(async () => this.upstream.forward(call));
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
