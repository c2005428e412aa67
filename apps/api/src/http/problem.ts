import { HttpException } from '@nestjs/common';
import type { ProblemBody } from '@springtide/contracts';
import { SpringtideError, type ErrorCode } from '@springtide/kernel';
import { HttpRefusal, invalidRequest } from './http-refusal.js';

const STATUS: Readonly<Record<ErrorCode, number>> = {
  'invalid-argument': 400,
  'not-found': 404,
  'already-exists': 409,
  conflict: 409,
  'failed-precondition': 409,
  'permission-denied': 403,
  unauthenticated: 401,
  'quota-exceeded': 409,
  'insufficient-capacity': 409,
  'subnet-exhausted': 409,
  balance: 409,
  'rate-limited': 429,
  unavailable: 503,
  timeout: 504,
  unsupported: 422,
  cancelled: 409,
  internal: 500,
  unknown: 502,
};

const TITLE: Readonly<Record<ErrorCode, string>> = {
  'invalid-argument': 'Invalid request',
  'not-found': 'Not found',
  'already-exists': 'Already exists',
  conflict: 'Conflicting change',
  'failed-precondition': 'Not possible now',
  'permission-denied': 'Not allowed',
  unauthenticated: 'Not signed in',
  'quota-exceeded': 'Quota exceeded',
  'insufficient-capacity': 'Out of stock',
  'subnet-exhausted': 'Out of addresses',
  balance: 'Balance too low',
  'rate-limited': 'Too many requests',
  unavailable: 'Not available',
  timeout: 'Timed out',
  unsupported: 'Not supported',
  cancelled: 'Cancelled',
  internal: 'Internal error',
  unknown: 'Unknown outcome',
};

export type Problem = Readonly<{
  body: ProblemBody;
  retryAfterSeconds?: number;
  closeConnection?: boolean;
  /** Ours to repair: logged as an error with its cause. */
  fault: boolean;
}>;

/** Any thrown value as a problem. The text of an unexpected error stays in the log: it may carry what it should not. */
export function problemOf(thrown: unknown, correlationId: string): Problem {
  if (thrown instanceof HttpRefusal) return fromRefusal(thrown, correlationId);
  if (thrown instanceof SpringtideError) return fromSpringtide(thrown, correlationId);
  if (!(thrown instanceof HttpException)) return fromFault(correlationId);
  if (thrown.getStatus() === 404) return noSuchRoute(correlationId);
  if (thrown.getStatus() >= 500) return fromFault(correlationId);
  return fromRefusal(invalidRequest('The address cannot be read.'), correlationId);
}

function fromRefusal({ refusal }: HttpRefusal, correlationId: string): Problem {
  const { status, code, title, detail, nextStep, errors, retryAfterSeconds, closeConnection } = refusal;
  return {
    body: {
      ...frame(code, correlationId),
      status,
      title,
      detail,
      nextStep: nextStep ?? null,
      ...(errors && errors.length > 0 ? { errors: [...errors] } : {}),
    },
    fault: false,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(closeConnection === undefined ? {} : { closeConnection }),
  };
}

function fromSpringtide(error: SpringtideError, correlationId: string): Problem {
  if (error.code === 'internal') return fromFault(correlationId);
  const { code, message, nextStep, facts, places, retryAfterMs } = error;
  return {
    body: {
      ...frame(code, correlationId),
      detail: sentence(message),
      nextStep: nextStep ?? null,
      ...(places.length > 0 ? { errors: [...places] } : {}),
      ...(Object.keys(facts).length > 0 ? { facts: { ...facts } } : {}),
    },
    fault: STATUS[code] >= 500,
    ...(retryAfterMs === undefined
      ? {}
      : { retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1_000)) }),
  };
}

function noSuchRoute(correlationId: string): Problem {
  return {
    body: {
      ...frame('not-found', correlationId),
      detail: 'There is no such address in this interface; nothing was changed.',
      nextStep: 'See /openapi.json for what there is.',
    },
    fault: false,
  };
}

function fromFault(correlationId: string): Problem {
  return {
    body: {
      ...frame('internal', correlationId),
      detail:
        'Springtide failed to answer this request. Whether the change was made is not known; ' +
        'running campaigns are not affected by it.',
      nextStep: 'Look whether the change was made before repeating it, and report the correlation id.',
    },
    fault: true,
  };
}

function frame(
  code: ErrorCode,
  correlationId: string,
): Pick<ProblemBody, 'type' | 'title' | 'status' | 'code' | 'correlationId'> {
  return {
    type: `urn:springtide:problem:${code}`,
    title: TITLE[code],
    status: STATUS[code],
    code,
    correlationId,
  };
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?:…)\]]$/.test(capital) ? capital : `${capital}.`;
}
