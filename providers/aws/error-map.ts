import { SpringtideError, type ErrorCode, type ErrorDetails } from '@springtide/kernel';

type Entry = readonly [ErrorCode, ErrorDetails?];

const CAPACITY: Entry = ['insufficient-capacity'];
const QUOTA: Entry = [
  'quota-exceeded',
  { nextStep: 'Request a higher limit, or plan with another account.' },
];
const THROTTLED: Entry = ['rate-limited', { retryAfterMs: 1_000 }];
const NOT_FOUND: Entry = ['not-found'];
const INVALID: Entry = ['invalid-argument'];
const BUSY: Entry = ['conflict', { retry: 'same' }];
const FORBIDDEN: Entry = [
  'permission-denied',
  { nextStep: 'Grant the action to the account’s IAM identity.' },
];
const WRONG_KEY: Entry = ['unauthenticated', { nextStep: 'Replace the account’s access key.' }];
const WRONG_CLOCK: Entry = [
  'unauthenticated',
  { nextStep: 'Set this machine’s clock: AWS refuses requests signed more than five minutes off.' },
];
const BROKEN: Entry = ['unavailable', { effect: 'maybe' }];
const NEVER_SENT: Entry = [
  'unavailable',
  { effect: 'none', nextStep: 'Check the endpoint and the way to it.' },
];
const CUT: Entry = ['unavailable', { effect: 'maybe' }];

/** Error code of EC2, STS, Elastic Load Balancing, Route 53, Service Quotas, EKS and CloudTrail, or of the socket, to ours. What is missing here is `unknown`, and may have happened. */
const TABLE: Readonly<Record<string, Entry>> = {
  InsufficientInstanceCapacity: CAPACITY,
  InsufficientCapacity: CAPACITY,
  InsufficientHostCapacity: CAPACITY,
  InsufficientReservedInstanceCapacity: CAPACITY,
  ReservationCapacityExceeded: CAPACITY,
  UnfulfillableCapacity: CAPACITY,
  SpotMaxPriceTooLow: CAPACITY,
  Unsupported: ['unsupported', { retry: 'elsewhere', effect: 'none' }],
  UnsupportedOperation: ['unsupported'],
  VcpuLimitExceeded: QUOTA,
  InstanceLimitExceeded: QUOTA,
  MaxSpotInstanceCountExceeded: QUOTA,
  MaxFleetCountExceeded: QUOTA,
  VolumeLimitExceeded: QUOTA,
  NetworkInterfaceLimitExceeded: QUOTA,
  InsufficientFreeAddressesInSubnet: ['subnet-exhausted'],
  RequestLimitExceeded: THROTTLED,
  Throttling: THROTTLED,
  ThrottlingException: THROTTLED,
  EC2ThrottledException: THROTTLED,
  IdempotentParameterMismatch: ['conflict', { retry: 'never', effect: 'none' }],
  AuthFailure: WRONG_KEY,
  InvalidClientTokenId: WRONG_KEY,
  SignatureDoesNotMatch: WRONG_KEY,
  UnrecognizedClientException: WRONG_KEY,
  MissingAuthenticationToken: WRONG_KEY,
  ExpiredToken: WRONG_KEY,
  ExpiredTokenException: WRONG_KEY,
  OptInRequired: ['unauthenticated', { nextStep: 'Subscribe the account to EC2 in this region.' }],
  Blocked: ['unauthenticated', { nextStep: 'AWS has blocked the account: call AWS support.' }],
  RequestExpired: WRONG_CLOCK,
  RequestTimeTooSkewed: WRONG_CLOCK,
  UnauthorizedOperation: FORBIDDEN,
  AccessDenied: FORBIDDEN,
  AccessDeniedException: FORBIDDEN,
  OperationNotPermitted: ['failed-precondition', { nextStep: 'Remove the termination protection.' }],
  // CloudTrail's word, which EC2 has another meaning for.
  OperationNotPermittedException: FORBIDDEN,
  PendingVerification: ['failed-precondition', { nextStep: 'AWS is still verifying the account.' }],
  'InvalidInstanceID.NotFound': NOT_FOUND,
  'InvalidAMIID.NotFound': NOT_FOUND,
  'InvalidAMIID.Unavailable': NOT_FOUND,
  'InvalidSubnetID.NotFound': NOT_FOUND,
  'InvalidGroup.NotFound': NOT_FOUND,
  'InvalidSecurityGroupID.NotFound': NOT_FOUND,
  'InvalidVolume.NotFound': NOT_FOUND,
  'InvalidNetworkInterfaceID.NotFound': NOT_FOUND,
  'InvalidAllocationID.NotFound': NOT_FOUND,
  'InvalidLaunchTemplateId.NotFound': NOT_FOUND,
  'InvalidLaunchTemplateName.NotFoundException': NOT_FOUND,
  'InvalidLaunchTemplateName.AlreadyExistsException': ['already-exists'],
  'InvalidInstanceID.Malformed': INVALID,
  'InvalidAMIID.Malformed': INVALID,
  'InvalidSubnetID.Malformed': INVALID,
  InvalidInstanceType: INVALID,
  'InvalidInstanceType.NotFound': INVALID,
  'InvalidZone.NotFound': INVALID,
  InvalidParameter: INVALID,
  InvalidParameterValue: INVALID,
  InvalidParameterCombination: INVALID,
  InvalidRequest: INVALID,
  InvalidTagKey: INVALID,
  'InvalidUserData.Malformed': INVALID,
  MissingParameter: INVALID,
  MissingInput: INVALID,
  TagLimitExceeded: INVALID,
  UnknownParameter: INVALID,
  ValidationError: INVALID,
  InvalidLookupAttributes: INVALID,
  InvalidMaxResults: INVALID,
  InvalidNextToken: INVALID,
  InvalidTimeRange: INVALID,
  NoSuchHostedZone: NOT_FOUND,
  NoSuchChange: NOT_FOUND,
  InvalidInput: INVALID,
  InvalidDomainName: INVALID,
  InvalidChangeBatch: BUSY,
  PriorRequestNotComplete: BUSY,
  ResourceNotFound: NOT_FOUND,
  NoSuchResource: NOT_FOUND,
  InvalidRequestException: ['failed-precondition', { effect: 'none' }],
  ResourceLimitExceeded: QUOTA,
  TooManyRequests: THROTTLED,
  UnsupportedAvailabilityZone: ['unsupported', { retry: 'elsewhere', effect: 'none' }],
  LoadBalancerNotFound: NOT_FOUND,
  ListenerNotFound: NOT_FOUND,
  RuleNotFound: NOT_FOUND,
  TargetGroupNotFound: NOT_FOUND,
  InvalidTarget: INVALID,
  InvalidConfigurationRequest: INVALID,
  DuplicateTargetGroupName: ['already-exists'],
  TargetGroupAssociationLimit: QUOTA,
  TooManyActions: QUOTA,
  TooManyRegistrationsForTargetId: QUOTA,
  TooManyRules: QUOTA,
  TooManyTags: QUOTA,
  TooManyTargetGroups: QUOTA,
  TooManyTargets: QUOTA,
  TooManyUniqueTargetGroupsPerLoadBalancer: QUOTA,
  PriorityInUse: BUSY,
  ResourceInUse: BUSY,
  IncorrectInstanceState: BUSY,
  IncorrectState: BUSY,
  VolumeInUse: BUSY,
  'InvalidNetworkInterface.InUse': BUSY,
  'InvalidIPAddress.InUse': BUSY,
  DependencyViolation: BUSY,
  InternalError: BROKEN,
  InternalFailure: BROKEN,
  Server: BROKEN,
  ServiceUnavailable: BROKEN,
  Unavailable: BROKEN,
  ECONNREFUSED: NEVER_SENT,
  ENOTFOUND: NEVER_SENT,
  EAI_AGAIN: NEVER_SENT,
  EHOSTUNREACH: NEVER_SENT,
  ENETUNREACH: NEVER_SENT,
  ECONNRESET: CUT,
  EPIPE: CUT,
  ETIMEDOUT: CUT,
  AbortError: ['timeout'],
  TimeoutError: ['timeout'],
};

export type AwsCall = Readonly<{ operation: string; region: string; mutates: boolean }>;

/**
 * What the SDK threw, in our words. The vendor's error object stays behind: it carries the signed request.
 * A read has no effect, however it failed.
 */
export function mapAwsError(thrown: unknown, call: AwsCall): SpringtideError {
  const own = ownErrorIn(thrown);
  if (own !== undefined) return own;
  const { awsCode, message, status } = readAwsError(thrown);
  const [code, details] = TABLE[awsCode] ?? (['unknown'] as const);
  const error = new SpringtideError(code, '', details);
  const effect = call.mutates ? error.effect : 'none';
  const consequence =
    !call.mutates || effect === 'none' ? 'nothing was changed' : 'it may have happened nevertheless';
  return new SpringtideError(
    code,
    `AWS ${call.operation} in ${call.region} failed, ${consequence}: ${message} (${awsCode})`,
    { ...details, effect, facts: { awsCode, ...(status === undefined ? {} : { httpStatus: status }) } },
  );
}

/** Vendor code of an error that came through `mapAwsError`. */
export function awsCodeOf(error: SpringtideError): string {
  return String(error.facts['awsCode'] ?? '');
}

/** The endpoint gate refuses inside the socket layer; its word must come through unharmed. */
function ownErrorIn(thrown: unknown): SpringtideError | undefined {
  let error = thrown as { cause?: unknown } | null | undefined;
  for (let depth = 0; depth < 5 && typeof error === 'object' && error !== null; depth += 1) {
    if (error instanceof SpringtideError) return error;
    error = error.cause as typeof error;
  }
  return undefined;
}

type VendorError = Readonly<{
  name?: unknown;
  message?: unknown;
  code?: unknown;
  $metadata?: Readonly<{ httpStatusCode?: number }>;
}>;

/** By shape and not by class: socket errors are not always made in our realm. */
function readAwsError(thrown: unknown): { awsCode: string; message: string; status?: number } {
  if (typeof thrown !== 'object' || thrown === null) return { awsCode: 'none', message: String(thrown) };
  const { name, message, code, $metadata } = thrown as VendorError;
  // The SDK wraps socket errors, sometimes with their code, sometimes only with their text.
  const text = textOf(message);
  const fromText = text.includes('socket hang up') ? 'ECONNRESET' : /\bE[A-Z_]{4,}\b/.exec(text)?.[0];
  // Newer services call their errors exceptions, and mean the same.
  const candidates = [textOf(code), textOf(name), textOf(name).replace(/Exception$/, ''), fromText ?? ''];
  const awsCode = candidates.find((each) => each in TABLE) ?? textOf(name);
  const status = $metadata?.httpStatusCode;
  return { awsCode, message: text, ...(status === undefined ? {} : { status }) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
