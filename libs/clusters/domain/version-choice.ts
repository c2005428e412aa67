import { SpringtideError } from '@springtide/kernel';

type Revision<S> = Readonly<{ number: number; current: boolean; image: string; spec?: S }>;

/**
 * The version to go back to: the newest that does not run now and that we applied.
 * @throws failed-precondition when there is none.
 */
export function versionBefore<S>(revisions: readonly Revision<S>[]): S {
  const before = revisions.find(({ current }) => !current);
  if (before?.spec !== undefined) return before.spec;
  throw new SpringtideError(
    'failed-precondition',
    before === undefined
      ? 'there is no version before this one; nothing was changed'
      : 'the version before was applied by somebody else and is not known whole; nothing was changed',
    { nextStep: 'Apply the workload with the spec that you want.' },
  );
}
