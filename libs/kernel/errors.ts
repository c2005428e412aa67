/**
 * The closed set of reasons for which anything in Springtide fails. Callers branch on the code, never on text.
 * Codes are never renamed: metrics, documents and other people's scripts refer to them.
 */
export const ERROR_CODES = [
  'invalid-argument',
  'not-found',
  'already-exists',
  'conflict',
  'failed-precondition',
  'permission-denied',
  'unauthenticated',
  'quota-exceeded',
  'insufficient-capacity',
  'subnet-exhausted',
  'balance',
  'rate-limited',
  'unavailable',
  'timeout',
  'unsupported',
  'cancelled',
  'internal',
  'unknown',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** `same`: the same call may be sent again later. `elsewhere`: only another pool can help. `never`: a human or new input is needed. */
export type RetryAdvice = 'never' | 'same' | 'elsewhere';

/** Whether the failed call may nevertheless have happened. `maybe` obliges the caller to look before acting again. */
export type PossibleEffect = 'none' | 'maybe';

const DEFAULT_ADVICE: Readonly<Record<ErrorCode, { retry: RetryAdvice; effect: PossibleEffect }>> = {
  'invalid-argument': { retry: 'never', effect: 'none' },
  'not-found': { retry: 'never', effect: 'none' },
  'already-exists': { retry: 'never', effect: 'none' },
  conflict: { retry: 'same', effect: 'none' },
  'failed-precondition': { retry: 'never', effect: 'none' },
  'permission-denied': { retry: 'never', effect: 'none' },
  unauthenticated: { retry: 'never', effect: 'none' },
  'quota-exceeded': { retry: 'elsewhere', effect: 'none' },
  'insufficient-capacity': { retry: 'elsewhere', effect: 'none' },
  'subnet-exhausted': { retry: 'elsewhere', effect: 'none' },
  balance: { retry: 'never', effect: 'none' },
  'rate-limited': { retry: 'same', effect: 'none' },
  unavailable: { retry: 'same', effect: 'maybe' },
  timeout: { retry: 'same', effect: 'maybe' },
  unsupported: { retry: 'never', effect: 'none' },
  cancelled: { retry: 'never', effect: 'maybe' },
  internal: { retry: 'same', effect: 'maybe' },
  unknown: { retry: 'same', effect: 'maybe' },
};

/** Where in what was sent something is wrong: names and positions joined by dots, `phases.1.startsAt`. */
export type WrongPlace = Readonly<{ path: string; message: string }>;

export type ErrorDetails = Readonly<{
  retry?: RetryAdvice;
  effect?: PossibleEffect;
  /** Milliseconds to wait before the same call makes sense again. */
  retryAfterMs?: number;
  /** What the reader should do now, as one sentence. */
  nextStep?: string;
  /** Facts that are safe to show to any user of the tenant: never secrets, never another tenant's names. */
  facts?: Readonly<Record<string, string | number | boolean>>;
  /** The places of the input that are wrong, where the message alone would leave the reader looking for them. */
  places?: readonly WrongPlace[];
  cause?: unknown;
}>;

/** The one error type of the product. Its message says what happened and what it means for machines and money. */
export class SpringtideError extends Error {
  override readonly name = 'SpringtideError';
  readonly code: ErrorCode;
  readonly retry: RetryAdvice;
  readonly effect: PossibleEffect;
  readonly retryAfterMs: number | undefined;
  readonly nextStep: string | undefined;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  readonly places: readonly WrongPlace[];

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.retry = details.retry ?? DEFAULT_ADVICE[code].retry;
    this.effect = details.effect ?? DEFAULT_ADVICE[code].effect;
    this.retryAfterMs = details.retryAfterMs;
    this.nextStep = details.nextStep;
    this.facts = details.facts ?? {};
    this.places = details.places ?? [];
  }
}

export function isErrorCode(text: string): text is ErrorCode {
  return (ERROR_CODES as readonly string[]).includes(text);
}

/** Any thrown value as a SpringtideError; what was not one becomes `internal`. */
export function asSpringtideError(thrown: unknown): SpringtideError {
  if (thrown instanceof SpringtideError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new SpringtideError('internal', message, { cause: thrown });
}

/** For the default branch of an exhaustive switch. */
export function unreachable(value: never): never {
  throw new SpringtideError('internal', `unexpected value ${JSON.stringify(value)}`);
}
