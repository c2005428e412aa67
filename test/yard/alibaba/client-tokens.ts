import { createHash } from 'node:crypto';
import { WireError } from './wire/wire-error.js';
import type { AnswerBody, ApiCall } from './wire/api-call.js';

type Remembered = Readonly<{ fingerprint: string; at: number; answer?: AnswerBody; refusal?: WireError }>;

/** Refusals that a token keeps for good: the vendor asks for a new token after them. */
const LASTING_REFUSALS: ReadonlySet<string> = new Set(['OperationDenied.NoStock']);

/** Changed by every retry, or by no means part of the order. */
const NOT_PART = new Set(['ClientToken']);

/** What calls with a client token did: the same token and order give the same answer. */
export class ClientTokens {
  private readonly known = new Map<string, Remembered>();

  /** @throws WireError IdempotentParameterMismatch, or what the first call with this token threw. */
  once(call: ApiCall, now: number, act: () => AnswerBody): AnswerBody {
    const token = call.text('ClientToken');
    if (token === undefined || call.flag('DryRun') === true) return act();
    const key = [call.product, call.action, call.text('RegionId') ?? '', token].join(' ');
    const fingerprint = fingerprintOf(call.parameters);
    const before = this.known.get(key);
    if (before !== undefined) return replay(before, fingerprint);
    try {
      const answer = act();
      this.known.set(key, { fingerprint, at: now, answer });
      return answer;
    } catch (thrown) {
      if (thrown instanceof WireError && LASTING_REFUSALS.has(thrown.code)) {
        this.known.set(key, { fingerprint, at: now, refusal: thrown });
      }
      throw thrown;
    }
  }

  clear(): void {
    this.known.clear();
  }
}

function replay(before: Remembered, fingerprint: string): AnswerBody {
  if (before.fingerprint !== fingerprint) {
    const text = 'The request uses the same client token as a previous, but non-identical request.';
    throw new WireError(400, 'IdempotentParameterMismatch', text);
  }
  if (before.refusal !== undefined) throw before.refusal;
  return { ...before.answer };
}

function fingerprintOf(parameters: ReadonlyMap<string, string>): string {
  const entries = [...parameters]
    .filter(([name]) => !NOT_PART.has(name))
    .map(([name, value]) => `${name}=${value}`);
  entries.sort((a, b) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(entries)).digest('hex');
}
