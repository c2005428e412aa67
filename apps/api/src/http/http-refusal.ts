import type { ErrorCode } from '@springtide/kernel';

export type FieldError = Readonly<{ path: string; message: string }>;

type Refusal = Readonly<{
  status: number;
  code: ErrorCode;
  title: string;
  detail: string;
  nextStep?: string;
  errors?: readonly FieldError[];
  retryAfterSeconds?: number;
  closeConnection?: boolean;
}>;

/** A request refused for the sake of HTTP itself, before any service saw it: nothing was changed. */
export class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal';

  constructor(readonly refusal: Refusal) {
    super(refusal.detail);
  }
}

export function invalidRequest(detail: string, errors: readonly FieldError[] = []): HttpRefusal {
  return new HttpRefusal({
    status: 400,
    code: 'invalid-argument',
    title: 'Invalid request',
    detail: `${detail} Nothing was changed.`,
    nextStep: 'Correct the request and send it again.',
    errors,
  });
}

export function tooLarge(limitBytes: number): HttpRefusal {
  const limit = `${Math.round(limitBytes / 1024)} KiB`;
  return new HttpRefusal({
    status: 413,
    code: 'invalid-argument',
    title: 'Body too large',
    detail: `The body is larger than the ${limit} that are accepted; it was not read and nothing was changed.`,
    nextStep: 'Send less at once.',
    closeConnection: true,
  });
}
