/** The simulated vendor's own codes, as its wire carries them. */
export type CloudErrorCode =
  | 'AuthFailure'
  | 'SessionExpired'
  | 'InvalidParameter'
  | 'NotFound'
  | 'TokenMismatch'
  | 'NoStock'
  | 'QuotaExceeded'
  | 'NoFreeAddress'
  | 'Throttling'
  | 'ResourceInUse'
  | 'InternalError';

const STATUS: Readonly<Record<CloudErrorCode, number>> = {
  AuthFailure: 401,
  SessionExpired: 401,
  InvalidParameter: 400,
  NotFound: 404,
  TokenMismatch: 409,
  NoStock: 409,
  QuotaExceeded: 403,
  NoFreeAddress: 409,
  Throttling: 429,
  ResourceInUse: 409,
  InternalError: 500,
};

export class CloudError extends Error {
  readonly code: CloudErrorCode;
  readonly status: number;
  readonly retryAfterMs: number | undefined;

  constructor(code: CloudErrorCode, message: string, retryAfterMs?: number) {
    super(message);
    this.code = code;
    this.status = STATUS[code];
    this.retryAfterMs = retryAfterMs;
  }
}
