import { MINUTE, SpringtideError, type ErrorCode, type ErrorDetails } from '@springtide/kernel';

type Entry = readonly [ErrorCode, ErrorDetails?];

const CAPACITY: Entry = [
  'insufficient-capacity',
  {
    nextStep: 'Buy in another zone or of another size; this cloud wants a new token even for the same pool.',
  },
];
const QUOTA: Entry = [
  'quota-exceeded',
  { nextStep: 'Ask for more in the Quota Center, or plan with another account.' },
];
const ADDRESSES: Entry = ['subnet-exhausted', { nextStep: 'Use another vSwitch in the same zone.' }];
const BALANCE: Entry = ['balance', { nextStep: 'Recharge the account, then verify it again.' }];
// Limits count per minute; a call throttled in one minute passes in the next.
const THROTTLED: Entry = ['rate-limited', { retryAfterMs: MINUTE / 12 }];
const NOT_FOUND: Entry = ['not-found'];
const INVALID: Entry = ['invalid-argument'];
const BUSY: Entry = ['conflict', { retry: 'same', effect: 'none', retryAfterMs: 2_000 }];
const FORBIDDEN: Entry = [
  'permission-denied',
  { nextStep: 'Grant the action to the account’s RAM user; the README has the policy.' },
];
const WRONG_KEY: Entry = ['unauthenticated', { nextStep: 'Replace the account’s access key.' }];
const WRONG_CLOCK: Entry = [
  'unauthenticated',
  { nextStep: 'Set this machine’s clock: requests signed more than 15 minutes off are refused.' },
];
const BROKEN: Entry = ['unavailable', { effect: 'maybe' }];
const PROTECTED: Entry = ['failed-precondition', { nextStep: 'Remove the deletion protection.' }];
const NEVER_SENT: Entry = [
  'unavailable',
  { effect: 'none', nextStep: 'Check the endpoint and the way to it.' },
];

/** Error code of the vendor, or of the socket, to ours. What is missing here is `unknown`, and may have happened. */
const TABLE: Readonly<Record<string, Entry>> = {
  'OperationDenied.NoStock': CAPACITY,
  'OperationDenied.ZoneNotAllowed': CAPACITY,
  'OperationDenied.ZoneSystemCategoryNotMatch': CAPACITY,
  'OperationDenied.SpotStock': CAPACITY,
  NoInstanceStock: CAPACITY,
  'Zone.NotOnSale': CAPACITY,
  'Zone.NotOpen': CAPACITY,
  ResourceNotAvailable: CAPACITY,
  'InvalidResourceType.NotSupported': CAPACITY,
  'InvalidInstanceType.ZoneNotSupported': CAPACITY,
  'InvalidSpotPriceLimit.LowerThanPublicPrice': CAPACITY,
  InstanceTypeQuotaExceed: QUOTA,
  'InvalidVSwitchId.IpNotEnough': ADDRESSES,
  'QuotaExceeded.PrivateIpAddress': ADDRESSES,
  'InvalidAccountStatus.NotEnoughBalance': BALANCE,
  'Account.Arrearage': BALANCE,
  InvalidPayMethod: BALANCE,
  Throttling: THROTTLED,
  ServiceIsStopping: BROKEN,
  IdempotentParameterMismatch: ['conflict', { retry: 'never', effect: 'none' }],
  // The first call with the token is still under way; its machines are the answer to the next one.
  IdempotentProcessing: ['conflict', { retry: 'same', effect: 'maybe', retryAfterMs: 1_000 }],
  ProcessingSameRequest: ['conflict', { retry: 'same', effect: 'maybe', retryAfterMs: 1_000 }],
  SignatureDoesNotMatch: WRONG_KEY,
  IncompleteSignature: WRONG_KEY,
  'InvalidAccessKeyId.NotFound': WRONG_KEY,
  'InvalidAccessKeyId.Inactive': WRONG_KEY,
  'InvalidSecurityToken.Expired': WRONG_KEY,
  'InvalidSecurityToken.Malformed': WRONG_KEY,
  'InvalidSecurityToken.MismatchWithAccessKey': WRONG_KEY,
  // The request was not judged and a new one has a new nonce.
  SignatureNonceUsed: ['unavailable', { effect: 'none' }],
  'InvalidTimeStamp.Expired': WRONG_CLOCK,
  'InvalidTimeStamp.Format': WRONG_CLOCK,
  IllegalTimestamp: WRONG_CLOCK,
  Forbidden: FORBIDDEN,
  NoPermission: FORBIDDEN,
  Forbbiden: FORBIDDEN,
  // As billing says it.
  NotAuthorized: FORBIDDEN,
  IncorrectInstanceStatus: BUSY,
  'OperationDenied.InstanceCreating': BUSY,
  'Operation.Conflict': BUSY,
  ResourceInOperating: BUSY,
  'OperationDenied.ResourceControl': BUSY,
  'ResourceInConfiguring.Listener': BUSY,
  'ResourceInConfiguring.ServerGroup': BUSY,
  IncorrectDiskStatus: BUSY,
  IncorrectEipStatus: BUSY,
  DependencyViolation: BUSY,
  InvalidOperation: PROTECTED,
  OperationDenied: ['failed-precondition'],
  InvalidAction: [
    'unsupported',
    { nextStep: 'This deployment does not know the action; check its version.' },
  ],
  InvalidVersion: ['unsupported', { nextStep: 'This deployment does not know the product’s version.' }],
  InvalidParameter: INVALID,
  MissingParameter: INVALID,
  InternalError: BROKEN,
  ServiceUnavailable: BROKEN,
  Unavailable: BROKEN,
  // A page of somebody between us and the cloud.
  NoJson: BROKEN,
  ECONNREFUSED: NEVER_SENT,
  ENOTFOUND: NEVER_SENT,
  EAI_AGAIN: NEVER_SENT,
  EHOSTUNREACH: NEVER_SENT,
  ENETUNREACH: NEVER_SENT,
  UND_ERR_CONNECT_TIMEOUT: NEVER_SENT,
  ECONNRESET: BROKEN,
  EPIPE: BROKEN,
  ETIMEDOUT: BROKEN,
  UND_ERR_SOCKET: BROKEN,
  UND_ERR_HEADERS_TIMEOUT: ['timeout'],
  UND_ERR_BODY_TIMEOUT: ['timeout'],
  AbortError: ['timeout'],
  TimeoutError: ['timeout'],
  RequestTimeoutError: ['timeout'],
};

/** The vendor's codes come in families, of which the documents list only a part. First that fits. */
const FAMILIES: readonly (readonly [RegExp, Entry])[] = [
  [/^Throttling\./, THROTTLED],
  [/^(OperationDenied\.)?NoStock/, CAPACITY],
  [/^Quota(Exceed|Exceeded)(\.|$)|QuotaExceed(ed)?$|^LimitExceed(ed)?\./, QUOTA],
  [/^IncorrectInstanceStatus\.|^IncorrectStatus(\.|$)|^ResourceInConfiguring\./, BUSY],
  [/^Forbidden\.|^NoPermission\.|\.NoPermission$|^Forbbiden\./, FORBIDDEN],
  [/^ResourceInUse\.|^Conflict\./, BUSY],
  [/^ResourceAlreadyExist\./, ['already-exists']],
  [/\.DeletionProtection$/, PROTECTED],
  [/^InvalidAccountStatus\./, BALANCE],
  [
    /^ResourceNotFound(\.|$)|\.NotFound$|\.NotExist$|^ErrorClusterNotFound$|^DomainRecordNotBelong/,
    NOT_FOUND,
  ],
  [/^(Missing|InvalidParameter|InvalidInstanceType|InvalidZoneId|InvalidRegionId)\b/, INVALID],
  [/^Invalid[A-Za-z]+\.(Malformed|ValueNotSupported|NotSupported|Mismatch|Format\w*)$/, INVALID],
];

export type AlibabaCall = Readonly<{ action: string; region: string; mutates: boolean }>;

/** An answer that says no, in our words. A read has no effect, however it failed. */
export function mapRefusal(
  call: AlibabaCall,
  refusal: Readonly<{ code: string; message: string; status: number }>,
): SpringtideError {
  const { code, status } = refusal;
  return toError(call, code, refusal.message, status, entryOf(code) ?? entryOfStatus(status));
}

/** What was thrown instead of an answer. The vendor's error object stays behind: it carries the signed request. */
export function mapFailure(call: AlibabaCall, thrown: unknown): SpringtideError {
  const own = ownErrorIn(thrown);
  if (own !== undefined) return own;
  const { code, message } = readFailure(thrown);
  return toError(call, code, message, undefined, TABLE[code]);
}

/** Vendor code of an error that came through here. */
export function vendorCodeOf(error: SpringtideError): string {
  return String(error.facts['vendorCode'] ?? '');
}

function toError(
  call: AlibabaCall,
  vendorCode: string,
  message: string,
  status: number | undefined,
  entry: Entry | undefined,
): SpringtideError {
  const [code, details] = entry ?? (['unknown'] as const);
  const { effect: usual } = new SpringtideError(code, '', details);
  const effect = call.mutates ? usual : 'none';
  const consequence = effect === 'none' ? 'nothing was changed' : 'it may have happened nevertheless';
  return new SpringtideError(
    code,
    `Alibaba Cloud ${call.action} in ${call.region} failed, ${consequence}: ${plain(message)} (${vendorCode})`,
    { ...details, effect, facts: { vendorCode, ...(status === undefined ? {} : { httpStatus: status }) } },
  );
}

/** A wrong signature is answered with the whole text that was signed; the key id is in it. */
function plain(message: string): string {
  return (message.split(/[,.]? ?server string to sign/i)[0] ?? '').slice(0, 300);
}

function entryOf(code: string): Entry | undefined {
  return TABLE[code] ?? FAMILIES.find(([family]) => family.test(code))?.[1];
}

function entryOfStatus(status: number): Entry | undefined {
  if (status === 429) return THROTTLED;
  return status >= 502 && status <= 504 ? BROKEN : undefined;
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

/** By shape and not by class: socket errors are not always made in our realm. */
function readFailure(thrown: unknown): { code: string; message: string } {
  if (typeof thrown !== 'object' || thrown === null) return { code: 'none', message: String(thrown) };
  const { name, message, code } = thrown as { name?: unknown; message?: unknown; code?: unknown };
  const text = typeof message === 'string' ? message : '';
  const fromText = text.includes('socket hang up') ? 'ECONNRESET' : /\bE[A-Z_]{4,}\b/.exec(text)?.[0];
  const candidates = [code, name, fromText].filter((each) => typeof each === 'string');
  const known = candidates.find((each) => each in TABLE) ?? candidates[0] ?? 'none';
  return { code: known, message: known === 'none' ? text : socketText(known) };
}

/** The older SDK writes the address with all parameters into the text of a socket error. */
function socketText(code: string): string {
  return /TIMEOUT|Timeout|Abort/.test(code) ? 'no answer by the deadline' : 'the connection failed';
}
