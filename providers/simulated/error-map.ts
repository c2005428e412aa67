import { SpringtideError, type ErrorCode } from '@springtide/kernel';
import { errorSchema } from './cloud/index.js';
import type { PortAnswer, PortError } from './cloud.port.js';

/** The vendor's codes. What is missing here is `unknown` and may have happened. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  AuthFailure: 'unauthenticated',
  SessionExpired: 'unauthenticated',
  InvalidParameter: 'invalid-argument',
  NotFound: 'not-found',
  TokenMismatch: 'conflict',
  NoStock: 'insufficient-capacity',
  QuotaExceeded: 'quota-exceeded',
  NoFreeAddress: 'subnet-exhausted',
  Throttling: 'rate-limited',
  ResourceInUse: 'failed-precondition',
  InternalError: 'internal',
};

export function errorOfCode(code: string, message: string, retryAfterMs?: number): SpringtideError {
  return new SpringtideError(CODES[code] ?? 'unknown', `the simulated cloud says ${code}: ${message}`, {
    ...(code === 'TokenMismatch' ? { retry: 'never' } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

export function codeOf(answer: PortAnswer): string | undefined {
  const parsed = errorSchema.safeParse(answer.body);
  return parsed.success ? parsed.data.error.code : undefined;
}

export function errorOfAnswer(operation: string, answer: PortAnswer): SpringtideError {
  const parsed = errorSchema.safeParse(answer.body);
  if (parsed.success) {
    const { code, message, retryAfterMs } = parsed.data.error;
    return errorOfCode(code, message, retryAfterMs);
  }
  return new SpringtideError(
    'unknown',
    `the simulated cloud answered ${operation} with status ${answer.status}`,
  );
}

export function errorOfPort(operation: string, error: PortError): SpringtideError {
  switch (error.kind) {
    case 'refused':
      return new SpringtideError('unavailable', `${operation} did not reach the cloud: ${error.message}`, {
        effect: 'none',
        nextStep: 'Check the endpoint of the account and that the cloud runs.',
      });
    case 'late':
      return new SpringtideError('timeout', `${operation}: ${error.message}; it may have happened`);
    case 'lost':
      return new SpringtideError('unavailable', `${operation}: ${error.message}; it may have happened`);
  }
}
