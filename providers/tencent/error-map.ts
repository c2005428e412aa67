import { MINUTE, SpringtideError, type ErrorCode, type ErrorDetails } from '@springtide/kernel';

type Entry = readonly [ErrorCode, ErrorDetails?];

const CAPACITY: Entry = ['insufficient-capacity'];
const QUOTA: Entry = [
  'quota-exceeded',
  { nextStep: 'Request a higher limit in the quota center, or plan with another account.' },
];
const SUBNET: Entry = ['subnet-exhausted'];
const BALANCE: Entry = ['balance', { nextStep: 'Top up the account, or pay its open orders.' }];
const THROTTLED: Entry = ['rate-limited', { retryAfterMs: 1_000 }];
const NOT_FOUND: Entry = ['not-found'];
const INVALID: Entry = ['invalid-argument'];
const BUSY: Entry = ['conflict', { retry: 'same' }];
const NOT_YET: Entry = ['conflict', { retry: 'same', retryAfterMs: 3_000 }];
const FORBIDDEN: Entry = [
  'permission-denied',
  { nextStep: 'Grant the action to the account’s CAM user; the provider’s README has the whole policy.' },
];
const WRONG_KEY: Entry = ['unauthenticated', { nextStep: 'Replace the account’s key.' }];
const WRONG_CLOCK: Entry = [
  'unauthenticated',
  { nextStep: 'Set this machine’s clock: Tencent Cloud refuses requests signed more than five minutes off.' },
];
const BROKEN: Entry = ['unavailable', { effect: 'maybe' }];
const NEVER_SENT: Entry = [
  'unavailable',
  { effect: 'none', nextStep: 'Check the endpoint and the way to it.' },
];
const WRONG_STATE: Entry = ['failed-precondition'];
const NOT_SOLD_HERE: Entry = ['unsupported', { retry: 'elsewhere', effect: 'none' }];
/** The bill of the day is still being made. */
const BILL_NOT_READY: Entry = [
  'unavailable',
  { effect: 'none', retryAfterMs: 5 * MINUTE, nextStep: 'Nothing: the bill is read again later.' },
];
const BILL_NOT_COUNTED: Entry = ['unavailable', { effect: 'none', retryAfterMs: 2_000 }];
const MISMATCH: Entry = ['conflict', { retry: 'never', effect: 'none' }];

/**
 * Error code of Tencent Cloud, or of the socket, to ours. A code without an entry of its own takes the entry of its
 * family, the part before a dot. What has neither is `unknown`, and may have happened.
 */
const TABLE: Readonly<Record<string, Entry>> = {
  ResourcesSoldOut: CAPACITY,
  ResourceInsufficient: CAPACITY,
  'ResourceInsufficient.CloudDiskUnavailable': INVALID,
  'ResourceInsufficient.OverQuota': QUOTA,
  'ResourceInsufficient.DisasterRecoverGroupCvmQuota': QUOTA,
  'ResourceUnavailable.InstanceType': CAPACITY,
  'InvalidParameter.InvalidCloudDiskSoldOut': CAPACITY,
  'InvalidParameterValue.InsufficientOffering': CAPACITY,
  'InvalidParameterValue.InsufficientPrice': CAPACITY,
  'ResourceNotFound.NoDefaultCbs': CAPACITY,
  'ResourceNotFound.NoDefaultCbsWithReason': CAPACITY,
  'ResourceNotFound.InvalidZoneInstanceType': NOT_SOLD_HERE,
  'UnsupportedOperation.InvalidZone': NOT_SOLD_HERE,
  'UnsupportedOperation.NoInstanceTypeSupportSpot': NOT_SOLD_HERE,
  'UnsupportedOperation.SpotUnsupportedRegion': NOT_SOLD_HERE,
  InstancesQuotaLimitExceeded: QUOTA,
  LimitExceeded: QUOTA,
  OverQuota: QUOTA,
  InsufficientRefundQuota: QUOTA,
  'UnsupportedOperation.UserLimitOperationExceedQuota': QUOTA,
  'LimitExceeded.VpcSubnetNum': SUBNET,
  'LimitExceeded.AssociateUSGLimitExceeded': INVALID,
  'FailedOperation.NoAvailableIpAddressCountInSubnet': SUBNET,
  InvalidAccount: BALANCE,
  'UnauthorizedOperation.NotCertification': BALANCE,
  'UnauthorizedOperation.NotHavePaymentRight': BALANCE,
  RequestLimitExceeded: THROTTLED,
  IdempotentParameterMismatch: MISMATCH,
  AuthFailure: WRONG_KEY,
  'AuthFailure.SignatureExpire': WRONG_CLOCK,
  'AuthFailure.UnauthorizedOperation': FORBIDDEN,
  'AuthFailure.CamRoleNameAuthenticateFailed': FORBIDDEN,
  UnauthorizedOperation: FORBIDDEN,
  'UnauthorizedOperation.InvalidToken': WRONG_KEY,
  'UnauthorizedOperation.ImageNotBelongToAccount': NOT_FOUND,
  AccountQualificationRestrictions: FORBIDDEN,
  InvalidPermission: FORBIDDEN,
  IpInBlacklist: FORBIDDEN,
  IpNotInWhitelist: FORBIDDEN,
  'OperationDenied.NoPermissionToOperateDomain': FORBIDDEN,
  ResourceNotFound: NOT_FOUND,
  'InvalidAddressIdState.InArrears': BALANCE,
  'InvalidDisk.RepeatRefund': NOT_FOUND,
  'ResourceUnavailable.RepeatRefund': NOT_FOUND,
  'InvalidParameterValue.SubnetNotExist': NOT_FOUND,
  'InvalidParameterValue.VpcIdNotExist': NOT_FOUND,
  'InvalidParameter.LBIdNotFound': NOT_FOUND,
  'InvalidParameter.ListenerIdNotFound': NOT_FOUND,
  'InvalidParameter.LocationNotFound': NOT_FOUND,
  'InvalidParameter.RecordIdInvalid': NOT_FOUND,
  'InvalidParameterValue.DomainNotExists': NOT_FOUND,
  'InvalidParameter.ClusterNotFound': NOT_FOUND,
  'InternalError.ClusterNotFound': NOT_FOUND,
  'UnsupportedOperation.InstanceStateTerminated': NOT_FOUND,
  'UnsupportedOperation.InstanceStatePending': NOT_YET,
  'UnsupportedOperation.InstanceStateStarting': NOT_YET,
  'UnsupportedOperation.InstanceStateStopping': NOT_YET,
  'UnsupportedOperation.InstanceStateRebooting': NOT_YET,
  'UnsupportedOperation.InstanceStateTerminating': BUSY,
  'UnsupportedOperation.InstanceStateLaunchFailed': NOT_YET,
  'UnsupportedOperation.StateError': BUSY,
  'UnsupportedOperation.InstancesProtected': [
    'failed-precondition',
    { nextStep: 'Remove the termination protection.' },
  ],
  'FailedOperation.IllegalTagKey': INVALID,
  'FailedOperation.IllegalTagValue': INVALID,
  'FailedOperation.TagKeyReserved': INVALID,
  'FailedOperation.InvalidLBStatus': NOT_YET,
  'FailedOperation.ResourceInOperating': NOT_YET,
  'FailedOperation.ClusterState': NOT_YET,
  'FailedOperation.ClusterVersionNotSupport': INVALID,
  'FailedOperation.KubeClientConf': NOT_YET,
  'FailedOperation.SwitchClusterEndpoint': NOT_YET,
  'ResourceUnavailable.ClusterState': NOT_YET,
  'InternalError.ClusterState': NOT_YET,
  'FailedOperation.MutActionTimerExist': BUSY,
  'FailedOperation.SummaryDataNotReady': BILL_NOT_READY,
  'FailedOperation.QueryCountFailed': BILL_NOT_COUNTED,
  MutexOperation: BUSY,
  OperationDenied: WRONG_STATE,
  'OperationDenied.InstanceOperationInProgress': NOT_YET,
  ResourceBusy: BUSY,
  ResourceInUse: BUSY,
  'InvalidDisk.Attached': BUSY,
  'InvalidDisk.Busy': BUSY,
  'InvalidDisk.SnapshotCreating': BUSY,
  'InvalidAddressIdStatus.NotPermit': BUSY,
  InvalidAddressState: BUSY,
  'UnsupportedOperation.InvalidState': BUSY,
  ResourceUnavailable: WRONG_STATE,
  'ResourceUnavailable.Attached': BUSY,
  TradeDealConflict: BUSY,
  InvalidInstanceState: BUSY,
  UnsupportedOperation: ['unsupported'],
  UnsupportedRegion: INVALID,
  'InvalidRegion.NotFound': INVALID,
  'InvalidRegion.Unavailable': INVALID,
  InvalidZone: INVALID,
  InvalidFilter: INVALID,
  InvalidFilterValue: INVALID,
  InvalidClientToken: INVALID,
  InvalidHost: INVALID,
  InvalidImageId: INVALID,
  InvalidInstanceId: INVALID,
  InvalidInstanceName: INVALID,
  InvalidInstanceType: INVALID,
  InvalidSgId: INVALID,
  InvalidDisk: WRONG_STATE,
  InvalidParameter: INVALID,
  InvalidParameterCombination: INVALID,
  InvalidParameterConflict: INVALID,
  InvalidParameterValue: INVALID,
  InvalidParameterValueLimit: INVALID,
  InvalidParameterValueOffset: INVALID,
  InvalidRequest: INVALID,
  MissingParameter: INVALID,
  UnknownParameter: INVALID,
  RequestSizeLimitExceeded: INVALID,
  VpcAddrNotInSubNet: INVALID,
  VpcIpIsUsed: BUSY,
  InvalidAction: ['unsupported'],
  ActionOffline: ['unsupported'],
  NoSuchProduct: ['unsupported'],
  NoSuchVersion: ['unsupported'],
  InternalError: BROKEN,
  InternalServerError: BROKEN,
  ServiceUnavailable: BROKEN,
  ECONNREFUSED: NEVER_SENT,
  ENOTFOUND: NEVER_SENT,
  EAI_AGAIN: NEVER_SENT,
  EHOSTUNREACH: NEVER_SENT,
  ENETUNREACH: NEVER_SENT,
  ECONNRESET: BROKEN,
  EPIPE: BROKEN,
  ETIMEDOUT: BROKEN,
  AbortError: ['timeout'],
  Redirected: [
    'failed-precondition',
    { nextStep: 'Register the address it redirects to, if that is the real endpoint.' },
  ],
};

/** Of errors on the way only the text comes through the SDK. */
export const REDIRECTED = 'the endpoint answered with a redirect, which is never followed with a credential';

/** What the SDK's error leaves of a failed connection is its text. */
const TEXTS: readonly (readonly [RegExp, string])[] = [
  [/\b(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|ETIMEDOUT|ECONNRESET)\b/, '$1'],
  [/answered with a redirect/, 'Redirected'],
  [/aborted a request|network timeout at/, 'AbortError'],
  [/socket hang up|premature close|other side closed|invalid json response/i, 'ECONNRESET'],
];

export type TencentCall = Readonly<{ action: string; region: string; mutates: boolean }>;

/**
 * What the SDK threw, in our words. The vendor's error object stays behind. A read has no effect, however it failed.
 */
export function mapTencentError(thrown: unknown, call: TencentCall): SpringtideError {
  if (thrown instanceof SpringtideError) return thrown;
  const { tencentCode, message, requestId } = readTencentError(thrown);
  const [code, details] = entryOf(tencentCode) ?? (['unknown'] as const);
  const error = new SpringtideError(code, '', details);
  const effect = call.mutates ? error.effect : 'none';
  const consequence = effect === 'none' ? 'nothing was changed' : 'it may have happened nevertheless';
  return new SpringtideError(
    code,
    `Tencent Cloud ${call.action} in ${call.region} failed, ${consequence}: ${message} (${tencentCode})`,
    { ...details, effect, facts: { tencentCode, ...(requestId === '' ? {} : { requestId }) } },
  );
}

/** Vendor code of an error that came through `mapTencentError`. */
export function tencentCodeOf(error: SpringtideError): string {
  return String(error.facts['tencentCode'] ?? '');
}

function entryOf(code: string): Entry | undefined {
  if (Object.hasOwn(TABLE, code)) return TABLE[code];
  // Every product has its own `Invalid…Id.NotFound`.
  if (code.endsWith('.NotFound')) return NOT_FOUND;
  for (let family = code; family !== ''; family = family.slice(0, Math.max(0, family.lastIndexOf('.')))) {
    if (Object.hasOwn(TABLE, family)) return TABLE[family];
  }
  return undefined;
}

/** By shape and not by class: the SDK has one class for everything. */
function readTencentError(thrown: unknown): { tencentCode: string; message: string; requestId: string } {
  if (typeof thrown !== 'object' || thrown === null) {
    return { tencentCode: 'none', message: String(thrown), requestId: '' };
  }
  const { message, code, requestId, httpCode } = thrown as Readonly<Record<string, unknown>>;
  const text = textOf(message);
  const told = isTokenMismatch(textOf(code), text) ? 'IdempotentParameterMismatch' : textOf(code);
  const tencentCode = told === '' ? codeOfText(text, httpCode) : told;
  return { tencentCode, message: text, requestId: textOf(requestId) };
}

/** The list of CVM's codes has none for a token that comes again with another order; only the text tells it. */
function isTokenMismatch(code: string, text: string): boolean {
  return /^InvalidParameter(Value)?(\.|$)/.test(code) && /client ?token|idempoten/i.test(text);
}

function codeOfText(text: string, httpCode: unknown): string {
  if (typeof httpCode === 'number') {
    if (httpCode === 429) return 'RequestLimitExceeded';
    return httpCode >= 500 ? 'ServiceUnavailable' : `http-${httpCode}`;
  }
  for (const [pattern, code] of TEXTS) {
    const found = pattern.exec(text);
    if (found !== null) return code === '$1' ? (found[1] ?? '') : code;
  }
  return 'none';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
