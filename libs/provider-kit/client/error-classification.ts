import { inspect } from 'node:util';
import { SpringtideError } from '@springtide/kernel';

/** Replaces every secret value of the account in a text that came back from a cloud. */
export type Redact = (text: string) => string;

const SHORTEST_SECRET = 4;
const HIDDEN = '‹hidden›';

/** Walks the secret as it was entered; values too short to be secrets would only damage messages. */
export function redactorOf(secret: unknown): Redact {
  const values = secretValues(secret).toSorted((a, b) => b.length - a.length);
  return (text) => values.reduce((clean, value) => clean.replaceAll(value, HIDDEN), text);
}

function secretValues(secret: unknown): string[] {
  if (typeof secret === 'string') {
    return secret.length < SHORTEST_SECRET ? [] : [secret, encodeURIComponent(secret)];
  }
  if (secret !== null && typeof secret === 'object') return Object.values(secret).flatMap(secretValues);
  return [];
}

/**
 * What a provider threw, as callers may see it. A SpringtideError keeps its code; anything else is a hole in the
 * provider's error table: unknown, and it may have happened. Causes that would show a secret are dropped.
 */
export function classify(thrown: unknown, operation: string, redact: Redact): SpringtideError {
  if (thrown instanceof SpringtideError) return clean(thrown, redact);
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new SpringtideError(
    'unknown',
    redact(`${operation} failed in a way that is not known yet, and may have happened nevertheless: ${text}`),
    {
      nextStep: 'Look what the cloud has before acting again, and add the error to the provider’s table.',
      ...causeWithoutSecret(thrown, redact),
    },
  );
}

function clean(error: SpringtideError, redact: Redact): SpringtideError {
  const shown = inspect(error, { depth: 8 });
  if (redact(shown) === shown) return error;
  return new SpringtideError(error.code, redact(error.message), {
    retry: error.retry,
    effect: error.effect,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(error.nextStep === undefined ? {} : { nextStep: redact(error.nextStep) }),
    facts: Object.fromEntries(
      Object.entries(error.facts).map(([key, fact]) => [key, typeof fact === 'string' ? redact(fact) : fact]),
    ),
    ...causeWithoutSecret(error.cause, redact),
  });
}

function causeWithoutSecret(cause: unknown, redact: Redact): { cause?: unknown } {
  if (cause === undefined) return {};
  const shown = inspect(cause, { depth: 8 });
  return redact(shown) === shown ? { cause } : {};
}
