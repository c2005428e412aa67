/** What a script can rely on. Numbers are never reused for something else. */
export const EXIT = {
  ok: 0,
  error: 1,
  usage: 2,
  notFound: 3,
  auth: 4,
  conflict: 5,
  timedOut: 6,
  leftovers: 7,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_CODE: Readonly<Record<string, ExitCode>> = {
  'invalid-argument': EXIT.usage,
  'not-found': EXIT.notFound,
  'permission-denied': EXIT.auth,
  unauthenticated: EXIT.auth,
  'already-exists': EXIT.conflict,
  conflict: EXIT.conflict,
  'failed-precondition': EXIT.conflict,
  timeout: EXIT.timedOut,
};

/** The class of a problem by its stable code; everything else is a plain error. */
export function exitCodeOf(code: string): ExitCode {
  return BY_CODE[code] ?? EXIT.error;
}
