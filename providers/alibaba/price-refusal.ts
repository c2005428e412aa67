import type { SpringtideError } from '@springtide/kernel';

/** The cloud will not tell, today or ever; anything else is a failure of the listing. */
export function isRefusal({ code }: SpringtideError): boolean {
  return [
    'permission-denied',
    'unsupported',
    'not-found',
    'invalid-argument',
    'failed-precondition',
    'insufficient-capacity',
  ].includes(code);
}
