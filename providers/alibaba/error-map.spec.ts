import { SpringtideError } from '@springtide/kernel';
import { mapFailure, mapRefusal, vendorCodeOf } from './error-map.js';

const launch = { action: 'RunInstances', region: 'cn-hangzhou', mutates: true };
const read = { action: 'DescribeInstances', region: 'cn-hangzhou', mutates: false };

describe('mapRefusal', () => {
  it.each([
    ['OperationDenied.NoStock', 'insufficient-capacity', 'elsewhere', 'none'],
    ['Zone.NotOnSale', 'insufficient-capacity', 'elsewhere', 'none'],
    ['QuotaExceed.ElasticQuota', 'quota-exceeded', 'elsewhere', 'none'],
    ['QuotaExceed.SomethingNew', 'quota-exceeded', 'elsewhere', 'none'],
    ['InvalidVSwitchId.IpNotEnough', 'subnet-exhausted', 'elsewhere', 'none'],
    ['QuotaExceeded.PrivateIpAddress', 'subnet-exhausted', 'elsewhere', 'none'],
    ['InvalidAccountStatus.NotEnoughBalance', 'balance', 'never', 'none'],
    ['Throttling.User', 'rate-limited', 'same', 'none'],
    ['Throttling', 'rate-limited', 'same', 'none'],
    ['IdempotentParameterMismatch', 'conflict', 'never', 'none'],
    ['IdempotentProcessing', 'conflict', 'same', 'maybe'],
    ['SignatureDoesNotMatch', 'unauthenticated', 'never', 'none'],
    ['InvalidAccessKeyId.NotFound', 'unauthenticated', 'never', 'none'],
    ['InvalidSecurityToken.Expired', 'unauthenticated', 'never', 'none'],
    ['InvalidTimeStamp.Expired', 'unauthenticated', 'never', 'none'],
    ['SignatureNonceUsed', 'unavailable', 'same', 'none'],
    ['Forbidden.RAM', 'permission-denied', 'never', 'none'],
    ['InvalidInstanceId.NotFound', 'not-found', 'never', 'none'],
    ['InvalidImageId.NotFound', 'not-found', 'never', 'none'],
    ['IncorrectInstanceStatus.Initializing', 'conflict', 'same', 'none'],
    ['InvalidOperation.DeletionProtection', 'failed-precondition', 'never', 'none'],
    ['InvalidInstanceType.ValueNotSupported', 'invalid-argument', 'never', 'none'],
    ['InvalidParameter.Mismatch', 'invalid-argument', 'never', 'none'],
    ['MissingParameter', 'invalid-argument', 'never', 'none'],
    ['InternalError', 'unavailable', 'same', 'maybe'],
    ['ServiceUnavailable', 'unavailable', 'same', 'maybe'],
    ['NobodyKnowsThisOne', 'unknown', 'same', 'maybe'],
  ])('%s is %s, retry %s, effect %s', (code, ours, retry, effect) => {
    const error = mapRefusal(launch, { code, message: 'their words', status: 403 });
    expect([error.code, error.retry, error.effect]).toEqual([ours, retry, effect]);
    expect(vendorCodeOf(error)).toBe(code);
    expect(error.message).toContain('their words');
  });

  it('knows that a read changes nothing, whatever went wrong', () => {
    const error = mapRefusal(read, { code: 'InternalError', message: '', status: 500 });
    expect([error.code, error.effect]).toEqual(['unavailable', 'none']);
  });

  it('leaves the signed text out, which names the key', () => {
    const message =
      'Specified signature is not matched with our calculation. server string to sign is:POST&%2F&AccessKeyId%3DLTAI';
    const error = mapRefusal(launch, { code: 'SignatureDoesNotMatch', message, status: 400 });
    expect(error.message).not.toContain('LTAI');
  });
});

describe('mapFailure', () => {
  it.each([
    ['ECONNREFUSED', 'unavailable', 'none'],
    ['UND_ERR_CONNECT_TIMEOUT', 'unavailable', 'none'],
    ['ECONNRESET', 'unavailable', 'maybe'],
    ['UND_ERR_SOCKET', 'unavailable', 'maybe'],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout', 'maybe'],
    ['ESOMETHINGELSE', 'unknown', 'maybe'],
  ])('%s is %s, effect %s', (code, ours, effect) => {
    const thrown = Object.assign(new Error('POST http://127.0.0.1/?AccessKeyId=LTAI failed.'), { code });
    const error = mapFailure(launch, thrown);
    expect([error.code, error.effect]).toEqual([ours, effect]);
    expect(error.message).not.toContain('LTAI');
  });

  it('knows the end of a deadline by its name', () => {
    const late = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    expect(mapFailure(launch, late)).toMatchObject({ code: 'timeout', effect: 'maybe' });
  });

  it('passes the endpoint gate’s own word on', () => {
    const own = new SpringtideError('permission-denied', 'not allowed');
    expect(mapFailure(launch, new Error('connect', { cause: own }))).toBe(own);
  });
});
