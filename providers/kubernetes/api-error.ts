import { SpringtideError, type ErrorCode } from '@springtide/kernel';
import { z } from 'zod';

const statusSchema = z.object({
  reason: z.string().optional(),
  message: z.string().default(''),
  details: z
    .object({
      kind: z.string().optional(),
      retryAfterSeconds: z.number().optional(),
      causes: z.array(z.object({ reason: z.string().optional() })).optional(),
    })
    .optional(),
});

/** The API server's answer to a call it did not carry out. */
export type Refusal = Readonly<{
  status: number;
  /** `Retry-After`, in seconds. */
  retryAfter: number | undefined;
  body: unknown;
}>;

/** `Status.reason` → code, where the reason says more than the HTTP status. */
const BY_REASON: Readonly<Record<string, ErrorCode>> = {
  AlreadyExists: 'already-exists',
  Conflict: 'conflict',
  Expired: 'unavailable',
  Gone: 'unavailable',
  Invalid: 'invalid-argument',
  ServerTimeout: 'unavailable',
  Timeout: 'timeout',
  TooManyRequests: 'rate-limited',
  NotFound: 'not-found',
  Unauthorized: 'unauthenticated',
};

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid-argument',
  401: 'unauthenticated',
  403: 'permission-denied',
  404: 'not-found',
  405: 'unsupported',
  409: 'conflict',
  410: 'unavailable',
  413: 'invalid-argument',
  415: 'unsupported',
  422: 'invalid-argument',
  429: 'rate-limited',
  502: 'unavailable',
  503: 'unavailable',
  504: 'timeout',
};

/** Admission answers 403 for many things that are no matter of rights; only its words tell them apart. */
const FORBIDDEN_WORDS: readonly (readonly [RegExp, ErrorCode])[] = [
  [/exceeded quota/i, 'quota-exceeded'],
  [/because it is being terminated/i, 'failed-precondition'],
  [/failed quota|(minimum|maximum) (cpu|memory|.* usage) .* is|no PriorityClass/i, 'invalid-argument'],
];

/** Codes after which it is certain that nothing was changed: the server refused before it wrote. */
const BEFORE_WRITING: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429]);

export function refusalError(refusal: Refusal, what: string, changes: boolean): SpringtideError {
  const said = statusSchema.safeParse(refusal.body).data;
  const message = said?.message ?? '';
  const code = codeOf(refusal.status, said?.reason, message);
  const certain = !changes || BEFORE_WRITING.has(refusal.status);
  const retryAfter = refusal.retryAfter ?? said?.details?.retryAfterSeconds;
  const outcome = certain ? 'nothing was changed' : 'it may have happened nevertheless';
  return new SpringtideError(code, `${what}: ${words(refusal.status, message)}; ${outcome}`, {
    effect: certain ? 'none' : 'maybe',
    ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter * 1_000 }),
    facts: { status: refusal.status, ...(said?.reason === undefined ? {} : { reason: said.reason }) },
    ...(NEXT_STEP[code] === undefined ? {} : { nextStep: NEXT_STEP[code] }),
  });
}

/** Whether an eviction was refused by a disruption budget, and not by a server that is busy. */
export function heldByBudget(refusal: Refusal): boolean {
  if (refusal.status !== 429) return false;
  const causes = statusSchema.safeParse(refusal.body).data?.details?.causes ?? [];
  return causes.some(({ reason }) => reason === 'DisruptionBudget');
}

export function messageOf(refusal: Refusal): string {
  return words(refusal.status, statusSchema.safeParse(refusal.body).data?.message ?? '');
}

function codeOf(status: number, reason: string | undefined, message: string): ErrorCode {
  if (status === 403) {
    return FORBIDDEN_WORDS.find(([pattern]) => pattern.test(message))?.[1] ?? 'permission-denied';
  }
  return BY_REASON[reason ?? ''] ?? BY_STATUS[status] ?? 'unknown';
}

const LONGEST_WORDS = 500;

function words(status: number, message: string): string {
  const text = message === '' ? `HTTP ${status}` : message;
  return text.length > LONGEST_WORDS ? `${text.slice(0, LONGEST_WORDS)}…` : text;
}

const NEXT_STEP: Partial<Record<ErrorCode, string>> = {
  'permission-denied': 'Bind the ClusterRole of the provider’s README to the user of the kubeconfig.',
  unauthenticated: 'Make a new token or client certificate and register the kubeconfig again.',
  'quota-exceeded': 'Ask for less, raise the ResourceQuota of the namespace, or use another cluster.',
  conflict: 'Read it again; another change came in between.',
};

/** Socket and TLS errors by their code; sending had not begun in any of them. */
const NOT_SENT: Readonly<Record<string, ErrorCode>> = {
  ECONNREFUSED: 'unavailable',
  EHOSTUNREACH: 'unavailable',
  ENETUNREACH: 'unavailable',
  ENOTFOUND: 'unavailable',
  EAI_AGAIN: 'unavailable',
  UND_ERR_CONNECT_TIMEOUT: 'unavailable',
  CERT_HAS_EXPIRED: 'failed-precondition',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'failed-precondition',
  SELF_SIGNED_CERT_IN_CHAIN: 'failed-precondition',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'failed-precondition',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'failed-precondition',
  ERR_TLS_CERT_ALTNAME_INVALID: 'failed-precondition',
  CERT_SIGNATURE_FAILURE: 'failed-precondition',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'invalid-argument',
  ERR_OSSL_PEM_NO_START_LINE: 'invalid-argument',
};

/** TLS says so only when the first bytes come back: the server wants another client certificate, or any. */
const TLS_REFUSED = /ALERT_(BAD_CERTIFICATE|CERTIFICATE_(REQUIRED|EXPIRED|UNKNOWN)|UNKNOWN_CA)/;

export function transportError(
  thrown: unknown,
  what: string,
  call: Readonly<{ changes: boolean; late: boolean; server: string }>,
): SpringtideError {
  const inner = innermost(thrown);
  if (inner instanceof SpringtideError) return inner;
  const code = errorCode(inner);
  const known = NOT_SENT[code] ?? (TLS_REFUSED.test(code) ? 'unauthenticated' : undefined);
  if (known !== undefined && !call.late) {
    return new SpringtideError(known, `${what} was not sent: ${call.server} answered with ${code}`, {
      effect: 'none',
      nextStep: NEXT_STEP[known] ?? 'Check the server and its certificate authority in the kubeconfig.',
    });
  }
  const outcome = call.changes ? 'what it asked for may have happened' : 'nothing was changed by asking';
  return new SpringtideError(
    call.late ? 'timeout' : 'unavailable',
    `${what}: ${call.server} ${call.late ? 'gave no answer in time' : `broke off (${code || 'no reason'})`}; ${outcome}`,
    { effect: call.changes ? 'maybe' : 'none' },
  );
}

function innermost(thrown: unknown): unknown {
  return thrown instanceof Error && thrown.cause !== undefined && !(thrown instanceof SpringtideError)
    ? innermost(thrown.cause)
    : thrown;
}

function errorCode(thrown: unknown): string {
  const code = thrown instanceof Error ? (thrown as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}
