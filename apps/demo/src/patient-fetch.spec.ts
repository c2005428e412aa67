import type { FetchAnswer, FetchLike } from '@springtide/contracts';
import { patientFetch } from './patient-fetch.js';

type Call = Readonly<{ method: string; key: string | undefined }>;

/** A server that gives its answers in order; an Error is a connection that is refused. */
function scripted(answers: readonly (number | Error | [number, string])[], calls: Call[]): FetchLike {
  return async (_, init) => {
    const answer = answers[calls.length] ?? 200;
    calls.push({ method: init.method, key: init.headers['idempotency-key'] });
    if (answer instanceof Error) throw answer;
    const [status, retryAfter] = typeof answer === 'number' ? [answer, null] : answer;
    return { status, headers: { get: () => retryAfter }, text: async () => `status ${status}` };
  };
}

const refused = new Error('ECONNREFUSED');

describe('a patient fetch', () => {
  it('repeats with one key until the server is back', async () => {
    const calls: Call[] = [];
    const fetch = patientFetch(scripted([refused, 503, [409, '1'], 201], calls));
    const answer: FetchAnswer = await fetch('http://api', { method: 'POST', headers: {} });
    expect([answer.status, await answer.text()]).toEqual([201, 'status 201']);
    expect(calls).toHaveLength(4);
    expect(new Set(calls.map(({ key }) => key)).size).toBe(1);
    expect(calls[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('takes what is an answer as one, and needs no key to read', async () => {
    for (const status of [200, 404, 409, 500]) {
      const calls: Call[] = [];
      const answer = await patientFetch(scripted([status], calls))('http://api', {
        method: 'GET',
        headers: {},
      });
      expect(answer.status).toBe(status);
      expect(calls).toEqual([{ method: 'GET', key: undefined }]);
    }
  });

  it('hands over what there is when its patience ends', async () => {
    const once = { method: 'GET', headers: {} };
    await expect(patientFetch(scripted([refused, refused], []), 0)('http://api', once)).rejects.toBe(refused);
    expect((await patientFetch(scripted([503, 503], []), 0)('http://api', once)).status).toBe(503);
  });
});
