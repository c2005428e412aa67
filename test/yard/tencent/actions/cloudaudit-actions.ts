import type { AuditedCall } from '../cloud/audit-book.js';
import type { Cloud } from '../cloud/cloud.js';
import type { Params } from '../wire/wire-call.js';
import { WireError } from '../wire/wire-error.js';
import type { Actions } from './action.js';

const DAY_MS = 24 * 3_600_000;
const KEPT_MS = 90 * DAY_MS;
const LONGEST_MS = 30 * DAY_MS;
const LARGEST_PAGE = 50;
const USUAL_PAGE = 10;
/** Of the right to a call. Which figure it has at the real service is not published. */
const REFUSED_BY_CAM = 4;

type Attribute = Readonly<{ AttributeKey: string; AttributeValue?: string }>;

/** What a condition compares; keys that the vendor has and this list has not are refused. */
const ATTRIBUTES: Readonly<Record<string, (call: AuditedCall) => string>> = {
  RequestId: ({ requestId }) => requestId,
  EventName: ({ action }) => action,
  ActionType: () => 'Write',
  PrincipalId: ({ user }) => user.id,
  ResourceType: ({ product }) => product,
  ResourceName: (call) => resourceName(call),
  AccessKeyId: ({ secretId }) => secretId,
  ApiErrorCode: ({ errorCode }) => errorCode,
  CamErrorCode: (call) => String(camCode(call)),
  SourceIPAddress: () => '127.0.0.1',
};

/** The trail: one for all regions of the account, newest first. */
export const cloudauditActions: Actions = {
  'cloudaudit/DescribeEvents': ({ cloud, region, params }) => {
    region();
    const { from, to } = spanOf(cloud, params);
    const size = Number(params['MaxResults'] ?? USUAL_PAGE);
    if (size < 1 || size > LARGEST_PAGE) {
      throw new WireError('InvalidParameterValue.MaxResult', `MaxResults must be from 1 to ${LARGEST_PAGE}.`);
    }
    const before = Number(params['NextToken'] ?? Infinity);
    const fits = conditionsOf((params['LookupAttributes'] ?? []) as readonly Attribute[]);
    const shown = cloud.now() - cloud.settings.auditLagMs;
    const found = cloud.audit
      .newestFirst()
      .filter((call) => call.at >= from && call.at <= Math.min(to, shown) && fits(call));
    const left = found.filter(({ position }) => position < before);
    const page = left.slice(0, size);
    return {
      ListOver: left.length <= size,
      NextToken: page.at(-1)?.position ?? 0,
      Events: page.map((call) => eventShape(cloud, call)),
      TotalCount: found.length,
    };
  },
};

function spanOf(cloud: Cloud, params: Params): Readonly<{ from: number; to: number }> {
  const from = Number(params['StartTime']) * 1_000;
  // To the end of the second that was named.
  const to = Number(params['EndTime']) * 1_000 + 999;
  if (from >= to || from < cloud.now() - KEPT_MS) {
    throw new WireError(
      'InvalidParameterValue.Time',
      'StartTime must be before EndTime, in seconds, and within the last 90 days.',
    );
  }
  if (to - from < LONGEST_MS) return { from, to };
  throw new WireError('LimitExceeded.OverTime', 'StartTime and EndTime must be less than 30 days apart.');
}

/** All of them must fit; of one key given more than once, one is enough. */
function conditionsOf(attributes: readonly Attribute[]): (call: AuditedCall) => boolean {
  const byKey = Map.groupBy(attributes, ({ AttributeKey }) => AttributeKey);
  const tests = [...byKey].map(([key, wanted]) => {
    const read = ATTRIBUTES[key];
    if (read === undefined) {
      throw new WireError('UnsupportedOperation', `The attribute ${key} is not simulated here.`);
    }
    const values = new Set(wanted.map(({ AttributeValue }) => AttributeValue ?? ''));
    return (call: AuditedCall) => values.has(read(call));
  });
  return (call) => tests.every((test) => test(call));
}

function eventShape(cloud: Cloud, call: AuditedCall): Readonly<Record<string, unknown>> {
  const { ownerUin } = cloud.seed.account;
  return {
    EventId: call.requestId,
    Username: call.user.name,
    EventTime: String(Math.floor(call.at / 1_000)),
    CloudAuditEvent: JSON.stringify(detailOf(call, ownerUin)),
    ResourceTypeCn: call.product,
    ErrorCode: camCode(call),
    EventName: call.action,
    SecretId: call.secretId,
    EventSource: `${call.product}.tencentcloudapi.com`,
    RequestID: call.requestId,
    ResourceRegion: call.region,
    AccountID: Number(ownerUin),
    SourceIPAddress: '127.0.0.1',
    EventNameCn: call.action,
    Resources: { ResourceType: call.product, ResourceName: resourceName(call) },
    EventRegion: call.region,
    Location: '',
  };
}

/** In the keys and the mixture of types of the vendor's examples: texts within texts, figures as text and as figure. */
function detailOf(call: AuditedCall, ownerUin: string): Readonly<Record<string, unknown>> {
  const { user, secretId, errorCode } = call;
  const cam = camCode(call);
  const done = errorCode === '';
  return {
    userIdentity: {
      principalId: user.id,
      accountId: ownerUin,
      secretId,
      sessionContext: '',
      type: user.type,
      userName: user.name,
    },
    eventRegion: call.region,
    eventVersion: 2,
    errorCode: String(cam),
    errorMessage: cam === 0 ? '' : call.errorMessage,
    requestID: call.requestId,
    eventID: call.requestId,
    apiVersion: '3.0',
    eventType: 'ApiCall',
    actionType: 'Write',
    httpMethod: 'POST',
    apiErrorCode: done ? 0 : errorCode,
    apiErrorMessage: done ? '' : call.errorMessage,
    eventTime: Math.floor(call.at / 1_000),
    sourceIPAddress: '127.0.0.1',
    eventSource: `${call.product}.tencentcloudapi.com`,
    resourceName: resourceName(call),
    requestParameters: JSON.stringify(call.params),
    responseElements: done ? JSON.stringify({ ...call.result, RequestId: call.requestId }) : '',
    resourceType: call.product,
    eventName: call.action,
  };
}

function camCode({ errorCode }: AuditedCall): number {
  return errorCode.startsWith('UnauthorizedOperation') ? REFUSED_BY_CAM : 0;
}

/** What the call asked rights for: machines that are still to be made have no name then. */
function resourceName({ action, params }: AuditedCall): string {
  if (action === 'RunInstances') return 'instance/*';
  const { InstanceIds, InstanceId } = params as { InstanceIds?: readonly string[]; InstanceId?: string };
  const ids = InstanceIds ?? (InstanceId === undefined ? [] : [InstanceId]);
  return ids.map((id) => `instance/${id}`).join('|');
}
