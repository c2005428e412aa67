import { SpringtideError, type PossibleEffect } from '@springtide/kernel';

const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const UNTRUSTED = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_)/;

/**
 * What a failed HTTP exchange means. `effect` is what a lost answer leaves open: nothing for a read,
 * everything for a change that had left.
 */
export function transportError(thrown: unknown, method: string, effect: PossibleEffect): SpringtideError {
  const refusal = refusalIn(thrown);
  if (refusal !== undefined) return refusal;
  const code = codeOf(thrown);
  if (NOT_SENT.has(code)) {
    return new SpringtideError('unavailable', `the vSphere endpoint cannot be reached (${code})`, {
      effect: 'none',
      cause: thrown,
    });
  }
  if (isTimeout(thrown)) {
    return new SpringtideError('timeout', `${method} had no answer from vSphere by its deadline`, {
      effect,
      cause: thrown,
    });
  }
  if (UNTRUSTED.test(code)) {
    return new SpringtideError(
      'failed-precondition',
      `the vSphere endpoint’s certificate is not trusted (${code})`,
      {
        nextStep: 'Give the account the PEM of the authority that signed it.',
        cause: thrown,
      },
    );
  }
  return new SpringtideError('unavailable', `the connection to vSphere broke during ${method} (${code})`, {
    effect,
    cause: thrown,
  });
}

/** An HTTP status without a SOAP body: a proxy or another product answered. */
export function statusError(status: number, method: string, effect: PossibleEffect): SpringtideError {
  const said = `${method} was answered with HTTP ${status} instead of SOAP`;
  if (status === 429) return new SpringtideError('rate-limited', said);
  if (status === 401) return new SpringtideError('unauthenticated', said);
  if (status === 403) return new SpringtideError('permission-denied', said);
  if (status >= 500) return new SpringtideError('unavailable', said, { effect });
  return new SpringtideError('failed-precondition', said, {
    nextStep: 'Check that the address is a vCenter’s /sdk; redirects are not followed.',
  });
}

/** The endpoint gate refuses inside the connection; undici wraps what it throws. */
function refusalIn(thrown: unknown): SpringtideError | undefined {
  return chain(thrown).find((each) => each instanceof SpringtideError);
}

function isTimeout(thrown: unknown): boolean {
  return chain(thrown).some(
    (each) => (each as { name?: unknown }).name === 'TimeoutError' || codeOf(each).endsWith('_TIMEOUT'),
  );
}

function codeOf(thrown: unknown): string {
  for (const each of chain(thrown)) {
    const { code } = each as { code?: unknown };
    if (typeof code === 'string') return code;
  }
  return thrown instanceof Error ? thrown.name : 'unknown';
}

/** The thrown value and its causes. Not told by `instanceof Error`: the system's errors may be of another realm. */
function chain(thrown: unknown): readonly object[] {
  const links: object[] = [];
  for (let at = thrown; typeof at === 'object' && at !== null; at = (at as { cause?: unknown }).cause) {
    links.push(at);
    if (links.length === 8) break;
  }
  return links;
}
