import { SpringtideError, type ErrorCode, type ErrorDetails } from '@springtide/kernel';

/** A call as errors speak of it. */
export type WireCall = Readonly<{ doing: string; mutates: boolean }>;

type Meaning = readonly [ErrorCode, ErrorDetails?];

const SOCKET: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: ['unavailable', { effect: 'none', nextStep: 'Check the endpoint and the way to it.' }],
  ENOTFOUND: ['unavailable', { effect: 'none', nextStep: 'Check the name of the endpoint.' }],
  EAI_AGAIN: ['unavailable', { effect: 'none' }],
  EHOSTUNREACH: ['unavailable', { effect: 'none' }],
  ENETUNREACH: ['unavailable', { effect: 'none' }],
  UND_ERR_CONNECT_TIMEOUT: ['unavailable', { effect: 'none' }],
  CERT_HAS_EXPIRED: ['unavailable', { effect: 'none', nextStep: 'Renew the endpoint’s certificate.' }],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['unavailable', { effect: 'none', nextStep: 'Set caPem.' }],
  SELF_SIGNED_CERT_IN_CHAIN: ['unavailable', { effect: 'none', nextStep: 'Set caPem.' }],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['unavailable', { effect: 'none', nextStep: 'Set caPem.' }],
  ECONNRESET: ['unavailable'],
  EPIPE: ['unavailable'],
  ETIMEDOUT: ['unavailable'],
  UND_ERR_SOCKET: ['unavailable'],
  TimeoutError: ['timeout'],
  AbortError: ['timeout'],
};

/** Codes of a connection that ended under a call: the other side closed what it had kept open. */
const CUT = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** What the socket layer threw, in our words; the gate's own refusals come through unharmed. */
export function transportError(thrown: unknown, call: WireCall): SpringtideError {
  for (const error of chainOf(thrown)) if (error instanceof SpringtideError) return error;
  const code = socketCode(thrown);
  const [meaning, details] = SOCKET[code] ?? (['unknown'] as const);
  return withConsequence(
    meaning,
    `failed on the way (${code === '' ? textOf(thrown) : code})`,
    call,
    details,
  );
}

export function wasCut(error: SpringtideError): boolean {
  return CUT.has(String(error.facts['socket'] ?? ''));
}

/**
 * Builds the error of a call. A read has no effect, however it failed; what a change did is told by its code unless
 * `details` knows better.
 */
export function withConsequence(
  code: ErrorCode,
  what: string,
  call: WireCall,
  details: ErrorDetails = {},
): SpringtideError {
  const draft = new SpringtideError(code, '', details);
  const effect = call.mutates ? draft.effect : 'none';
  const consequence = effect === 'none' ? 'nothing was changed' : 'it may have happened nevertheless';
  const socket = /\(([A-Z_]+)\)$/.exec(what)?.[1];
  return new SpringtideError(code, `OpenStack: ${call.doing} ${what}; ${consequence}`, {
    ...details,
    effect,
    facts: { ...details.facts, ...(socket === undefined ? {} : { socket }) },
  });
}

function socketCode(thrown: unknown): string {
  for (const error of chainOf(thrown)) {
    const { code, name } = error as { code?: unknown; name?: unknown };
    if (typeof code === 'string' && code in SOCKET) return code;
    if (typeof name === 'string' && name in SOCKET) return name;
  }
  return '';
}

function* chainOf(thrown: unknown): Generator<object> {
  let error = thrown;
  for (let depth = 0; depth < 5 && typeof error === 'object' && error !== null; depth += 1) {
    yield error;
    error = (error as { cause?: unknown }).cause;
  }
}

function textOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
