import { heldByBudget, refusalError, transportError } from './api-error.js';

const refusal = (status: number, body: object = {}, retryAfter?: number) => ({ status, body, retryAfter });

describe('the error table', () => {
  it.each([
    [400, {}, 'invalid-argument'],
    [401, { reason: 'Unauthorized' }, 'unauthenticated'],
    [403, { reason: 'Forbidden', message: 'User "x" cannot list pods' }, 'permission-denied'],
    [403, { message: 'pods "x" is forbidden: exceeded quota: q, requested: pods=1' }, 'quota-exceeded'],
    [403, { message: 'unable to create new content because it is being terminated' }, 'failed-precondition'],
    [403, { message: 'maximum memory usage per Container is 1Gi, but limit is 2Gi' }, 'invalid-argument'],
    [404, { reason: 'NotFound' }, 'not-found'],
    [405, {}, 'unsupported'],
    [409, { reason: 'AlreadyExists' }, 'already-exists'],
    [409, { reason: 'Conflict' }, 'conflict'],
    [410, { reason: 'Expired' }, 'unavailable'],
    [422, { reason: 'Invalid' }, 'invalid-argument'],
    [429, { reason: 'TooManyRequests' }, 'rate-limited'],
    [500, { reason: 'ServerTimeout' }, 'unavailable'],
    [500, { reason: 'InternalError' }, 'unknown'],
    [503, {}, 'unavailable'],
    [504, { reason: 'Timeout' }, 'timeout'],
    [418, {}, 'unknown'],
  ])('%d %j is %s', (status, body, code) => {
    expect(refusalError(refusal(status, body), 'applying', true).code).toBe(code);
  });

  it('knows that a refusal before writing changed nothing, and that a failure may have', () => {
    expect(refusalError(refusal(409), 'applying', true).effect).toBe('none');
    expect(refusalError(refusal(503), 'applying', true).effect).toBe('maybe');
    expect(refusalError(refusal(503), 'reading', false).effect).toBe('none');
  });

  it('waits as long as the server says', () => {
    expect(refusalError(refusal(429, {}, 3), 'reading', false).retryAfterMs).toBe(3_000);
    const said = { reason: 'TooManyRequests', details: { retryAfterSeconds: 7 } };
    expect(refusalError(refusal(429, said), 'reading', false).retryAfterMs).toBe(7_000);
  });

  it('tells a disruption budget from a busy server', () => {
    expect(heldByBudget(refusal(429, { details: { causes: [{ reason: 'DisruptionBudget' }] } }))).toBe(true);
    expect(heldByBudget(refusal(429, { reason: 'TooManyRequests' }))).toBe(false);
  });
});

describe('a broken connection', () => {
  const call = { changes: true, late: false, server: 'https://10.0.0.1' };
  const broken = (code: string): Error =>
    new TypeError('failed', { cause: Object.assign(new Error(), { code }) });

  it.each([
    ['ECONNREFUSED', 'unavailable', 'none'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'failed-precondition', 'none'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'unauthenticated', 'none'],
    ['ECONNRESET', 'unavailable', 'maybe'],
  ])('%s is %s with effect %s', (code, expected, effect) => {
    expect(transportError(broken(code), 'applying', call)).toMatchObject({ code: expected, effect });
  });

  it('is a time-out when the deadline ended it', () => {
    const late = transportError(new Error('aborted'), 'applying', { ...call, late: true });
    expect(late).toMatchObject({ code: 'timeout', effect: 'maybe' });
  });
});
