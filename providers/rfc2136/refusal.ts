import { SpringtideError, type ErrorCode } from '@springtide/kernel';

type Meaning = Readonly<{ code: ErrorCode; means: string; nextStep?: string; maybe?: boolean }>;

/** Response codes of DNS, and of updates. A refused update has changed nothing. */
const REFUSALS: Readonly<Record<number, Meaning>> = {
  1: { code: 'invalid-argument', means: 'could not read the message' },
  2: { code: 'unavailable', means: 'failed', maybe: true },
  4: { code: 'unsupported', means: 'knows no dynamic updates', nextStep: 'Enable them for the zone.' },
  5: {
    code: 'permission-denied',
    means: 'refused',
    nextStep: 'Grant the key updates of this name, and of `_springtide.<name>`, in the zone.',
  },
  6: { code: 'conflict', means: 'has a name that should not be there' },
  7: { code: 'conflict', means: 'has records that should not be there: somebody else changed the name' },
  8: { code: 'conflict', means: 'has other records than expected: somebody else changed the name' },
  9: { code: 'not-found', means: 'is not responsible for the zone', nextStep: "Name the zone's primary." },
  10: { code: 'invalid-argument', means: 'says that the name is outside the zone' },
};

const SIGNATURE_REFUSALS: Readonly<Record<number, Meaning>> = {
  16: { code: 'unauthenticated', means: 'finds the signature wrong', nextStep: 'Compare the key.' },
  17: { code: 'unauthenticated', means: 'does not know the key', nextStep: 'Compare the name of the key.' },
  18: { code: 'unauthenticated', means: 'has another time', nextStep: 'Set the clocks of both machines.' },
};

/** The error for a response code; `signature` is the one within the signature, 0 for none. */
export function refusalError(what: string, rcode: number, signature: number): SpringtideError {
  const known = SIGNATURE_REFUSALS[signature] ?? REFUSALS[rcode];
  const {
    code,
    means,
    nextStep,
    maybe = false,
  }: Meaning = known ?? {
    code: 'unknown',
    means: `answered with code ${rcode}`,
    maybe: true,
  };
  return new SpringtideError(
    code,
    `the name server ${means} (${what}); ${maybe ? 'the name may have been changed' : 'no traffic was moved'}`,
    {
      effect: maybe ? 'maybe' : 'none',
      facts: { rcode, signature },
      ...(nextStep === undefined ? {} : { nextStep }),
    },
  );
}
