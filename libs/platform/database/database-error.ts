import { SpringtideError, type ErrorCode } from '@springtide/kernel';

/** PostgreSQL SQLSTATE classes and codes that business code may meet, and what they mean to it. */
const BY_STATE: Readonly<Record<string, ErrorCode>> = {
  '23505': 'already-exists',
  '23503': 'failed-precondition',
  '23514': 'invalid-argument',
  '22P02': 'invalid-argument',
  '22003': 'invalid-argument',
  // Text with a character that PostgreSQL does not keep: NUL, or half of a pair.
  '22021': 'invalid-argument',
  '22P05': 'invalid-argument',
  '40001': 'conflict',
  '40P01': 'conflict',
  '55P03': 'conflict',
  '57014': 'timeout',
  '42501': 'permission-denied',
};

const UNAVAILABLE =
  /^(08|53|57P)|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|Connection terminated|timeout exceeded when trying to connect/;

const DISK_FULL = '53100';

function diskFull(thrown: unknown): SpringtideError {
  return new SpringtideError(
    'unavailable',
    'the disk of the database is full; nothing was changed by this request',
    {
      cause: thrown,
      effect: 'none',
      retryAfterMs: 10_000,
      nextStep:
        'Make room on the disk of the PostgreSQL server. Nothing is bought until then, machines go on running and cost what they cost, and everything goes on by itself afterwards.',
    },
  );
}

/** A driver error as a SpringtideError. The text of the statement never leaves the cause. */
export function asDatabaseError(thrown: unknown): SpringtideError {
  if (thrown instanceof SpringtideError) return thrown;
  const { code = '', constraint } = readDriverError(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (code === DISK_FULL) return diskFull(thrown);
  if (UNAVAILABLE.test(code) || UNAVAILABLE.test(message)) {
    return new SpringtideError(
      'unavailable',
      'the database does not answer; nothing was changed by this request',
      {
        cause: thrown,
        effect: 'none',
        retryAfterMs: 1_000,
        nextStep: 'Try again in a moment; if it persists, check the PostgreSQL server.',
      },
    );
  }
  const mapped = BY_STATE[code] ?? 'internal';
  const facts = constraint === undefined ? {} : { constraint };
  return new SpringtideError(mapped, `the database refused the change: ${message}`, {
    cause: thrown,
    effect: 'none',
    facts,
  });
}

function readDriverError(thrown: unknown): { code?: string; constraint?: string } {
  if (typeof thrown !== 'object' || thrown === null) return {};
  const { code, constraint, driverError } = thrown as {
    code?: unknown;
    constraint?: unknown;
    driverError?: unknown;
  };
  if (driverError !== undefined && driverError !== thrown) return readDriverError(driverError);
  return {
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof constraint === 'string' ? { constraint } : {}),
  };
}
