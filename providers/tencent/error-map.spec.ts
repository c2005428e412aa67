import { SpringtideError } from '@springtide/kernel';
import { mapTencentError, tencentCodeOf } from './error-map.js';

const launch = { action: 'RunInstances', region: 'ap-guangzhou', mutates: true };

function vendor(code: string, message = 'their words'): Error {
  return Object.assign(new Error(message), { code, requestId: 'r-1' });
}

describe('mapTencentError', () => {
  it.each([
    ['ResourcesSoldOut.SpecifiedInstanceType', 'insufficient-capacity', 'elsewhere', 'none'],
    ['ResourceInsufficient.SpecifiedInstanceType', 'insufficient-capacity', 'elsewhere', 'none'],
    ['InvalidParameterValue.InsufficientPrice', 'insufficient-capacity', 'elsewhere', 'none'],
    ['ResourceInsufficient.OverQuota', 'quota-exceeded', 'elsewhere', 'none'],
    ['InstancesQuotaLimitExceeded', 'quota-exceeded', 'elsewhere', 'none'],
    ['LimitExceeded.UserSpotQuota', 'quota-exceeded', 'elsewhere', 'none'],
    ['LimitExceeded.VpcSubnetNum', 'subnet-exhausted', 'elsewhere', 'none'],
    ['FailedOperation.NoAvailableIpAddressCountInSubnet', 'subnet-exhausted', 'elsewhere', 'none'],
    ['InvalidAccount.InsufficientBalance', 'balance', 'never', 'none'],
    ['RequestLimitExceeded', 'rate-limited', 'same', 'none'],
    ['RequestLimitExceeded.UinLimitExceeded', 'rate-limited', 'same', 'none'],
    ['AuthFailure.SignatureFailure', 'unauthenticated', 'never', 'none'],
    ['AuthFailure.UnauthorizedOperation', 'permission-denied', 'never', 'none'],
    ['UnauthorizedOperation.PermissionDenied', 'permission-denied', 'never', 'none'],
    ['InvalidImageId.NotFound', 'not-found', 'never', 'none'],
    ['InvalidImageId.Malformed', 'invalid-argument', 'never', 'none'],
    ['InvalidZone.MismatchRegion', 'invalid-argument', 'never', 'none'],
    ['ResourceNotFound.InvalidZoneInstanceType', 'unsupported', 'elsewhere', 'none'],
    ['UnsupportedOperation.InstanceStatePending', 'conflict', 'same', 'none'],
    ['InternalError.TradeUnknownError', 'unavailable', 'same', 'maybe'],
    ['FailedOperation.SummaryDataNotReady', 'unavailable', 'same', 'none'],
    ['FailedOperation.QueryCountFailed', 'unavailable', 'same', 'none'],
    ['FailedOperation.Something', 'unknown', 'same', 'maybe'],
    ['NobodyKnowsThisOne', 'unknown', 'same', 'maybe'],
  ])('%s is %s, retry %s, effect %s', (tencentCode, code, retry, effect) => {
    const error = mapTencentError(vendor(tencentCode), launch);
    expect([error.code, error.retry, error.effect]).toEqual([code, retry, effect]);
    expect(error.facts).toEqual({ tencentCode, requestId: 'r-1' });
    expect(error.message).toContain('their words');
    expect(error.cause).toBeUndefined();
  });

  it('reads a token that came again with another order out of the text, since no code tells it', () => {
    const error = mapTencentError(vendor('InvalidParameterValue', 'The ClientToken was used before'), launch);
    expect([error.code, error.retry, error.effect]).toEqual(['conflict', 'never', 'none']);
    expect(tencentCodeOf(error)).toBe('IdempotentParameterMismatch');
  });

  it.each([
    ['request to http://a/ failed, reason: connect ECONNREFUSED 127.0.0.1:9', 'unavailable', 'none'],
    ['request to http://a/ failed, reason: socket hang up', 'unavailable', 'maybe'],
    ['invalid json response body at http://a/ reason: Unexpected token', 'unavailable', 'maybe'],
    ['The user aborted a request.', 'timeout', 'maybe'],
    ['network timeout at: http://a/', 'timeout', 'maybe'],
  ])('what the SDK leaves of a lost connection, %j, is %s with effect %s', (message, code, effect) => {
    expect(mapTencentError(new Error(message), launch)).toMatchObject({ code, effect });
  });

  it('takes an HTTP error of a front for one of the way', () => {
    const gateway = Object.assign(new Error('Bad Gateway'), { httpCode: 502 });
    expect(mapTencentError(gateway, launch)).toMatchObject({ code: 'unavailable', effect: 'maybe' });
    const many = Object.assign(new Error('Too Many Requests'), { httpCode: 429 });
    expect(mapTencentError(many, launch)).toMatchObject({ code: 'rate-limited', effect: 'none' });
  });

  it('gives a read no effect, however it failed', () => {
    const read = { ...launch, action: 'DescribeInstances', mutates: false };
    expect(mapTencentError(vendor('InternalError'), read)).toMatchObject({
      code: 'unavailable',
      effect: 'none',
    });
  });

  it('lets our own errors through', () => {
    const own = new SpringtideError('permission-denied', 'the gate says no');
    expect(mapTencentError(own, launch)).toBe(own);
  });
});
