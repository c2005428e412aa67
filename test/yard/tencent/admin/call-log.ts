import type { WireCall } from '../wire/wire-call.js';

const KEPT = 5_000;

/** `outcome` is `ok`, the vendor's error code, or `cut` for a connection that was cut. */
export type RecordedCall = Readonly<{
  at: string;
  action: string;
  region: string;
  secretId: string;
  /** ClientToken, where the request had one. */
  token?: string;
  outcome: string;
}>;

/** What was asked of the cloud, newest last. */
export class CallLog {
  #calls: RecordedCall[] = [];

  constructor(private readonly now: () => number) {}

  record(call: WireCall, outcome: string): void {
    const token = /"ClientToken"\s*:\s*"([^"]*)"/.exec(call.body.toString('utf8'))?.[1];
    this.#calls.push({
      at: new Date(this.now()).toISOString(),
      action: call.action,
      region: call.region,
      secretId: call.secretId,
      ...(token === undefined ? {} : { token }),
      outcome,
    });
    if (this.#calls.length > KEPT) this.#calls = this.#calls.slice(-KEPT / 2);
  }

  list(): readonly RecordedCall[] {
    return this.#calls;
  }

  clear(): void {
    this.#calls = [];
  }
}
