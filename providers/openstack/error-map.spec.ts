import { refusalError } from './error-map.js';
import { transportError, wasCut } from './wire-error.js';

const CHANGE = { doing: 'the creation of shop-0', mutates: true };
const READ = { doing: 'the list of servers', mutates: false };

function refused(status: number, body: string, retryAfter = '', call = CHANGE) {
  const { code, effect, retry, retryAfterMs, message } = refusalError({ status, body, retryAfter }, call);
  return { code, effect, retry, retryAfterMs, message };
}

describe('what an answer of OpenStack means', () => {
  it.each([
    [
      403,
      '{"forbidden": {"code": 403, "message": "Quota exceeded for cores: Requested 1, but already used 80 of 80 cores"}}',
      'quota-exceeded',
      'none',
    ],
    [
      403,
      '{"forbidden": {"code": 403, "message": "Policy doesn\'t allow os_compute_api:os-hypervisors:list-detail to be performed."}}',
      'permission-denied',
      'none',
    ],
    [
      409,
      '{"NeutronError": {"type": "OverQuota", "message": "Quota exceeded for resources: [\'port\'].", "detail": ""}}',
      'quota-exceeded',
      'none',
    ],
    [
      409,
      '{"NeutronError": {"type": "IpAddressGenerationFailure", "message": "No more IP addresses available on network x.", "detail": ""}}',
      'subnet-exhausted',
      'none',
    ],
    [
      409,
      '{"conflictingRequest": {"code": 409, "message": "Cannot \'delete\' instance x while it is in task_state y"}}',
      'conflict',
      'none',
    ],
    [
      400,
      '{"badRequest": {"code": 400, "message": "The requested availability zone is not available"}}',
      'invalid-argument',
      'none',
    ],
    [400, '{"badRequest": {"code": 400, "message": "marker [x] not found"}}', 'conflict', 'none'],
    [
      401,
      '{"error": {"code": 401, "message": "The request you have made requires authentication."}}',
      'unauthenticated',
      'none',
    ],
    [404, '<html><body>404 Not Found</body></html>', 'not-found', 'none'],
    [500, '{"computeFault": {"code": 500, "message": "Unexpected API Error."}}', 'unknown', 'maybe'],
    [503, 'Service Unavailable', 'unavailable', 'maybe'],
    [418, '', 'unknown', 'maybe'],
  ] as const)('%i %s', (status, body, code, effect) => {
    expect(refused(status, body)).toMatchObject({ code, effect });
  });

  it.each([413, 429])('%i waits as long as it is told to', (status) => {
    const body = '{"overLimit": {"code": 413, "message": "This request was rate-limited."}}';
    expect(refused(status, body, '7')).toMatchObject({
      code: 'rate-limited',
      effect: 'none',
      retryAfterMs: 7_000,
    });
    expect(refused(status, body)).toMatchObject({ code: 'rate-limited', retryAfterMs: 1_000 });
  });

  it('says the service’s own words, and what they mean', () => {
    const { message } = refused(503, '<h1>503</h1>\n No server  is available');
    expect(message).toBe(
      'OpenStack: the creation of shop-0 was answered with 503: 503 No server is available; it may have happened nevertheless',
    );
  });

  it('takes no effect from a read, however it failed', () => {
    expect(refused(500, '', '', READ).effect).toBe('none');
    expect(transportError(new DOMException('late', 'TimeoutError'), READ)).toMatchObject({
      code: 'timeout',
      effect: 'none',
    });
  });
});

describe('what the socket says', () => {
  it.each([
    ['ECONNREFUSED', 'unavailable', 'none', false],
    ['ECONNRESET', 'unavailable', 'maybe', true],
    ['UND_ERR_SOCKET', 'unavailable', 'maybe', true],
    ['ESOMETHING', 'unknown', 'maybe', false],
  ] as const)('%s of a change', (code, meaning, effect, cut) => {
    const thrown = Object.assign(new Error('other side closed'), { code });
    const error = transportError(new TypeError('fetch failed', { cause: thrown }), CHANGE);
    expect(error).toMatchObject({ code: meaning, effect });
    expect(wasCut(error)).toBe(cut);
  });
});
