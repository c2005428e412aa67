/** Who called, as the trail names them. */
export type AuditUser = Readonly<{ type: 'Root' | 'CAMUser'; name: string; id: string }>;

export type AuditedCall = Readonly<{
  /** Unlike any other, higher for what came later. */
  position: number;
  at: number;
  product: string;
  action: string;
  region: string;
  secretId: string;
  user: AuditUser;
  requestId: string;
  params: Readonly<Record<string, unknown>>;
  result: Readonly<Record<string, unknown>>;
  /** Empty: it was done. */
  errorCode: string;
  errorMessage: string;
}>;

const KEPT = 20_000;
/** Neighbours so far apart that each is exact as a double: the vendor's own are beyond 2^53. */
const STEP = 16;
const POSITIONS_PER_MS = 10_000;

/** Every changing call of the account, accepted or refused; the newest ones stay. */
export class AuditBook {
  #calls: AuditedCall[] = [];
  #last = 0;

  clear(): void {
    this.#calls = [];
  }

  record(call: Omit<AuditedCall, 'position'>): void {
    this.#last = Math.max(this.#last + STEP, Math.floor(call.at) * POSITIONS_PER_MS);
    // Of thousands of launches that would be most of the memory, and tells nothing of who and what.
    const { UserData: _, ...params } = call.params;
    this.#calls.push({ ...call, params, position: this.#last });
    if (this.#calls.length > KEPT) this.#calls = this.#calls.slice(-KEPT / 2);
  }

  newestFirst(): readonly AuditedCall[] {
    return this.#calls.toReversed();
  }
}
