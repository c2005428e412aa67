import { SpringtideError } from '@springtide/kernel';
import { awsCodeOf, mapAwsError } from './error-map.js';

const launch = { operation: 'RunInstances', region: 'eu-central-1', mutates: true };

function vendor(name: string, more: object = {}): Error {
  return Object.assign(new Error('their words'), { name, $metadata: { httpStatusCode: 400 } }, more);
}

describe('mapAwsError', () => {
  it.each([
    ['InsufficientInstanceCapacity', 'insufficient-capacity', 'elsewhere', 'none'],
    ['VcpuLimitExceeded', 'quota-exceeded', 'elsewhere', 'none'],
    ['InsufficientFreeAddressesInSubnet', 'subnet-exhausted', 'elsewhere', 'none'],
    ['RequestLimitExceeded', 'rate-limited', 'same', 'none'],
    ['IdempotentParameterMismatch', 'conflict', 'never', 'none'],
    ['AuthFailure', 'unauthenticated', 'never', 'none'],
    ['RequestExpired', 'unauthenticated', 'never', 'none'],
    ['UnauthorizedOperation', 'permission-denied', 'never', 'none'],
    ['InvalidAMIID.NotFound', 'not-found', 'never', 'none'],
    ['InvalidParameterValue', 'invalid-argument', 'never', 'none'],
    ['Unsupported', 'unsupported', 'elsewhere', 'none'],
    ['InternalError', 'unavailable', 'same', 'maybe'],
    ['AbortError', 'timeout', 'same', 'maybe'],
    ['NobodyKnowsThisOne', 'unknown', 'same', 'maybe'],
  ])('%s is %s, retry %s, effect %s', (name, code, retry, effect) => {
    const error = mapAwsError(vendor(name), launch);
    expect([error.code, error.retry, error.effect]).toEqual([code, retry, effect]);
    expect(awsCodeOf(error)).toBe(name);
    expect(error.message).toContain('their words');
  });

  it('knows a refused connection as one that sent nothing, also when only its text is left', () => {
    const plain = vendor('Error', { code: 'ECONNREFUSED' });
    const wrapped = new Error('AWS SDK error wrapper for Error: connect ECONNREFUSED 127.0.0.1:9');
    for (const thrown of [plain, wrapped]) {
      expect(mapAwsError(thrown, launch)).toMatchObject({ code: 'unavailable', effect: 'none' });
    }
  });

  it('knows a cut connection as one that may have had an effect', () => {
    const cut = vendor('TimeoutError', { code: 'ECONNRESET' });
    expect(mapAwsError(cut, launch)).toMatchObject({ code: 'unavailable', effect: 'maybe' });
  });

  it('gives a read no effect, however it failed', () => {
    const read = { ...launch, operation: 'DescribeInstances', mutates: false };
    expect(mapAwsError(vendor('NobodyKnowsThisOne'), read)).toMatchObject({
      code: 'unknown',
      effect: 'none',
    });
  });

  it('lets the endpoint gate’s refusal through as it is', () => {
    const refused = new SpringtideError('permission-denied', 'loopback is not allowed');
    expect(mapAwsError(new Error('socket', { cause: refused }), launch)).toBe(refused);
  });

  it('keeps the vendor’s error, and with it the signed request, out of ours', () => {
    const error = mapAwsError(vendor('AuthFailure', { $response: { secret: 'x' } }), launch);
    expect(error.cause).toBeUndefined();
  });
});
