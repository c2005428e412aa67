import { SpringtideError, type ErrorCode, type ErrorDetails } from '@springtide/kernel';
import { VimFault } from './soap/vim-fault.js';

type Meaning = Readonly<{ code: ErrorCode } & Pick<ErrorDetails, 'effect' | 'retry' | 'nextStep'>>;

const FULL: Meaning = {
  code: 'insufficient-capacity',
  nextStep: 'Use another cluster, or buy the gap elsewhere.',
};
const BUSY: Meaning = { code: 'conflict', retry: 'same' };
const WRONG: Meaning = { code: 'invalid-argument' };
const HOST_AWAY: Meaning = {
  code: 'unavailable',
  effect: 'none',
  nextStep: 'Check the hosts of the cluster.',
};
const LICENCE: Meaning = { code: 'quota-exceeded', nextStep: 'Check the vSphere licences.' };
const FORBIDDEN: Meaning = {
  code: 'permission-denied',
  nextStep: 'Grant the privileges that the provider’s README lists.',
};
const LOGIN: Meaning = { code: 'unauthenticated', nextStep: 'Correct the account’s user and password.' };

/** Every fault that is understood, whether it came as a SOAP fault or as the error of a task. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  InvalidLogin: LOGIN,
  NotAuthenticated: LOGIN,
  PasswordExpired: LOGIN,
  NoPermission: FORBIDDEN,
  SecurityError: FORBIDDEN,
  RestrictedVersion: {
    code: 'unsupported',
    nextStep: 'The licence of this vSphere does not allow API writes.',
  },

  InsufficientResourcesFault: FULL,
  InsufficientCpuResourcesFault: FULL,
  InsufficientMemoryResourcesFault: FULL,
  InsufficientHostCapacityFault: FULL,
  InsufficientHostCpuCapacityFault: FULL,
  InsufficientHostMemoryCapacityFault: FULL,
  InsufficientFailoverResourcesFault: FULL,
  InsufficientVFlashResourcesFault: FULL,
  InsufficientGraphicsResourcesFault: FULL,
  InsufficientStandbyResource: FULL,
  InsufficientStorageSpace: FULL,
  InsufficientStorageIops: FULL,
  NoCompatibleHost: FULL,
  NoCompatibleDatastore: FULL,
  NoActiveHostInCluster: FULL,
  NoDiskSpace: FULL,
  VmLimitLicense: LICENCE,
  NotEnoughLicenses: LICENCE,
  LicenseRestricted: LICENCE,
  NotEnoughLogicalCpus: FULL,

  HostNotConnected: HOST_AWAY,
  HostNotReachable: HOST_AWAY,
  HostCommunication: HOST_AWAY,
  InvalidHostState: HOST_AWAY,
  HostConnectFault: HOST_AWAY,

  TaskInProgress: BUSY,
  ResourceInUse: BUSY,
  ConcurrentAccess: BUSY,
  FileLocked: BUSY,
  DuplicateName: { code: 'conflict', retry: 'never' },
  AlreadyExists: { code: 'already-exists' },
  FileAlreadyExists: { code: 'already-exists' },

  ManagedObjectNotFound: { code: 'not-found' },
  NotFound: { code: 'not-found' },
  InvalidCollectorVersion: { code: 'not-found' },
  FileNotFound: { code: 'failed-precondition', nextStep: 'A file of the template or machine is missing.' },
  InvalidState: { code: 'failed-precondition' },
  InvalidPowerState: { code: 'failed-precondition' },
  MethodDisabled: { code: 'failed-precondition' },
  CannotAccessNetwork: {
    code: 'failed-precondition',
    nextStep: 'Choose a network that the cluster’s hosts see.',
  },
  CannotAccessFile: {
    code: 'failed-precondition',
    nextStep: 'Choose a datastore that the cluster’s hosts see.',
  },

  InvalidArgument: WRONG,
  InvalidProperty: WRONG,
  InvalidRequest: WRONG,
  InvalidType: WRONG,
  InvalidName: WRONG,
  InvalidFolder: WRONG,
  InvalidDatastore: WRONG,
  InvalidDeviceSpec: WRONG,
  InvalidVmConfig: WRONG,
  VmConfigFault: WRONG,
  NumVirtualCpusExceedsLimit: WRONG,
  MemorySizeNotSupported: WRONG,

  NotSupported: { code: 'unsupported' },
  NotImplemented: { code: 'unsupported' },
  MethodNotFound: { code: 'unsupported' },
  RequestCanceled: { code: 'cancelled', effect: 'maybe' },
  Timedout: { code: 'timeout', effect: 'maybe' },
};

/** What a fault means. One that is not in the table is unknown, and may have happened. `doing` starts the message. */
export function meaningOf(fault: VimFault, doing: string): SpringtideError {
  const meaning = Object.hasOwn(MEANINGS, fault.kind) ? MEANINGS[fault.kind] : undefined;
  if (meaning === undefined) {
    return new SpringtideError(
      'unknown',
      `${doing} failed with ${fault.message}, which is not known yet; it may have happened nevertheless`,
      {
        cause: fault,
        nextStep: 'Look what vSphere holds before acting again.',
        facts: { fault: fault.kind },
      },
    );
  }
  const { code, ...advice } = meaning;
  return new SpringtideError(code, `${doing} was refused by vSphere: ${fault.message}`, {
    ...advice,
    cause: fault,
    facts: { fault: fault.kind },
  });
}

export function isFault(thrown: unknown, ...kinds: readonly string[]): boolean {
  return faultOf(thrown) !== undefined && kinds.includes(faultOf(thrown)?.kind ?? '');
}

/** The fault behind an error, where vSphere was the one who refused. */
export function faultOf(thrown: unknown): VimFault | undefined {
  if (thrown instanceof VimFault) return thrown;
  return thrown instanceof Error && thrown.cause instanceof VimFault ? thrown.cause : undefined;
}
